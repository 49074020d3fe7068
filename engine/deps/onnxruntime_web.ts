/**
 * onnxruntime-web: ONNX Runtime as WebAssembly. 139 MB with its parts, hence behind a computed specifier; the types are
 * those of the small package that it takes them from.
 */
import type * as ort from "npm:onnxruntime-common@1.30.0";

/** The module. */
export type OnnxRuntime = typeof ort;

/** The package's version, which is the runtime's. */
export const ONNX_RUNTIME = "1.30.0";

const specifier = `npm:onnxruntime-web@${ONNX_RUNTIME}/wasm`;
const binary = `npm:onnxruntime-web@${ONNX_RUNTIME}/ort-wasm-simd-threaded.wasm`;

let loading: Promise<OnnxRuntime> | undefined;

/** Loads the runtime's WebAssembly build. One thread: sums of floats depend on how they are split. */
export function loadOnnxRuntime(): Promise<OnnxRuntime> {
  return loading ??= load();
}

async function load(): Promise<OnnxRuntime> {
  const [runtime, module]: [OnnxRuntime, WebAssembly.Module] = await Promise.all([
    import(specifier),
    // @ts-expect-error -- TypeScript does not know the source phase of imports yet
    import.source(binary),
  ]);
  runtime.env.wasm.numThreads = 1;
  runtime.env.wasm.wasmBinary = instantiatedFrom(module);
  return runtime;
}

/**
 * A buffer that stands for a compiled module. The runtime takes bytes only, and would read them from the npm cache,
 * which needs the permission to read there; a module that is imported needs none. So the first instantiation of this
 * buffer is that of the module; any other is as before, and after the first the function is what it was.
 */
function instantiatedFrom(module: WebAssembly.Module): ArrayBuffer {
  const buffer = new ArrayBuffer(0);
  const { instantiate } = WebAssembly;
  const first = async (source: BufferSource, imports: WebAssembly.Imports) => {
    if (!(source instanceof Uint8Array) || source.buffer !== buffer) {
      return await instantiate(source, imports);
    }
    if (WebAssembly.instantiate === first) WebAssembly.instantiate = instantiate;
    return { module, instance: await instantiate(module, imports) };
  };
  WebAssembly.instantiate = first as typeof instantiate;
  return buffer;
}
