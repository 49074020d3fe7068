/** To come: depthwise2d. */
import type { Machine } from "../machine.ts";
import type { LayerKernels } from "../mod.ts";

const missing = (): never => {
  throw new Error("internal: not built yet");
};

/** See `LayerKernels`. */
export const depthwise2dLayers = (_machine: Machine): Pick<LayerKernels, "depthwise2d"> => ({
  depthwise2d: missing,
});
