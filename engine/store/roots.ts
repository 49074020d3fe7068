/** What a collection must keep: what pins name, what live and recent runs touched. */
import type { Key } from "../digest.ts";
import { readIfThere, StrangeFileError } from "./disk_file.ts";
import { type JournalLine, journalLines } from "./journal.ts";
import { tryLock } from "./lock.ts";
import { namesIn, type StoreFolder } from "./store_folder.ts";

/** When and how a key is held. */
interface Hold {
  /** Milliseconds since 1970 of the last run that touched it; 0 where only a pin does. */
  used: number;
  /** A pin or a live run holds it: it is never collected. */
  firm: boolean;
}

/** A journal on disk. */
interface PastRun {
  readonly path: string;
  readonly live: boolean;
  /** Milliseconds since 1970. */
  readonly date: number;
  readonly lines: readonly JournalLine[];
}

/** Every run that left a journal. What is damaged in one, or no file at all, is said and passed over. */
export async function pastRuns(cache: StoreFolder): Promise<PastRun[]> {
  const runs: PastRun[] = [];
  for await (const name of namesIn(cache, "runs")) {
    const path = cache.flat("runs", name);
    try {
      const held = await tryLock(path, "shared");
      held?.[Symbol.dispose]();
      const bytes = await readIfThere(path);
      if (bytes === undefined) continue;
      const { mtime } = await Deno.stat(path);
      const { lines, damaged } = journalLines(new TextDecoder().decode(bytes));
      if (damaged.length > 0) cache.notice(`${path}: ${linesText(damaged)}, passed over`);
      runs.push({ path, live: held === undefined, date: mtime?.getTime() ?? 0, lines });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) continue;
      if (!(error instanceof StrangeFileError)) throw error;
      cache.notice(`${error.message}; it was passed over`);
    }
  }
  return runs;
}

function linesText(damaged: readonly number[]): string {
  const [first, ...rest] = damaged;
  return rest.length === 0
    ? `line ${first} is damaged`
    : `${damaged.length} lines are damaged, the first is line ${first}`;
}

/** How each key is held by pins and runs. */
export function holdsOf(
  pinned: readonly Key[],
  runs: readonly PastRun[],
): Map<Key, Hold> {
  const holds = new Map<Key, Hold>();
  const hold = (key: Key): Hold => {
    const known = holds.get(key) ?? { used: 0, firm: false };
    holds.set(key, known);
    return known;
  };
  for (const key of pinned) hold(key).firm = true;
  for (const { live, date, lines } of runs) {
    for (const { key } of lines) {
      if (typeof key !== "string") continue;
      const known = hold(key as Key);
      known.used = Math.max(known.used, date);
      known.firm ||= live;
    }
  }
  return holds;
}
