/** To come: activate, add. */
import type { Machine } from "../machine.ts";
import type { LayerKernels } from "../mod.ts";

const missing = (): never => {
  throw new Error("internal: not built yet");
};

/** See `LayerKernels`. */
export const elementwiseLayers = (_machine: Machine): Pick<LayerKernels, "activate" | "add"> => ({
  activate: missing,
  add: missing,
});
