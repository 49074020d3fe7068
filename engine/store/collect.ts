/**
 * Garbage collection: records that nobody holds go, then the blobs that no record names. It runs beside live runs,
 * because it holds the collector's lock alone only while nobody publishes, and keeps what a live run has touched. It
 * writes nothing, so that it works on a full disk, and removes only files whose names have the store's form.
 */
import type { Key } from "../digest.ts";
import { readIfThere, strangeness } from "./disk_file.ts";
import { takeLockIn, tryLock } from "./lock.ts";
import { pinnedKeys, pins } from "./pin.ts";
import { entries, type Folder, namesIn, onDisk, type StoreFolder } from "./store_folder.ts";
import { decodeRecord } from "./record.ts";
import { holdsOf, pastRuns } from "./roots.ts";
import type { LockOptions } from "./store.ts";
import { sweepWriters } from "./writer_folder.ts";

/** What may go. */
export interface CollectOptions extends LockOptions {
  /** Days for which a run holds what it touched; default 30. */
  readonly days?: number;
  /** Largest size of all blobs that are here, in bytes; beyond it the longest unused records go, pins and live runs excepted. */
  readonly maxBytes?: number;
  /** Counts, and removes nothing. */
  readonly dryRun?: boolean;
  /** Milliseconds since 1970 that count as now; for tests. */
  readonly now?: number;
}

/** What went, or would. */
interface Collected {
  readonly records: number;
  readonly blobs: number;
  readonly bytes: number;
  /** What is left. */
  readonly kept: { readonly records: number; readonly blobs: number; readonly bytes: number };
}

const DAY = 86_400_000;

/** A temporary file of this age belongs to no running process. */
const STALE = DAY;

/** Collects a store's folder. Throws a StoreError where a pin is damaged: then nothing is removed. */
export async function collect(
  cache: StoreFolder,
  options: CollectOptions = {},
): Promise<Collected> {
  const { days = 30, maxBytes = Infinity, dryRun = false, now = Date.now() } = options;
  using _alone = await takeLockIn(cache, cache.flat("locks", "collector"), "exclusive", options);
  const runs = await pastRuns(cache);
  const holds = holdsOf(pinnedKeys(await pins(cache)), runs);
  const records = await readRecords(cache);
  const used = (key: Key) => holds.get(key)?.used || records.get(key)!.written;
  const sizes = new Map([...records.values()].flatMap(({ sizes }) => [...sizes]));
  // What a shared store has and nobody read here takes no place.
  const here = maxBytes === Infinity ? undefined : await Array.fromAsync(namesIn(cache, "blobs"));
  const present = new Set(here);
  const kept = new Set(
    [...records.keys()].filter((key) => holds.get(key)?.firm || now - used(key) <= days * DAY),
  );
  for (const key of [...kept].sort((a, b) => used(a) - used(b))) {
    if (maxBytes === Infinity || sizeOf(kept) <= maxBytes) break;
    if (!holds.get(key)?.firm) kept.delete(key);
  }
  const remove = (path: string) => removed(cache, path, dryRun);
  const gone = { records: 0, blobs: 0, bytes: 0 };
  for (const key of records.keys()) {
    if (kept.has(key)) continue;
    if (await remove(cache.spread("outcomes", key)) !== undefined) gone.records++;
  }
  const wanted = namedBy(kept);
  for (const digest of await disputed(cache)) wanted.add(digest);
  const left = { records: kept.size, blobs: 0, bytes: 0 };
  for await (const digest of namesIn(cache, "blobs")) {
    const path = cache.spread("blobs", digest);
    if (wanted.has(digest)) {
      left.blobs++;
      left.bytes += (await Deno.stat(path).catch(() => ({ size: 0 }))).size;
      continue;
    }
    const size = await remove(path);
    if (size === undefined) continue;
    gone.blobs++;
    gone.bytes += size;
  }
  if (!dryRun) await sweep(cache, { before: now - days * DAY, stale: now - STALE, records });
  for (const { path, live, date } of runs) {
    if (!live && now - date > days * DAY) await remove(path);
  }
  return { ...gone, kept: left };

  function namedBy(keys: ReadonlySet<Key>): Set<string> {
    return new Set([...keys].flatMap((key) => [...records.get(key)!.sizes.keys()]));
  }

  function sizeOf(keys: ReadonlySet<Key>): number {
    const counted = [...namedBy(keys)].filter((digest) => present.has(digest));
    return counted.reduce((sum, digest) => sum + sizes.get(digest)!, 0);
  }
}

/** A record as a collection sees it. */
interface StoredRecord {
  /** Bytes of each blob that it names. */
  readonly sizes: ReadonlyMap<string, number>;
  /** Milliseconds since 1970. */
  readonly written: number;
}

async function readRecords(cache: StoreFolder): Promise<Map<Key, StoredRecord>> {
  const records = new Map<Key, StoredRecord>();
  for await (const name of namesIn(cache, "outcomes")) {
    const key = name as Key;
    const path = cache.spread("outcomes", key);
    const sizes = await blobsOf(cache, key, path);
    if (sizes === undefined) continue;
    const { mtime } = await Deno.stat(path);
    records.set(key, { sizes, written: mtime?.getTime() ?? 0 });
  }
  return records;
}

/** The blobs a record names. A damaged record is left for `verify` and for the run that meets it. */
async function blobsOf(
  cache: StoreFolder,
  key: Key,
  path: string,
): Promise<Map<string, number> | undefined> {
  const what = await strangeness(path);
  if (what !== undefined) {
    cache.notice(`${path} is ${what}, not a record; it was passed over`);
    return undefined;
  }
  const bytes = await readIfThere(path);
  const decoded = bytes && decodeRecord(key, bytes);
  if (decoded === undefined || decoded.state === "damaged") return undefined;
  if (decoded.state === "sound") {
    return new Map(decoded.outcome.blobs.map(({ digest, bytes }) => [digest, bytes]));
  }
  // Another version may name its blobs elsewhere: every digest in its text is one, if such a blob is there.
  const digests = decoded.text.match(/(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g) ?? [];
  const sizes = new Map<string, number>();
  for (const digest of digests) {
    const blob = await Deno.stat(cache.spread("blobs", digest)).catch(() => undefined);
    if (blob !== undefined) sizes.set(digest, blob.size);
  }
  return sizes;
}

/** Blobs of outcomes that should have been equal and were not: kept as long as the quarantine keeps their record. */
async function disputed(cache: StoreFolder): Promise<string[]> {
  const digests: string[] = [];
  for await (const name of namesIn(cache, "quarantine")) {
    const key = /^disputed-([0-9a-f]{64})-/.exec(name)?.[1];
    if (key === undefined) continue;
    const path = cache.flat("quarantine", name);
    digests.push(...(await blobsOf(cache, key as Key, path))?.keys() ?? []);
  }
  return digests;
}

/** Removes a file and says how large it was; undefined where it is none, or has gone meanwhile. */
async function removed(
  cache: StoreFolder,
  path: string,
  dryRun = false,
): Promise<number | undefined> {
  try {
    const what = await strangeness(path);
    if (what !== undefined && what !== "a link to nothing") {
      cache.notice(`${path} is ${what}, not a file of the cache; it was passed over`);
      return undefined;
    }
    const { size } = await Deno.lstat(path);
    if (!dryRun) await Deno.remove(path);
    return size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    return await onDisk(cache.root, () => Promise.reject(error));
  }
}

/** Leftovers: temporary files, checkpoints of finished or forgotten steps, locks nobody holds, old quarantine. */
async function sweep(
  cache: StoreFolder,
  { before, stale, records }: {
    readonly before: number;
    readonly stale: number;
    readonly records: ReadonlyMap<Key, StoredRecord>;
  },
): Promise<void> {
  const older = async (folder: Folder, path: (name: string) => string, than: Than) => {
    for await (const name of namesIn(cache, folder)) {
      // Runs beside this one rename and remove such files without the collector's lock.
      const info = await Deno.lstat(path(name)).catch(() => undefined);
      const time = info?.mtime?.getTime() ?? 0;
      if (info !== undefined && time < than(name)) await removed(cache, path(name));
    }
  };
  await older("tmp", (name) => cache.flat("tmp", name), () => stale);
  await sweepWriters(cache);
  await older(
    "checkpoints",
    (key) => cache.spread("checkpoints", key),
    (key) => records.has(key as Key) ? Infinity : before,
  );
  await older("memo", (name) => cache.spread("memo", name), () => before);
  // What was set aside because it is not the store's is nobody's to delete but a person's.
  await older(
    "quarantine",
    (name) => cache.flat("quarantine", name),
    (name) => name.startsWith("foreign-") ? -Infinity : before,
  );
  await versionLeftovers(cache, stale);
  for await (const name of namesIn(cache, "locks")) {
    const path = cache.flat("locks", name);
    if (name === "collector" || await strangeness(path) !== undefined) continue;
    // Under the collector's lock nobody is between opening this file and locking it.
    using held = await tryLock(path, "exclusive");
    if (held !== undefined) await Deno.remove(path);
  }
}

type Than = (name: string) => number;

/** What a process left that was killed while it made the cache. */
async function versionLeftovers(cache: StoreFolder, stale: number): Promise<void> {
  for (const name of await entries(cache.root)) {
    if (!/^\.version-[0-9a-f-]{36}$/.test(name)) continue;
    const { mtime } = await Deno.lstat(`${cache.root}/${name}`);
    if ((mtime?.getTime() ?? 0) < stale) await removed(cache, `${cache.root}/${name}`);
  }
}
