/**
 * LiteRT as WebAssembly, the build that @litertjs/core carries: its compiled models on the processor, by XNNPACK. 40 MB
 * with its parts, hence behind a computed specifier; the types are what is used of it.
 */
import { definedGlobal } from "./defined_global.ts";

/** A tensor in the runtime's memory. */
export interface LitertTensor {
  data(): Promise<Float32Array | Int32Array | Int8Array>;
  delete(): void;
}

/** A model that is ready to run. */
export interface LitertModel {
  run(inputs: LitertTensor[]): Promise<LitertTensor[]>;
  delete(): void;
}

/** What of the module is used. */
export interface Litert {
  readonly Tensor: new (data: Float32Array, shape: readonly number[]) => LitertTensor;
  loadAndCompile(file: Uint8Array, options: { readonly accelerator: "wasm" }): Promise<LitertModel>;
}

/** The package's version, which is the runtime's. */
export const LITERT = "2.5.3";

/** The package. */
export const LITERT_PACKAGE = {
  specifier: `npm:@litertjs/core@${LITERT}`,
  bytes: 11_817_097,
} as const;

const { specifier } = LITERT_PACKAGE;
const glue = `${specifier}/wasm/litert_wasm_internal.js`;
const binary = `${specifier}/wasm/litert_wasm_internal.wasm`;

type Factory = (overrides: object) => Promise<unknown>;

let loading: Promise<Litert> | undefined;

/** Loads the build with SIMD on one thread. What it prints is not shown. */
export function loadLitert(): Promise<Litert> {
  return loading ??= load();
}

async function load(): Promise<Litert> {
  const [litert, factory, module]: [
    Litert & { loadLiteRt(script: string): Promise<unknown> },
    Factory,
    WebAssembly.Module,
  ] = await Promise.all([
    import(specifier),
    loadFactory(),
    // @ts-expect-error -- TypeScript does not know the source phase of imports yet
    import.source(binary),
  ]);
  const start = (overrides: object) =>
    asPage(() =>
      factory({
        ...overrides,
        print() {},
        printErr() {},
        // A module that is imported needs no permission to read; its bytes would.
        instantiateWasm(
          imports: WebAssembly.Imports,
          received: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
        ) {
          WebAssembly.instantiate(module, imports).then((instance) => received(instance, module));
          return {};
        },
      })
    );
  // The package starts its part by a script of a worker, which leaves the factory in a global. Threads have no `self`.
  const putBack = [
    definedGlobal("self", globalThis),
    definedGlobal("importScripts", () => void definedGlobal("ModuleFactory", start)),
  ];
  try {
    await litert.loadLiteRt("litert.js");
  } finally {
    for (const each of putBack) each();
    delete (globalThis as { ["ModuleFactory"]?: Factory }).ModuleFactory;
  }
  return litert;
}

/** The part around the WebAssembly: a script, which as a module gives its function to a loader of AMD alone. */
async function loadFactory(): Promise<Factory> {
  let factory: Factory | undefined;
  const define = (_needed: readonly string[], make: () => Factory) => void (factory = make());
  const forget = definedGlobal("define", Object.assign(define, { amd: true }));
  try {
    await import(glue);
  } finally {
    forget();
  }
  return factory!;
}

/** Runs what takes a process with a version of Node for Node, whose `require` modules do not have. */
function asPage<T>(body: () => T): T {
  const shown = globalThis.process as { type?: string };
  shown.type = "renderer";
  try {
    return body();
  } finally {
    delete shown.type;
  }
}
