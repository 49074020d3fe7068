/** To come: dense. */
import type { Machine } from "../machine.ts";
import type { LayerKernels } from "../mod.ts";

const missing = (): never => {
  throw new Error("internal: not built yet");
};

/** See `LayerKernels`. */
export const denseLayers = (_machine: Machine): Pick<LayerKernels, "dense"> => ({
  dense: missing,
});
