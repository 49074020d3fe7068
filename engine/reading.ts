/**
 * Readers of bytes from outside, in a thread of their own: whatever a file does to the reader, the run goes on handling
 * signals, and a reader that gets nowhere is stopped.
 */
import { ParameterError } from "./error.ts";
import type { RunContext } from "./op.ts";
import type { Host } from "./thread.ts";
import { run, StalledError } from "./threads.ts";

/** A reader: a function that a module exports under its own name. It keeps no state and follows no references. */
interface ModuleReader<A extends readonly unknown[], T> {
  /** The module's `import.meta.url`. */
  readonly module: string;
  readonly read: (...args: [...A, RunContext]) => Promise<T>;
  /** What it will read, as the parameters name it; absent where only itself can tell. */
  readonly sources?: readonly string[];
  /** The parameter that names it. */
  readonly field: string;
  /** What code of one's own does it, as a sentence names it: `the reader points`; absent: ours. */
  readonly own?: string;
}

/**
 * A reader is stopped that for ten seconds neither asks for a file nor says that it goes on. Each megabyte that it was
 * given or unpacked, and has not said to be finished with, adds a second: many times what any reader needs, so that no
 * honest file is stopped on a slow machine. There is no limit on the whole.
 */
const STILL_MS = 10_000;

/** Plain files of so many bytes in all are read in this thread: to start one takes longer. */
const SMALL = 1 << 16;
/** A folder of more files is not looked at for being small. */
const FEW = 16;

/** How files begin that unpack to more than they are, or are read by others' code: gzip, zip, PNG, JPEG, Parquet. */
const WRAPPED = [[0x1f, 0x8b], [0x50, 0x4b], [0x89, 0x50], [0xff, 0xd8], [0x50, 0x41, 0x52, 0x31]];

/**
 * What a reader makes of its sources. Throws what it throws, or a ParameterError that names the file where it got nowhere
 * for `still` ms.
 */
export async function readApart<A extends readonly unknown[], T>(
  reader: ModuleReader<A, T>,
  args: A,
  context: RunContext,
  still: number = STILL_MS,
): Promise<T> {
  const held = new Map<string, Uint8Array>();
  let last = "";
  const read: RunContext["read"] = async (source, beside) => {
    last = beside ?? source;
    const place = placeOf(source, beside);
    const known = held.get(place);
    held.delete(place);
    return known ?? await context.read(source, beside);
  };
  const { module, sources } = reader;
  if (sources !== undefined && await areSmall(sources, context, held)) {
    return await reader.read(...args, { ...context, read });
  }
  const { signal, list, warn, progress, note } = context;
  const host = { read, list, warn, progress, note };
  const numbers = Object.entries(context).filter(([, value]) => typeof value === "number");
  const about: ReadJob = { module, name: reader.read.name, numbers: Object.fromEntries(numbers) };
  try {
    return await run<T>(
      { module: import.meta.url, name: "readInThread", args: [about, args] },
      { signal, idle: still, host },
    );
  } catch (error) {
    if (!(error instanceof StalledError)) throw error;
    const { field, own = "its reader" } = reader;
    throw new ParameterError(
      "source",
      field,
      `Cannot read "${last}": for ${error.seconds} s ${own} got nowhere, and was stopped`,
      reader.own === undefined
        ? "the file is damaged, or made to be so; get it again, or write it anew with another program"
        : "look for an endless loop; if it needs this long, call `heartbeat()` in the loop",
    );
  }
}

/** A reader as plain data. */
interface ReadJob {
  readonly module: string;
  readonly name: string;
  /** Of the context: threads, and what it may hold. */
  readonly numbers: Readonly<Record<string, number>>;
}

/** What a thread runs. */
export async function readInThread(
  { module, name, numbers }: ReadJob,
  args: readonly unknown[],
  host: Host,
): Promise<unknown> {
  const readers = await import(module);
  // A thread cannot be stopped by a signal: it is left.
  const { signal } = new AbortController();
  return await readers[name](...args, { ...numbers, ...host, signal });
}

const placeOf = (source: string, beside: string | undefined): string =>
  JSON.stringify([source, beside]);

/** Whether sources are small and plain; what was read to learn that is held, each file for its first reader. */
async function areSmall(
  sources: readonly string[],
  context: RunContext,
  held: Map<string, Uint8Array>,
): Promise<boolean> {
  let bytes = 0;
  let files = 0;
  for (const source of sources) {
    const paths = await context.list(source);
    files += paths.length;
    if (files > FEW) return false;
    for (const path of paths) {
      const place = path === "" ? source : `${source.replace(/\/*$/, "/")}${path}`;
      const content = await context.read(place);
      held.set(placeOf(place, undefined), content);
      bytes += content.byteLength;
      const wrapped = WRAPPED.some((signature) =>
        signature.every((byte, i) => content[i] === byte)
      );
      if (bytes > SMALL || wrapped) return false;
    }
  }
  return true;
}
