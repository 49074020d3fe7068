/** To come: denseInteger, conv2dInteger, depthwise2dInteger. */
import type { Machine } from "../machine.ts";
import type { LayerKernels } from "../mod.ts";

const missing = (): never => {
  throw new Error("internal: not built yet");
};

/** See `LayerKernels`. */
export const integerLayers = (
  _machine: Machine,
): Pick<LayerKernels, "denseInteger" | "conv2dInteger" | "depthwise2dInteger"> => ({
  denseInteger: missing,
  conv2dInteger: missing,
  depthwise2dInteger: missing,
});
