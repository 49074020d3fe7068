/** Runs tfjs-core's suite on the room's backend and says which specs failed. */
import { BACKEND, registerBackend } from "../../../engine/tensor/backend.ts";
import { createThreadPool } from "../../../engine/tensor/thread_pool.ts";
import { kernelInstance } from "../../../engine/tensor/instance.ts";
import { registerKernels } from "../../../engine/tensor/overrides/mod.ts";
import { createMachine } from "../../../engine/tensor/machine.ts";
import { loadSuite, type Suite } from "./bundle.ts";

/** One spec's outcome; `status` is `passed`, `failed`, `pending` or `excluded`. */
export interface SpecResult {
  readonly fullName: string;
  readonly status: string;
  readonly failedExpectations: readonly { readonly message: string; readonly stack?: string }[];
}

/** Results of every spec on the room's backend, or on tfjs's own CPU backend. */
export async function runSuite(on: "room" | "cpu"): Promise<SpecResult[]> {
  const suite = await loadSuite();
  const jasmine = suite.jasmineRequire.core(suite.jasmineRequire);
  const environment = jasmine.getEnv();
  environment.configure({ random: false });
  // tfjs profiles to the console in some specs.
  const { log, warn, table } = console;
  Object.assign(console, { log() {}, warn() {}, table() {} });
  Object.assign(globalThis, suite.jasmineRequire.interface(jasmine, environment), { jasmine });
  if (on === "room") furnish(suite);
  const backendName = on === "room" ? BACKEND : "cpu";
  suite.setTestEnvs([{ name: backendName, backendName, isDataSync: true }]);
  await suite.loadSpecs();
  const results: SpecResult[] = [];
  environment.addReporter({ specDone: (result: SpecResult) => results.push(result) });
  await environment.execute();
  Object.assign(console, { log, warn, table });
  return results;
}

/** What opening the room does, on the suite's copy of tfjs. */
function furnish({ tf, cpu }: Suite): void {
  const instance = kernelInstance();
  const backend = registerBackend(tf, cpu, instance);
  registerKernels(createMachine(tf, backend, instance, createThreadPool(instance)));
}
