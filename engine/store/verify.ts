/** Every byte of a store, read and checked. What is damaged is quarantined; the next run makes it again. */
import type { Digest, Key } from "../digest.ts";
import { diskStore } from "./disk_store.ts";
import { openPlace, spreadNames } from "./place.ts";
import { CorruptBlobError } from "./store.ts";

/** What was found. */
export interface Verified {
  readonly records: number;
  readonly blobs: number;
  readonly bytes: number;
  /** Names of records and blobs that failed. */
  readonly damaged: readonly string[];
  /** Blobs that a record names and that are not there: made again if something reads them. */
  readonly missing: number;
}

/** Verifies the store in a folder. */
export async function verifyStore(root: string): Promise<Verified> {
  const place = await openPlace(root);
  const store = await diskStore(root);
  const damaged: string[] = [];
  const named = new Set<Digest>();
  let records = 0;
  for await (const name of spreadNames(place, "outcomes")) {
    const outcome = await store.outcome(name as Key);
    if (outcome === undefined) damaged.push(`record ${name}`);
    else {
      records++;
      for (const { digest } of outcome.blobs) named.add(digest);
    }
  }
  let blobs = 0;
  let bytes = 0;
  const present = new Set<Digest>();
  for await (const name of spreadNames(place, "blobs")) {
    const digest = name as Digest;
    try {
      bytes += (await store.read(digest)).byteLength;
      blobs++;
      present.add(digest);
    } catch (error) {
      if (!(error instanceof CorruptBlobError)) throw error;
      damaged.push(`blob ${name}`);
    }
  }
  const missing = [...named].filter((digest) => !present.has(digest)).length;
  return { records, blobs, bytes, damaged, missing };
}
