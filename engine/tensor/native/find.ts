/**
 * Which kernels compute. Native ones do where Deno allows foreign functions and a compiler already, which ends its
 * sandbox; where the machine has a compiler; and where a self-test found them to make the bits of WebAssembly's. Nobody
 * is ever asked, and nothing depends on them but time.
 */
import { digestAsync } from "../../digest.ts";
import { DecantError } from "../../error.ts";
import type { KernelChoice, NativeLibrary } from "../../run_context.ts";
import {
  compile,
  type Compiler,
  DOT_FLAGS,
  LEVEL_FLAGS,
  type LibraryParts,
  PLAIN_FLAGS,
} from "./compile.ts";
import { isGranted } from "../../permission.ts";
import { knownCompiler } from "./known_compiler.ts";
import { blockingOf } from "./library.ts";
import { COMPILERS, granted, isNativePlatform, missingFlags, nativeFolder } from "./needs.ts";
import { storedLibrary } from "./stored_library.ts";

/** The kernels that compute. */
export interface FoundKernels {
  readonly use: NativeLibrary["level"] | "wasm";
  /** Where they are native. */
  readonly library?: NativeLibrary;
  /** Why they are not, where it was not asked for. */
  readonly because?: string;
}

/** Why there are no native kernels, and what to do for some. */
class NativeError extends Error {
  constructor(because: string, readonly way?: string) {
    super(because);
  }
}

/** The processor, as the probe found it. */
interface Processor {
  readonly levels: readonly NativeLibrary["level"][];
  /** Levels whose instructions that add products of integers it has. */
  readonly dots: readonly NativeLibrary["level"][];
  readonly model: number;
}

/** Where libraries are kept, what compiles them, and who is told before they are, which takes seconds. */
interface NativePlace {
  readonly folder?: string | undefined;
  readonly compilers?: readonly string[];
  readonly onCompile?: ((level: NativeLibrary["level"]) => void) | undefined;
}

/** The kernels of a choice. Throws a DecantError where native ones are asked for that cannot be had. */
export async function findKernels(
  choice: KernelChoice,
  place: NativePlace = {},
): Promise<FoundKernels> {
  if (choice === "wasm") return { use: "wasm" };
  const wanted = choice === "avx2" || choice === "avx512" ? choice : undefined;
  try {
    const library = await nativeLibrary(wanted, place);
    return { use: library.level, library };
  } catch (error) {
    const because = (error as Error).message;
    if (choice === "auto") return { use: "wasm", because };
    const way = error instanceof NativeError && error.way ? `${error.way}, or ` : "";
    throw new DecantError(
      "usage",
      `There are no ${wanted ?? "native"} kernels here: ${because}`,
      `${way}compute without them: --kernels wasm`,
    );
  }
}

async function nativeLibrary(
  wanted: NativeLibrary["level"] | undefined,
  { folder, compilers = COMPILERS, onCompile }: NativePlace,
): Promise<NativeLibrary> {
  if (!isNativePlatform()) throw new NativeError("they are for Linux and macOS on x86-64");
  const path = allowed(folder, compilers);
  const compiler = await knownCompiler(path, granted(compilers));
  if (compiler === undefined) {
    throw new NativeError(`no C compiler is found (${compilers.join(", ")})`, "install one");
  }
  const { levels, dots, model } = await processorOf(path, compiler);
  const level = wanted ?? levels[0];
  if (level !== undefined && levels.includes(level)) {
    return await libraryOf(path, compiler, { level, dot: dots.includes(level), model, onCompile });
  }
  const [best] = levels;
  throw new NativeError(
    `this processor has no ${level === "avx512" ? "AVX-512" : "AVX2 with FMA"}`,
    best && `take --kernels ${best}`,
  );
}

/** The folder of libraries, where all is allowed that they need. Variables are read last, and only where they count. */
function allowed(folder: string | undefined, compilers: readonly string[]): string {
  const way = "add what `decant plan` prints for them";
  if (granted(compilers).length === 0) {
    const flags = isGranted({ name: "ffi" }) ? "--allow-run" : "--allow-ffi, --allow-run";
    throw new NativeError(`Deno does not allow ${flags}`, way);
  }
  const path = folder ?? nativeFolder()?.path;
  if (path === undefined) {
    throw new NativeError("Deno does not allow to read HOME, or it is not set", "add --allow-env");
  }
  const missing = missingFlags(path, compilers);
  if (missing.length === 0) return path;
  throw new NativeError(`Deno does not allow ${missing.join(", ")}`, way);
}

/** Asks the processor, by a library that runs on any. */
async function processorOf(folder: string, compiler: Compiler): Promise<Processor> {
  const { PROBE } = await import("./sources.ts");
  const parts = { sources: PROBE, flags: PLAIN_FLAGS };
  const { path } = await storedLibrary(folder, await nameOf({ compiler, parts }), {
    make: (into) => compile(compiler, parts, into),
    test: () => Promise.resolve([]),
  });
  const probe = Deno.dlopen(path, {
    vectorLevel: { parameters: [], result: "i32" },
    dotLevels: { parameters: [], result: "i32" },
    processorModel: { parameters: [], result: "u32" },
  });
  const levels = (["avx512", "avx2"] as const).slice(2 - probe.symbols.vectorLevel());
  const dotted = probe.symbols.dotLevels();
  const dots = (["avx2", "avx512"] as const).filter((_, bit) => (dotted >> bit & 1) === 1);
  const model = probe.symbols.processorModel();
  probe.close();
  return { levels, dots, model };
}

async function libraryOf(
  folder: string,
  compiler: Compiler,
  { level, dot, model, onCompile }: Pick<NativePlace, "onCompile"> & {
    readonly level: NativeLibrary["level"];
    readonly dot: boolean;
    readonly model: number;
  },
): Promise<NativeLibrary> {
  const { KERNEL_SOURCES, kernelsIn } = await import("./sources.ts");
  const flags = [...LEVEL_FLAGS[level], ...(dot ? DOT_FLAGS[level] : [])];
  const parts = { sources: KERNEL_SOURCES, flags };
  const names = kernelsIn(KERNEL_SOURCES);
  const { path, wrong } = await storedLibrary(folder, await nameOf({ compiler, parts, model }), {
    async make(into) {
      onCompile?.(level);
      return await compile(compiler, parts, into);
    },
    async test(path) {
      const { selfTest } = await import("./self_test.ts");
      return await selfTest({ level, path, names });
    },
  });
  if (wrong.length > 0) {
    const [first, ...more] = wrong;
    const others = more.length === 0 ? "" : ` and ${more.length} more`;
    throw new NativeError(`their self-test found something wrong: ${first}${others}`);
  }
  // What cannot be loaded here cannot be in a thread either. Its kernels are bound where they compute: that takes longer.
  blockingOf(path);
  return { level, path, names };
}

/** The name of everything that makes another library, or lets another one pass. */
const nameOf = (
  made: { readonly compiler: Compiler; readonly parts: LibraryParts; readonly model?: number },
): Promise<string> => digestAsync(new TextEncoder().encode(JSON.stringify(made)));
