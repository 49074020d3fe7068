/**
 * TensorFlow Lite as WebAssembly, the build that @tensorflow/tfjs-tflite carries: its interpreter with XNNPACK. 31 MB with
 * its parts, hence behind a computed specifier. The package types what it wraps, not the wrapped module: its part is here.
 */

/** A tensor that enters or leaves a model. */
interface TensorInfo {
  readonly dataType: string;
  readonly name: string;
  /** As text: `1,32,32,3`. */
  readonly shape: string;
  /** A view of the tensor's memory. */
  data(): Float32Array | Int8Array | Int32Array;
  delete(): void;
}

/** A vector of C++. */
interface Vector<T> {
  size(): number;
  get(index: number): T;
  delete(): void;
}

/** A model that is ready to run. */
export interface TfliteRunner {
  ["GetInputs"](): Vector<TensorInfo>;
  ["GetOutputs"](): Vector<TensorInfo>;
  /** Whether it ran. */
  ["Infer"](): boolean;
  delete(): void;
}

/** A runner, or why there is none. */
interface StatusOrRunner {
  ok(): boolean;
  errorMessage(): string;
  value(): TfliteRunner;
  delete(): void;
}

/** What of the module is used. */
export interface TfliteModule {
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(address: number): void;
  readonly TFLiteWebModelRunner: {
    ["CreateFromBufferAndOptions"](
      address: number,
      bytes: number,
      options: {
        readonly numThreads: number;
        readonly enableProfiling: boolean;
        readonly maxProfilingBufferEntries: number;
      },
    ): StatusOrRunner;
  };
}

/** The package's version. */
export const TFLITE_WEB = "0.0.1-alpha.10";

const specifier = `npm:@tensorflow/tfjs-tflite@${TFLITE_WEB}/wasm/tflite_web_api_cc_simd.js`;
const binary = `npm:@tensorflow/tfjs-tflite@${TFLITE_WEB}/wasm/tflite_web_api_cc_simd.wasm`;

let loading: Promise<TfliteModule> | undefined;

/** Loads the build with SIMD on one thread. What it prints goes to `said`. */
export function loadTflite(): Promise<TfliteModule> {
  return loading ??= load();
}

async function load(): Promise<TfliteModule> {
  const [{ default: factory }, module]: [
    { default: (overrides: object) => Promise<TfliteModule> },
    WebAssembly.Module,
  ] = await Promise.all([
    import(specifier),
    // @ts-expect-error -- TypeScript does not know the source phase of imports yet
    import.source(binary),
  ]);
  return await factory({
    print() {},
    printErr: (line: string) => said.push(line),
    // A module that is imported needs no permission to read; its bytes would.
    instantiateWasm(
      imports: WebAssembly.Imports,
      received: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
    ) {
      WebAssembly.instantiate(module, imports).then((instance) => received(instance, module));
      return {};
    },
  });
}

/** What the runtime printed since somebody cleared it: errors come without their reason otherwise. */
export const said: string[] = [];
