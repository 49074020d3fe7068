/** To come: conv2d. */
import type { Machine } from "../machine.ts";
import type { LayerKernels } from "../mod.ts";

const missing = (): never => {
  throw new Error("internal: not built yet");
};

/** See `LayerKernels`. */
export const conv2dLayers = (_machine: Machine): Pick<LayerKernels, "conv2d"> => ({
  conv2d: missing,
});
