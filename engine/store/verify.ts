/** Every byte of a store, read and checked. What is damaged is quarantined; the next run makes it again. */
import type { Digest, Key } from "../digest.ts";
import { readIfThere, strangeness } from "./disk_file.ts";
import { diskStore } from "./disk_store.ts";
import { pins } from "./pin.ts";
import { namesIn, openStoreFolder, type StoreFolder, strangers } from "./store_folder.ts";
import { decodeRecord } from "./record.ts";
import { pastRuns } from "./roots.ts";
import { CorruptBlobError } from "./store.ts";

/** What was found. */
interface Verified {
  readonly records: number;
  readonly blobs: number;
  readonly bytes: number;
  /** Names of records and blobs that failed, and of pins; a damaged pin stays where it is. */
  readonly damaged: readonly string[];
  /** Blobs that a record names and that are not there: made again if something reads them. */
  readonly missing: number;
  /** Sound records of another version of Decant. */
  readonly otherVersions: number;
  /** What else is not as it should be and loses nothing: damaged lines of journals, files that are not the store's. */
  readonly notices: readonly string[];
}

/** Verifies the store in a folder. Throws a StoreError where there is none. */
export async function verifyStore(root: string): Promise<Verified> {
  const notices: string[] = [];
  const notice = (sentence: string): void => void notices.push(sentence);
  const cache = await openStoreFolder(root, { existing: true, notice });
  // Who signed a record is nothing that bytes tell.
  const trusts = () => Promise.resolve(true);
  const store = await diskStore(root, { existing: true, notice, trusts });
  const damaged: string[] = [];
  const named = new Set<Digest>();
  let records = 0;
  let otherVersions = 0;
  for await (const name of namesIn(cache, "outcomes")) {
    const key = name as Key;
    const state = await recordState(cache, key);
    const outcome = await store.outcome(key);
    if (state === "another-version") otherVersions++;
    else if (state === "damaged") damaged.push(`record ${name}`);
    // Gone by now: a collection beside this one has removed it.
    else if (outcome !== undefined) {
      records++;
      for (const { digest } of outcome.blobs) named.add(digest);
    }
  }
  let blobs = 0;
  let bytes = 0;
  const present = new Set<Digest>();
  for await (const name of namesIn(cache, "blobs")) {
    const digest = name as Digest;
    const path = cache.spread("blobs", digest);
    const strange = await strangeness(path) !== undefined;
    try {
      bytes += (await store.read(digest)).byteLength;
      blobs++;
      present.add(digest);
    } catch (error) {
      if (!(error instanceof CorruptBlobError)) throw error;
      // A collection beside this one may have removed it since it was listed: then nothing is damaged.
      if (strange || error.found !== "missing") damaged.push(`blob ${name}`);
    }
  }
  for (const { name, keys } of await pins(cache)) {
    if (keys === undefined) damaged.push(`pin ${name}`);
  }
  await pastRuns(cache);
  for await (const sentence of strangers(cache)) notice(sentence);
  const missing = [...named].filter((digest) => !present.has(digest)).length;
  return { records, blobs, bytes, damaged, missing, otherVersions, notices };
}

/** What a record is, before reading it through the store moves it. */
async function recordState(
  cache: StoreFolder,
  key: Key,
): Promise<"sound" | "damaged" | "another-version" | "gone"> {
  const bytes = await readIfThere(cache.spread("outcomes", key)).catch(() => null);
  if (bytes === null) return "damaged";
  return bytes === undefined ? "gone" : decodeRecord(key, bytes).state;
}
