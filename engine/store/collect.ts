/**
 * Garbage collection: records that nobody holds go, then the blobs that no record names. It runs beside live runs,
 * because it holds the collector's lock alone only while nobody publishes, and keeps what a live run has touched.
 */
import type { Key } from "../digest.ts";
import { takeLock, tryLock } from "./lock.ts";
import { entries, onDisk, type Place, spreadNames } from "./place.ts";
import { decodeRecord } from "./record.ts";
import { holdsOf, pastRuns, pins } from "./roots.ts";
import type { Outcome } from "./store.ts";

/** What may go. */
export interface CollectOptions {
  /** Days for which a run holds what it touched; default 30. */
  readonly days?: number;
  /** Largest size of all blobs in bytes; beyond it the longest unused records go, pins and live runs excepted. */
  readonly maxBytes?: number;
  /** Counts, and removes nothing. */
  readonly dryRun?: boolean;
  /** Milliseconds since 1970 that count as now; for tests. */
  readonly now?: number;
}

/** What went, or would. */
export interface Collected {
  readonly records: number;
  readonly blobs: number;
  readonly bytes: number;
  /** What is left. */
  readonly kept: { readonly records: number; readonly blobs: number; readonly bytes: number };
}

const DAY = 86_400_000;

/** A temporary file of this age belongs to nobody alive. */
const STALE = DAY;

/** Collects a store's folder. */
export async function collect(place: Place, options: CollectOptions = {}): Promise<Collected> {
  const { days = 30, maxBytes = Infinity, dryRun = false, now = Date.now() } = options;
  await place.prepare();
  using _alone = await takeLock(place.flat("locks", "collector"), "exclusive");
  const runs = await pastRuns(place);
  const holds = holdsOf(await pins(place), runs);
  const records = await readRecords(place);
  const used = (key: Key) => holds.get(key)?.used || records.get(key)!.written;
  const sizes = new Map<string, number>();
  for (const { outcome } of records.values()) {
    for (const { digest, bytes } of outcome.blobs) sizes.set(digest, bytes);
  }
  const kept = new Set(
    [...records.keys()].filter((key) => holds.get(key)?.firm || now - used(key) <= days * DAY),
  );
  for (const key of [...kept].sort((a, b) => used(a) - used(b))) {
    if (sizeOf(kept) <= maxBytes) break;
    if (!holds.get(key)?.firm) kept.delete(key);
  }
  const remove = async (path: string): Promise<number> => {
    const { size } = await Deno.stat(path);
    if (!dryRun) await onDisk(place.root, () => Deno.remove(path));
    return size;
  };
  const gone = { records: 0, blobs: 0, bytes: 0 };
  for (const key of records.keys()) {
    if (kept.has(key)) continue;
    await remove(place.spread("outcomes", key));
    gone.records++;
  }
  const wanted = namedBy(kept);
  for (const digest of await disputed(place)) wanted.add(digest);
  const left = { records: kept.size, blobs: 0, bytes: 0 };
  for await (const digest of spreadNames(place, "blobs")) {
    const path = place.spread("blobs", digest);
    if (wanted.has(digest)) {
      left.blobs++;
      left.bytes += (await Deno.stat(path)).size;
    } else {
      gone.blobs++;
      gone.bytes += await remove(path);
    }
  }
  if (!dryRun) await sweep(place, { before: now - days * DAY, stale: now - STALE, records });
  for (const { path, live, date } of runs) {
    if (!live && now - date > days * DAY) await remove(path);
  }
  return { ...gone, kept: left };

  function namedBy(keys: ReadonlySet<Key>): Set<string> {
    return new Set(
      [...keys].flatMap((key) =>
        records.get(key)!.outcome.blobs.map(({ digest }) => digest as string)
      ),
    );
  }

  function sizeOf(keys: ReadonlySet<Key>): number {
    return [...namedBy(keys)].reduce((sum, digest) => sum + sizes.get(digest)!, 0);
  }
}

interface Kept {
  readonly outcome: Outcome;
  readonly written: number;
}

async function readRecords(place: Place): Promise<Map<Key, Kept>> {
  const records = new Map<Key, Kept>();
  for await (const name of spreadNames(place, "outcomes")) {
    const key = name as Key;
    const path = place.spread("outcomes", key);
    const outcome = decodeRecord(key, await Deno.readFile(path));
    // A damaged record is left for `verify` and for the run that meets it: here nothing is judged.
    if (outcome === undefined) continue;
    const { mtime } = await Deno.stat(path);
    records.set(key, { outcome, written: mtime?.getTime() ?? 0 });
  }
  return records;
}

/** Blobs of outcomes that should have been equal and were not: kept as long as the quarantine keeps their record. */
async function disputed(place: Place): Promise<string[]> {
  const digests: string[] = [];
  for (const name of await entries(place.flat("quarantine", ""))) {
    const key = /^disputed-([0-9a-f]{64})-/.exec(name)?.[1];
    if (key === undefined) continue;
    const bytes = await Deno.readFile(place.flat("quarantine", name));
    for (const { digest } of decodeRecord(key as Key, bytes)?.blobs ?? []) digests.push(digest);
  }
  return digests;
}

/** Leftovers: temporary files, checkpoints of finished or forgotten steps, locks nobody holds, old quarantine. */
async function sweep(
  place: Place,
  { before, stale, records }: {
    readonly before: number;
    readonly stale: number;
    readonly records: ReadonlyMap<Key, Kept>;
  },
): Promise<void> {
  const removeIfOlder = async (path: string, than: number): Promise<void> => {
    const { mtime } = await Deno.stat(path);
    if ((mtime?.getTime() ?? 0) < than) await Deno.remove(path);
  };
  for (const name of await entries(place.flat("tmp", ""))) {
    await removeIfOlder(place.flat("tmp", name), stale);
  }
  for await (const key of spreadNames(place, "checkpoints")) {
    const done = records.has(key as Key);
    await removeIfOlder(place.spread("checkpoints", key), done ? Infinity : before);
  }
  for await (const name of spreadNames(place, "memo")) {
    await removeIfOlder(place.spread("memo", name), before);
  }
  for (const name of await entries(place.flat("quarantine", ""))) {
    await removeIfOlder(place.flat("quarantine", name), before);
  }
  for (const name of await entries(place.flat("locks", ""))) {
    if (name === "collector") continue;
    // Under the collector's lock nobody is between opening this file and locking it.
    using held = await tryLock(place.flat("locks", name), "exclusive");
    if (held !== undefined) await Deno.remove(place.flat("locks", name));
  }
}
