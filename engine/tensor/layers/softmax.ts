/** To come: softmax, logSoftmax, crossEntropy. */
import type { Machine } from "../machine.ts";
import type { LayerKernels } from "../mod.ts";

const missing = (): never => {
  throw new Error("internal: not built yet");
};

/** See `LayerKernels`. */
export const softmaxLayers = (
  _machine: Machine,
): Pick<LayerKernels, "softmax" | "logSoftmax" | "crossEntropy"> => ({
  softmax: missing,
  logSoftmax: missing,
  crossEntropy: missing,
});
