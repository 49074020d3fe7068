/**
 * A run that is asked for again when nothing has changed: it is up to date, as build tools say. Where every step of a run
 * was recalled, what it printed is remembered in its cache, with size, times and inode of each file that it came of. While
 * those are as they were, the next process prints the same and leaves the results as they lie there, and loads nothing
 * that a run needs. Any difference makes a run like any other. So does whatever cannot be told by files: a search, a page
 * of the web, a folder of thousands.
 */
import { canonical } from "../digest.ts";
import { exitCodes } from "../error.ts";
import {
  CACHE_VARIABLE,
  configFolder,
  isGranted,
  ownFolder,
  QUEUE_VARIABLE,
  REGISTRY_VARIABLE,
  STORE_VARIABLE,
  variable,
} from "../permission.ts";
import type { Recipe } from "../library/runnable.ts";
import type { Run } from "../library/run.ts";
import { diskStore } from "../store/disk_store.ts";
import { defaultCache, spreadIn } from "../store/store_folder.ts";
import type { Terminal } from "./terminal.ts";

/** What was changed later than this before a process began may have changed again since that process read it. */
const SETTLED_MS = 2000;

/** The stamp of what is not there. */
const ABSENT = "absent";

/** What a process printed: streams and texts, in order. */
type Printed = readonly (readonly [stream: "out" | "err", text: string])[];

/** What is remembered of a run. */
type Remembered = {
  /** When it ran, ISO 8601. */
  readonly date: string;
  readonly printed: Printed;
  /** Of Decant's own modules, all together. */
  readonly modules: string;
  /** Of the others, by path. */
  readonly files: { readonly [path: string]: string };
};

/** A command line, and where it prints. */
interface CommandLine {
  readonly words: readonly string[];
  readonly terminal: Terminal;
  /** When the process began, ms since 1970. */
  readonly began?: number;
}

/** A run that is done, of a recipe, and the folder of its results. */
export interface Finished {
  readonly run: Run;
  readonly recipe: Recipe;
  readonly out: string;
}

/** Prints what a run printed that is up to date and returns its exit code; undefined where it has to run. */
export async function upToDate(asked: CommandLine): Promise<number | undefined> {
  if (!canBe(asked)) return undefined;
  const known = await recalled(asked);
  if (known === undefined || known.modules !== modulesStamp(ownFolder()!)) return undefined;
  if (Object.entries(known.files).some(([path, stamp]) => look(path).stamp !== stamp)) {
    return undefined;
  }
  const { terminal, words } = asked;
  for (const [stream, text] of known.printed) terminal[stream](text);
  if (!words.some((word) => word === "--json" || word === "--quiet")) {
    const date = known.date.slice(0, "2026-11-28T12:00:00".length).replace("T", " ");
    terminal.err(`nothing has changed since the run of ${date} UTC, whose results these are\n`);
  }
  return exitCodes.done;
}

/** A terminal that keeps what is printed on it, and what remembers a run together with that. */
export function remembering(
  { words, terminal, began = performance.timeOrigin }: CommandLine,
): {
  readonly terminal: Terminal;
  readonly remember: (finished: Finished) => Promise<void>;
} {
  const printed: (readonly ["out" | "err", string])[] = [];
  const kept = (stream: "out" | "err") => (text: string) => {
    printed.push([stream, text]);
    terminal[stream](text);
  };
  return {
    terminal: { ...terminal, out: kept("out"), err: kept("err") },
    async remember(finished) {
      const asked = { words, terminal };
      const files = canBe(asked)
        ? await filesOf(finished, cacheOf(words), began - SETTLED_MS)
        : undefined;
      if (files === undefined) return;
      const { date } = finished.run.report;
      const known: Remembered = { date, printed, modules: modulesStamp(ownFolder()!), files };
      const store = await diskStore(cacheOf(words));
      // Where nothing can be written, the next run is one like this.
      await store.remember(nameOf(asked), known).catch(() => {});
    },
  };
}

/** Nobody is asked for a permission here, and a forced run always runs. */
function canBe({ words: [command, ...rest] }: CommandLine): boolean {
  // What others hold, and whether they have what is here, no file tells.
  const told = rest.every((word) => !/^(--force|--store|--trust|--queue|--help|-h)/.test(word)) &&
    variable(STORE_VARIABLE) === undefined && variable(QUEUE_VARIABLE) === undefined;
  const granted = isGranted({ name: "read" }) && isGranted({ name: "env" });
  return command === "run" && told && granted && ownFolder() !== undefined;
}

async function recalled(asked: CommandLine): Promise<Remembered | undefined> {
  try {
    const store = await diskStore(cacheOf(asked.words), { existing: true });
    return await store.recall(nameOf(asked)) as Remembered | undefined;
  } catch {
    // What is wrong with the cache, the run says.
    return undefined;
  }
}

function cacheOf(words: readonly string[]): string {
  const at = words.findLastIndex((word) => /^--cache(=|$)/.test(word));
  if (at < 0) return defaultCache();
  const word = words[at]!;
  return word.includes("=") ? word.slice("--cache=".length) : words[at + 1] ?? "";
}

/** All that the output depends on besides files. Where native kernels are found changes no result. */
function nameOf({ words, terminal: { live, columns } }: CommandLine): string {
  const granted = (["write", "run", "ffi", "net", "sys"] as const).map((name) =>
    isGranted({ name })
  );
  const set = ([CACHE_VARIABLE, REGISTRY_VARIABLE] as const).map((name) => variable(name) ?? null);
  const process = [Deno.version.deno, Deno.cwd(), navigator.hardwareConcurrency];
  return `run ${canonical([words, live, columns, granted, process, set])}`;
}

/** Every file that a run came of and that it left, with its stamp; undefined where it is not told by these. */
async function filesOf(
  { run, recipe, out }: Finished,
  cache: string,
  settled: number,
): Promise<Remembered["files"] | undefined> {
  const keys = run.steps.flatMap(({ status, key }) => status === "hit" && key ? [key] : []);
  const recalled = keys.length === run.steps.length && run.ending === "done";
  if (!recalled || run.report.search !== undefined) return undefined;
  const { inputFiles } = await import("../library/input_files.ts");
  const read = await inputFiles(recipe, run.graph, cache);
  if (read === undefined) return undefined;
  const files: Record<string, string> = {};
  const records = keys.map((key) => spreadIn(cache, "outcomes", key));
  const mayLack = [read.lock, ...read.cards ?? []];
  for (const path of [...read.files, ...mayLack, ...records]) {
    const { stamp, changed } = look(path);
    if (changed > settled) return undefined;
    if (stamp === ABSENT && !mayLack.includes(path)) return undefined;
    files[path] = stamp;
  }
  // Whose records from elsewhere are hits.
  const config = configFolder();
  for (const name of config === undefined ? [] : ["trusted", "key.pub"]) {
    const path = `${config}/${name}`;
    files[path] = look(path).stamp;
  }
  const { filesOf } = await import("../library/write_out.ts");
  const exported = (run.report.exports ?? []).flatMap((each) =>
    filesOf(each).map(({ path }) => `${each.folder}/${path}`)
  );
  for (const path of [...run.written.filter((path) => !path.endsWith("/")), ...exported]) {
    files[`${out}/${path}`] = look(`${out}/${path}`).stamp;
  }
  return files;
}

/** What tells a file from a changed one, and when it last changed, ms since 1970. Nothing has a stamp too. */
function look(path: string): { readonly stamp: string; readonly changed: number } {
  try {
    const { isFile, size, mtime, ctime, ino, dev } = Deno.statSync(path);
    const times = [mtime, ctime].map((time) => time?.getTime() ?? Infinity);
    return { stamp: [isFile, size, ...times, ino, dev].join(" "), changed: Math.max(...times) };
  } catch {
    return { stamp: ABSENT, changed: 0 };
  }
}

/** Size and times of the modules of Decant in a folder, in two numbers of 32 bits: they change with any of them. */
export function modulesStamp(root: string): string {
  let [a, b] = [0x811c9dc5, 0x9e3779b9];
  const take = (path: string) => {
    for (const code of `${path} ${look(path).stamp}`) {
      const unit = code.charCodeAt(0);
      a = Math.imul(a ^ unit, 0x01000193);
      b = Math.imul(b + unit ^ b >>> 15, 0x85ebca6b);
    }
  };
  const walk = (folder: string) => {
    for (const { name, isDirectory } of Deno.readDirSync(folder)) {
      if (isDirectory) walk(`${folder}/${name}`);
      else take(`${folder}/${name}`);
    }
  };
  for (const folder of ["engine", "ops"]) walk(`${root}${folder}`);
  for (const file of ["mod.ts", "deno.json"]) take(`${root}${file}`);
  return `${a >>> 0} ${b >>> 0}`;
}
