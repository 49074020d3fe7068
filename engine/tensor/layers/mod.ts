/** All layers on one machine. */
import type { Machine } from "../machine.ts";
import type { LayerKernels } from "../types.ts";
import { attentionLayers } from "./attention.ts";
import { convolutionLayers } from "./convolution.ts";
import { denseLayers } from "./dense.ts";
import { embeddingLayers } from "./embedding.ts";
import { elementwiseLayers } from "./elementwise.ts";
import { fakeQuantizeLayers } from "./fake_quantize.ts";
import { integerLayers } from "./integer.ts";
import { layerNormLayers } from "./layer_norm.ts";
import { normLayers } from "./norm.ts";
import { poolLayers } from "./pool.ts";
import { recurrentLayers } from "./recurrent.ts";
import { shortLayers } from "./short.ts";
import { softmaxLayers } from "./softmax.ts";

/** See `LayerKernels`. */
export const createLayers = (machine: Machine): LayerKernels => ({
  ...denseLayers(machine),
  ...convolutionLayers(machine),
  ...normLayers(machine),
  ...poolLayers(machine),
  ...elementwiseLayers(machine),
  ...softmaxLayers(machine),
  ...integerLayers(machine),
  ...shortLayers(machine),
  ...layerNormLayers(machine),
  ...attentionLayers(machine),
  ...embeddingLayers(machine),
  ...fakeQuantizeLayers(machine),
  ...recurrentLayers(machine),
});
