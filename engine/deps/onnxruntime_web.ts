/**
 * onnxruntime-web: ONNX Runtime as WebAssembly. 139 MB with its parts, hence behind a computed specifier; the types are
 * those of the small package that it takes them from. It reads its WebAssembly from the npm cache, which needs the
 * permission to read there.
 */
import type * as ort from "npm:onnxruntime-common@1.30.0";

/** The module. */
export type OnnxRuntime = typeof ort;

/** The package's version, which is the runtime's. */
export const ONNX_RUNTIME = "1.30.0";

const specifier = `npm:onnxruntime-web@${ONNX_RUNTIME}/wasm`;

/** Loads the runtime's WebAssembly build. One thread: sums of floats depend on how they are split. */
export async function loadOnnxRuntime(): Promise<OnnxRuntime> {
  const runtime: OnnxRuntime = await import(specifier);
  runtime.env.wasm.numThreads = 1;
  return runtime;
}
