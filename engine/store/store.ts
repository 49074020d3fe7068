/**
 * The store's surface: key → outcome, digest → bytes. Its laws: an artifact never changes; a record depends on
 * nothing outside its key; every byte read is verified; blobs are published before the record that names them;
 * failures are never stored.
 */
import type { Digest, Json, Key } from "../digest.ts";
import { DecantError } from "../error.ts";
import type { Artifact } from "../kind.ts";

/** What is recorded under a key. */
export interface Outcome {
  /** What was made. */
  readonly artifact: Artifact;
  /** Every blob of the artifact, the manifest first. */
  readonly blobs: readonly { readonly digest: Digest; readonly bytes: number }[];
  /** The manifest itself, where it is all there is (metrics): a report then needs no blob. */
  readonly manifest?: Json;
  /** What is known of the artifact, where only its source could tell: shapes, classes. */
  readonly facts?: Json;
  /** What happened while making it; replayed on a hit. */
  readonly notes: Readonly<Record<string, Json>>;
  /** Sentences for a person; replayed on a hit. */
  readonly warnings: readonly string[];
  /** When, where and how long. */
  readonly provenance: Provenance;
  /** The record that was hashed into the key. */
  readonly preimage: Json;
}

/** When, where and how long; never part of a key or an artifact. */
export interface Provenance {
  /** Seconds it took. */
  readonly seconds: number;
  /** The machine's name. */
  readonly host: string;
  /** When it ended, ISO 8601. */
  readonly date: string;
  /** Threads that kernels could use. */
  readonly threads: number;
}

/** Thrown when bytes do not have the digest that names them; they are in quarantine by then. */
export class CorruptBlobError extends DecantError<"damaged"> {
  /** Tells this error from others. */
  override readonly name = "CorruptBlobError";
  /** `found` says what is wrong with the bytes. */
  constructor(readonly digest: Digest, readonly found: "missing" | "changed") {
    const detail = found === "missing" ? "it is missing" : "its bytes have changed";
    super("damaged", `Cannot use blob ${digest.slice(0, 12)}: ${detail}`);
  }
}

type StoreFailure = "read-only" | "full" | "version" | "place" | "denied" | "unreadable" | "pin";

/** Thrown when the store itself cannot be used: full, of a newer version, a pin damaged. A sentence with a way out. */
export class StoreError extends DecantError<`cache-${StoreFailure}`> {
  /** Tells this error from others. */
  override readonly name = "StoreError";
  /** A sentence, and a way out. */
  constructor(readonly reason: StoreFailure, message: string) {
    super(`cache-${reason}`, message);
  }
}

/** A record and the key it stands under. */
export interface Recorded {
  /** The name of the computation. */
  readonly key: Key;
  /** What is recorded under it. */
  readonly outcome: Outcome;
}

/** How to wait for a lock. */
export interface LockOptions {
  /** Gives up waiting, with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called once if somebody else holds the lock, with who it is and what they do. */
  waiting?(holder: string): void;
}

/** Where outcomes and bytes are kept. */
export interface Store {
  /** Where other threads and other processes can open it; absent where they cannot. */
  readonly folder?: string;
  /** The verified record under a key; undefined if there is none or it was damaged (then quarantined). */
  outcome(key: Key): Promise<Outcome | undefined>;
  /** Verified bytes. Throws CorruptBlobError when they are missing or damaged. */
  read(digest: Digest): Promise<Uint8Array>;
  /** Whether there are bytes of that name; they are not verified. */
  has(digest: Digest): Promise<boolean>;
  /**
   * Publishes blobs, then the record. What is there already and sound stays as it is; `replace` puts the new record
   * in the place of the old one (of a volatile op: what a clock said is never wrong, only old).
   */
  publish(
    key: Key,
    outcome: Outcome,
    blobs: ReadonlyMap<Digest, Uint8Array>,
    options?: LockOptions & { replace?: boolean },
  ): Promise<void>;
  /** Keeps bytes that no record names: what was fetched. Collected when nobody needs the room for them. */
  keep(bytes: Uint8Array, options?: LockOptions): Promise<Digest>;
  /** Keeps, beside the record that stays, an outcome that should have been equal to it and is not. */
  dispute(
    key: Key,
    outcome: Outcome,
    blobs: ReadonlyMap<Digest, Uint8Array>,
    options?: LockOptions,
  ): Promise<void>;
  /** Holds the exclusive lock of a key while `body` runs; other processes wait. */
  locked<T>(key: Key, body: () => Promise<T>, options?: LockOptions): Promise<T>;
  /** Where a step keeps its state while it runs. */
  checkpoint(key: Key): CheckpointFile;
  /** Something cheap to recall and safe to lose, by name: the digest of a file of this size and time. */
  recall(name: string): Promise<Json | undefined>;
  /** Replaces what was remembered. */
  remember(name: string, value: Json): Promise<void>;
  /** Every verified record, in no order. Damaged ones are quarantined and left out. */
  outcomes(): AsyncIterable<Recorded>;
  /** Begins the journal of a run. While it is open, what it names is not collected. */
  journal(): Promise<Journal>;
}

/** One file of saved state per key. */
export interface CheckpointFile {
  /** The state saved last, verified; undefined if there is none or it was damaged. */
  load(): Promise<Uint8Array | undefined>;
  /** Replaces the state at once: a reader sees the old or the new. */
  save(state: Uint8Array): Promise<void>;
  /** Forgets the state. */
  remove(): Promise<void>;
}

/** What one run did, line by line. */
export interface Journal {
  /** Names the run. */
  readonly id: string;
  /** The file it stands in; absent where there is none. */
  readonly path?: string;
  /** Adds a line; even when closed, for what is found wrong afterwards. */
  append(line: Readonly<Record<string, Json>>): Promise<void>;
  /** The run is over; what it named may be collected when its time comes. */
  close(): Promise<void>;
}
