/** Gives tfjs its kernels for our backend: ours, the allowed stock ones, and a sentence for all others. */
import type { Tf } from "../deps/tfjs_core.ts";
import { BACKEND } from "./backend.ts";
import type { Overrides } from "./overrides.ts";
import { STOCK } from "./stock.ts";

/** Registers one kernel under every name that the CPU backend has. */
export function registerKernels(tf: Tf, overrides: Overrides): void {
  const allowed = new Set(STOCK);
  const known = new Set<string>();
  for (const stock of tf.getKernelsForBackend("cpu")) {
    const name = stock.kernelName;
    known.add(name);
    const override = overrides[name];
    if (override) {
      tf.registerKernel({ kernelName: name, backendName: BACKEND, kernelFunc: override });
    } else if (allowed.has(name)) tf.registerKernel({ ...stock, backendName: BACKEND });
    else tf.registerKernel({ kernelName: name, backendName: BACKEND, kernelFunc: refuse(name) });
  }
  const stray = [...Object.keys(overrides), ...STOCK].filter((name) => !known.has(name));
  if (stray.length > 0) throw new Error(`internal: tfjs has no kernels named ${stray.join(", ")}`);
}

const refuse = (name: string) => (): never => {
  throw new Error(
    `Cannot run tfjs's "${name}" in the tensor room: its result may differ between machines; use a layer of ` +
      "the room or another operation",
  );
};
