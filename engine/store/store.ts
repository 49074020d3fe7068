/**
 * The store's surface: key → outcome, digest → bytes. Its laws: an artifact never changes; a record depends on
 * nothing outside its key; every byte read is verified; blobs are published before the record that names them;
 * failures are never stored.
 */
import type { Digest, Json, Key } from "../digest.ts";
import type { Artifact } from "../op.ts";

/** What is recorded under a key. */
export interface Outcome {
  readonly artifact: Artifact;
  /** Every blob of the artifact, the manifest first. */
  readonly blobs: readonly { readonly digest: Digest; readonly bytes: number }[];
  /** What happened while making it; replayed on a hit. */
  readonly notes: Readonly<Record<string, Json>>;
  readonly warnings: readonly string[];
  readonly provenance: Provenance;
  /** The record that was hashed into the key. */
  readonly preimage: Json;
}

/** When, where and how long; never part of a key or an artifact. */
export interface Provenance {
  readonly seconds: number;
  readonly host: string;
  readonly date: string;
  readonly threads: number;
}

/** Thrown when bytes do not have the digest that names them; they are in quarantine by then. */
export class CorruptBlobError extends Error {
  override readonly name = "CorruptBlobError";
  constructor(readonly digest: Digest, detail: string) {
    super(`Cannot use blob ${digest.slice(0, 12)}: ${detail}`);
  }
}

/** Where outcomes and bytes are kept. */
export interface Store {
  /** The verified record under a key; undefined if there is none or it was damaged (then quarantined). */
  outcome(key: Key): Promise<Outcome | undefined>;
  /** Verified bytes. Throws CorruptBlobError when they are missing or damaged. */
  read(digest: Digest): Promise<Uint8Array>;
  has(digest: Digest): Promise<boolean>;
  /** Publishes blobs, then the record. Publishing what is there already does nothing. */
  publish(key: Key, outcome: Outcome, blobs: ReadonlyMap<Digest, Uint8Array>): Promise<void>;
  /** Holds the exclusive lock of a key while `body` runs; other processes wait. */
  locked<T>(key: Key, body: () => Promise<T>): Promise<T>;
  checkpoint(key: Key): CheckpointFile;
}

/** One file of saved state per key. */
export interface CheckpointFile {
  load(): Promise<Uint8Array | undefined>;
  save(state: Uint8Array): Promise<void>;
  remove(): Promise<void>;
}
