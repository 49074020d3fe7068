/**
 * tfjs's WebAssembly backend, the fastest that a page has without a graphics card. 14 MB, hence behind a computed
 * specifier, and loaded only where a layers-model is timed.
 */
import { instantiatedFrom } from "./imported_wasm.ts";
import type { Tf } from "./tfjs_core.ts";

const specifier = "npm:@tensorflow/tfjs-backend-wasm@4.22.0";
const binary = `${specifier}/dist/tfjs-backend-wasm-simd.wasm`;

/** The name under which the backend registers itself with tfjs-core. */
export const WASM_BACKEND = "wasm";

let loading: Promise<void> | undefined;

/** Loads the build with SIMD on one thread, registers it as `wasm` and leaves it the backend in use. */
export function loadTfWasm(tf: Tf): Promise<void> {
  return loading ??= load(tf);
}

async function load(tf: Tf): Promise<void> {
  const [backend, module]: [
    { setWasmPaths(folder: string, byPlatform: boolean): void },
    WebAssembly.Module,
  ] = await Promise.all([
    import(specifier),
    // @ts-expect-error -- TypeScript does not know the source phase of imports yet
    import.source(binary),
  ]);
  const environment = tf.env();
  environment.set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  // The package fetches its binary by tfjs's platform as it starts: it gets what stands for the module.
  const { platform } = environment;
  const { fetch } = platform;
  const fetched = { ok: true, arrayBuffer: () => Promise.resolve(instantiatedFrom(module)) };
  platform.fetch = () => Promise.resolve(fetched as unknown as Response);
  backend.setWasmPaths("/", true);
  try {
    await tf.setBackend(WASM_BACKEND);
  } finally {
    platform.fetch = fetch;
  }
}
