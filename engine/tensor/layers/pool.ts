/** To come: maxPool, averagePool, globalAveragePool. */
import type { Machine } from "../machine.ts";
import type { LayerKernels } from "../mod.ts";

const missing = (): never => {
  throw new Error("internal: not built yet");
};

/** See `LayerKernels`. */
export const poolLayers = (
  _machine: Machine,
): Pick<LayerKernels, "maxPool" | "averagePool" | "globalAveragePool"> => ({
  maxPool: missing,
  averagePool: missing,
  globalAveragePool: missing,
});
