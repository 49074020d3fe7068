/**
 * Runs tfjs-core's suite on the room's backend and says which specs failed. As a program it is given a library of native
 * kernels, or null, and prints a `SuiteRun`: every copy of tfjs in a process has the same engine and table of kernels.
 */
import { BACKEND, registerBackend } from "../../../engine/tensor/backend.ts";
import { createThreadPool } from "../../../engine/tensor/thread_pool.ts";
import { kernelInstance } from "../../../engine/tensor/instance.ts";
import { registerKernels } from "../../../engine/tensor/overrides/mod.ts";
import { createMachine } from "../../../engine/tensor/machine.ts";
import type { NativeLibrary } from "../../../engine/run_context.ts";
import { loadSuite, type Suite } from "./bundle.ts";

/** One spec's outcome; `status` is `passed`, `failed`, `pending` or `excluded`. */
export interface SpecResult {
  readonly fullName: string;
  readonly status: string;
  readonly failedExpectations: readonly { readonly message: string }[];
}

/** What ran. */
export interface SuiteRun {
  readonly results: readonly SpecResult[];
  /** The names of all kernels that a spec called. */
  readonly kernels: readonly string[];
}

/** Runs every spec in a process of its own, with native kernels where a library is given. */
export async function runSuite(library: NativeLibrary | null = null): Promise<SuiteRun> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", import.meta.url, JSON.stringify(library)],
    stdout: "piped",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("the suite did not come to its end");
  return JSON.parse(new TextDecoder().decode(stdout));
}

async function runHere(library: NativeLibrary | null): Promise<SuiteRun> {
  const suite = await loadSuite();
  const jasmine = suite.jasmineRequire.core(suite.jasmineRequire);
  const environment = jasmine.getEnv();
  environment.configure({ random: false });
  // tfjs profiles to the console in some specs.
  const { log, warn, table } = console;
  Object.assign(console, { log() {}, warn() {}, table() {} });
  Object.assign(globalThis, suite.jasmineRequire.interface(jasmine, environment), { jasmine });
  const kernels = furnish(suite, library);
  suite.setTestEnvs([{ name: BACKEND, backendName: BACKEND, isDataSync: true }]);
  await suite.loadSpecs();
  const results: SpecResult[] = [];
  environment.addReporter({ specDone: (result: SpecResult) => results.push(result) });
  await environment.execute();
  Object.assign(console, { log, warn, table });
  return {
    results: results.map(({ fullName, status, failedExpectations }) => ({
      ...{ fullName, status },
      failedExpectations: failedExpectations.map(({ message }) => ({ message })),
    })),
    kernels: [...kernels],
  };
}

/** What opening the room does, on the suite's copy of tfjs. Returns where kernels that run are noted. */
function furnish({ tf, cpu }: Suite, library: NativeLibrary | null): ReadonlySet<string> {
  const instance = kernelInstance();
  const backend = registerBackend(tf, cpu, instance);
  const pool = createThreadPool(instance);
  const ran = new Set<string>();
  pool.watch(ran);
  pool.useNative(library ?? undefined);
  registerKernels(createMachine(tf, backend, instance, pool));
  return ran;
}

if (import.meta.main) {
  const ran = await runHere(JSON.parse(Deno.args[0]!));
  await new Blob([JSON.stringify(ran)]).stream().pipeTo(Deno.stdout.writable);
  // The suite leaves timers behind.
  Deno.exit();
}
