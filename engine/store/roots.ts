/** What a collection must keep: what pins name, what live and recent runs touched. */
import type { Key } from "../digest.ts";
import { type JournalLine, journalLines } from "./journal.ts";
import { tryLock } from "./lock.ts";
import { entries, type Place } from "./place.ts";

/** When and how a key is held. */
export interface Hold {
  /** Milliseconds since 1970 of the last run that touched it; 0 where only a pin does. */
  used: number;
  /** A pin or a live run holds it: it is never collected. */
  firm: boolean;
}

/** A journal on disk. */
export interface PastRun {
  readonly path: string;
  readonly live: boolean;
  /** Milliseconds since 1970. */
  readonly date: number;
  readonly lines: readonly JournalLine[];
}

/** Every run that left a journal. */
export async function pastRuns(place: Place): Promise<PastRun[]> {
  const runs: PastRun[] = [];
  for (const name of await entries(place.flat("runs", ""))) {
    const path = place.flat("runs", name);
    const held = await tryLock(path, "shared");
    held?.[Symbol.dispose]();
    const { mtime } = await Deno.stat(path);
    runs.push({
      path,
      live: held === undefined,
      date: mtime?.getTime() ?? 0,
      lines: journalLines(await Deno.readTextFile(path)),
    });
  }
  return runs;
}

/** Pins by name: the keys that each holds. */
export async function pins(place: Place): Promise<Map<string, readonly Key[]>> {
  const found = new Map<string, readonly Key[]>();
  for (const name of await entries(place.flat("roots", ""))) {
    const text = await Deno.readTextFile(place.flat("roots", name));
    found.set(name.replace(/\.json$/, ""), (JSON.parse(text) as { keys: Key[] }).keys);
  }
  return found;
}

/** How each key is held by pins and runs. */
export function holdsOf(
  pinned: ReadonlyMap<string, readonly Key[]>,
  runs: readonly PastRun[],
): Map<Key, Hold> {
  const holds = new Map<Key, Hold>();
  const hold = (key: Key): Hold => {
    const known = holds.get(key) ?? { used: 0, firm: false };
    holds.set(key, known);
    return known;
  };
  for (const key of [...pinned.values()].flat()) hold(key).firm = true;
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
