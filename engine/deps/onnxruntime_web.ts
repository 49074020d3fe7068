/**
 * onnxruntime-web: ONNX Runtime as WebAssembly. 139 MB with its parts, hence behind a computed specifier; the types are
 * those of the small package that it takes them from.
 */
import { definedGlobal } from "./defined_global.ts";
import { instantiatedFrom } from "./imported_wasm.ts";
import type * as ort from "npm:onnxruntime-common@1.30.0";

/** The module. */
export type OnnxRuntime = typeof ort;

/** The package's version, which is the runtime's. */
export const ONNX_RUNTIME = "1.30.0";

/** The package. */
export const ONNX_RUNTIME_PACKAGE = {
  specifier: `npm:onnxruntime-web@${ONNX_RUNTIME}`,
  bytes: 33_106_585,
} as const;

const specifier = `${ONNX_RUNTIME_PACKAGE.specifier}/wasm`;
const binary = `${ONNX_RUNTIME_PACKAGE.specifier}/ort-wasm-simd-threaded.wasm`;

let loading: Promise<OnnxRuntime> | undefined;

/** Lines that the runtime printed, while somebody asks for them. */
let heard: string[] | undefined;

/** What the runtime prints to its standard output while `body` runs, which is where it writes what it timed. */
export function printedBy(body: () => void): string {
  const lines: string[] = heard = [];
  try {
    body();
  } finally {
    heard = undefined;
  }
  return lines.join("\n");
}

/** Loads the runtime's WebAssembly build. One thread: sums of floats depend on how they are split. */
export function loadOnnxRuntime(): Promise<OnnxRuntime> {
  return loading ??= load();
}

async function load(): Promise<OnnxRuntime> {
  const [runtime, module]: [OnnxRuntime, WebAssembly.Module] = await Promise.all([
    withoutLocation(() => import(specifier)),
    // @ts-expect-error -- TypeScript does not know the source phase of imports yet
    import.source(binary),
  ]);
  runtime.env.wasm.numThreads = 1;
  // The runtime takes bytes only, and would read them from the npm cache.
  runtime.env.wasm.wasmBinary = instantiatedFrom(module, listen());
  return runtime;
}

/**
 * Loads a module as the main thread does, which has no location: that of another thread is no page, and the runtime, which
 * takes it for one, would not start.
 */
async function withoutLocation<T>(body: () => Promise<T>): Promise<T> {
  const putBack = definedGlobal("location", undefined);
  try {
    return await body();
  } finally {
    putBack();
  }
}

/**
 * Lets the runtime print to `heard` while somebody asks: it binds the console's function as it starts and has no option
 * for another. Until then all others print as before; what is returned puts their function back.
 */
function listen(): () => void {
  const printer = globalThis.console;
  const { log } = printer;
  const shown = (...parts: unknown[]) =>
    heard === undefined ? log.apply(printer, parts) : void heard.push(parts.join(" "));
  printer.log = shown;
  return () => {
    if (printer.log === shown) printer.log = log;
  };
}
