/** The machine a run happens on: its name for provenance, its fingerprint for what a clock was read for. */
import { canonicalBytes, digestOf } from "../digest.ts";
import { given } from "../given.ts";
import type { NativeLibrary } from "../run_context.ts";
import { NUMERICS } from "../graph/key.ts";
import { isGranted } from "../permission.ts";

/** What a report says of the machine and the programs. */
export interface Environment {
  /** The machine's name. */
  readonly host: string;
  /** Operating system and architecture. */
  readonly system: string;
  /** What the processor calls itself. */
  readonly processor: string;
  /** Threads that kernels could use. */
  readonly threads: number;
  /** The kernels that compute: native ones by their vectors, or those of WebAssembly. */
  readonly kernels: NativeLibrary["level"] | "wasm";
  /** Why none are native, where it was not asked for. */
  readonly notNative?: string;
  /** Deno's version. */
  readonly deno: string;
  /** V8's version. */
  readonly v8: string;
  /** The numerics of the tensor room. */
  readonly numerics: number;
}

/** The kernels that compute, see `Environment`. */
interface UsedKernels {
  readonly use: Environment["kernels"];
  readonly because?: string;
}

/** The kernels, and why none are native. */
export function kernelsText({ kernels, notNative }: Environment): string {
  const text = kernels === "wasm" ? "WebAssembly kernels" : `native kernels (${kernels})`;
  return notNative === undefined ? text : `${text}, since ${notNative}`;
}

/** Looks at the machine; what may not be looked at is `unknown`. */
export async function environment(
  threads: number,
  { use, because }: UsedKernels = { use: "wasm" },
): Promise<Environment> {
  return {
    host: allowed("hostname", () => Deno.hostname()),
    system: `${Deno.build.os} ${Deno.build.arch}`,
    processor: await processor(),
    threads,
    kernels: use,
    ...given({ notNative: because }),
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    numerics: NUMERICS,
  };
}

/**
 * The name under which measurements of time are comparable: host, processor, threads, and the engine that runs. Of
 * kernels native ones alone are in it, so that it is what it was before there were any.
 */
export function fingerprint({ kernels, notNative: _, ...environment }: Environment): string {
  const native = kernels === "wasm" ? undefined : kernels;
  return digestOf(canonicalBytes({ ...environment, ...given({ kernels: native }) }));
}

async function processor(): Promise<string> {
  if (!isGranted({ name: "sys", kind: "cpus" })) return "unknown";
  const linux = await linuxProcessor();
  if (linux !== undefined) return linux;
  const { cpus } = await import("node:os");
  return allowed("cpus", () => {
    const list = cpus();
    return `${list.length} × ${list[0]?.model ?? "unknown"}`;
  });
}

/**
 * What Node's module would say, from the files that it reads: to load it takes five milliseconds of every run. Undefined
 * where they are not there or may not be read; Deno asks nobody for these.
 */
async function linuxProcessor(): Promise<string | undefined> {
  const files = ["/proc/cpuinfo", "/proc/stat"];
  if (!files.every((path) => isGranted({ name: "read", path }))) return undefined;
  try {
    const [about, times] = await Promise.all(files.map((path) => Deno.readTextFile(path)));
    const model = /^model name\s*: (.+)$/m.exec(about!)?.[1];
    const count = times!.match(/^cpu\d/gm)?.length;
    return model && count ? `${count} × ${model}` : undefined;
  } catch {
    return undefined;
  }
}

function allowed(kind: "hostname" | "cpus", look: () => string): string {
  try {
    return isGranted({ name: "sys", kind }) ? look() : "unknown";
  } catch {
    return "unknown";
  }
}
