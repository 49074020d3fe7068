/** To come: batchNormTraining, batchNorm. */
import type { Machine } from "../machine.ts";
import type { LayerKernels } from "../mod.ts";

const missing = (): never => {
  throw new Error("internal: not built yet");
};

/** See `LayerKernels`. */
export const normLayers = (
  _machine: Machine,
): Pick<LayerKernels, "batchNormTraining" | "batchNorm"> => ({
  batchNormTraining: missing,
  batchNorm: missing,
});
