/** Where code of one's own threw an error, as its stack says. */
import { isGranted } from "../permission.ts";

/** A line of a file that did not come with Decant, its runtime or a package. */
interface ThrownAt {
  /** The URL of the file. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

const ROOT = new URL("../../", import.meta.url).href;

/** Frames that a stack is to hold: tfjs calls itself ten times before it calls a function of one's own. */
const DEEP = 100;

/** Files of Decant, below the folder that it stands in. */
const DECANT = /^(?:engine\/|ops\/|mod\.ts$)/;

/** Files of packages: in Deno's cache, or beside the program. */
const PACKAGE = /\/node_modules\/|\/npm\/[^/]+\/.+\/\d+\.\d+\.\d+/;

const FRAME = /^ +at (async )?.*?((?:file|https?):\/\/[^()]+):(\d+):(\d+)\)?$/;

/** The topmost line of the stack in a file of one's own; undefined where there is none. */
export function thrownAt(error: unknown): ThrownAt | undefined {
  if (!(error instanceof Error)) return undefined;
  const frames = (error.stack ?? "").split("\n").flatMap((line) => {
    const [found, waits, file, row, column] = FRAME.exec(line) ?? [];
    if (found === undefined || PACKAGE.test(file!)) return [];
    const ours = file!.startsWith(ROOT) && DECANT.test(file!.slice(ROOT.length));
    return [{ at: { file: file!, line: Number(row), column: Number(column) }, ours, waits }];
  });
  // At the bottom waits the program that began the run, and it threw nothing.
  const last = frames.findLastIndex(({ ours }) => ours);
  return frames.find(({ ours, waits }, index) => !ours && (waits === undefined || index < last))
    ?.at;
}

/** What a body gives, the errors in it with stacks that are deep enough to find code of one's own in. */
export async function withDeepStacks<T>(body: () => Promise<T>): Promise<T> {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = DEEP;
  try {
    return await body();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** A module's URL for a person: as a path where it is a file, below the working directory where it stands there. */
export function shownModule(url: string): string {
  if (!url.startsWith("file:")) return url;
  const path = decodeURIComponent(new URL(url).pathname);
  const here = `${workingDirectory()}/`;
  return here.length > 1 && path.startsWith(here) ? path.slice(here.length) : path;
}

function workingDirectory(): string {
  // What is wrong with something is no reason to ask somebody for a permission.
  return isGranted({ name: "read", path: "." }) ? Deno.cwd() : "";
}
