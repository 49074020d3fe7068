/**
 * The store's surface: key → outcome, digest → bytes. Its laws: an artifact never changes; a record depends on
 * nothing outside its key; every byte read is verified; blobs are published before the record that names them;
 * failures are never stored.
 */
import type { Digest, Json, Key } from "../digest.ts";
import { DecantError } from "../error.ts";
import type { Artifact, BlobContent } from "../kind.ts";
import type { Spill, StoredBytes } from "../run_context.ts";

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

/** Who vouches for a record that was made elsewhere. */
export interface Signature {
  /** The public key, `NAME:BASE64`. */
  readonly by: string;
  /** The signature over the record in Base64. */
  readonly signature: string;
}

/** Whether a record, or a state, that was made elsewhere is used here. */
export type Trust = (vouched: Recorded | SavedState) => Promise<boolean>;

/** A record and the key it stands under. */
export interface Recorded {
  /** The name of the computation. */
  readonly key: Key;
  /** What is recorded under it. */
  readonly outcome: Outcome;
  /** Of one that was made elsewhere. */
  readonly signed?: Signature;
}

/** The state of a long op that somebody else saved, so that others go on from there; its bytes are a blob. */
export interface SavedState {
  /** The name of the computation. */
  readonly key: Key;
  /** When it was saved, ISO 8601. */
  readonly saved: string;
  readonly state: BlobSize;
  readonly signed?: Signature;
}

/** How to wait for a lock. */
export interface LockOptions {
  /** Gives up waiting, with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called once if somebody else holds the lock, with who it is and what they do. */
  waiting?(holder: string): void;
}

/** A blob of an artifact. */
export type BlobSize = Outcome["blobs"][number];

/** How a record is waited for that others may have. */
export interface RecallOptions {
  /** Gives up waiting, with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Asks others again that had none before. */
  readonly again?: boolean;
}

/** Bytes in a file of a store; disposing it closes the file. */
export interface BlobFile extends StoredBytes, Disposable {}

/** A file that is no blob yet; disposing it removes it where it was not published. */
export interface SpillFile extends Spill, Disposable {}

/** Where outcomes and bytes are kept. */
export interface Store {
  /** Where other threads and other processes can open it; absent where they cannot. */
  readonly folder?: string;
  /** Who else is told of what was made here; absent where nobody is. */
  readonly sharing?: Sharing;
  /** Who is asked for what the folder lacks; absent where nobody is. */
  readonly behind?: Behind;
  /** Whose records from elsewhere are hits. */
  readonly trusts: Trust;
  /** Sentences about records that are no hits, by key: nobody who is trusted has signed them. */
  readonly hints?: ReadonlyMap<Key, string>;
  /** The keys whose records were found in stores behind the folder, not in it; absent where there are none. */
  readonly theirs?: ReadonlySet<Key>;
  /** Who signed the record under a key, if it was made elsewhere. */
  signature(key: Key): Promise<Signature | undefined>;
  /**
   * The verified record under a key; undefined if there is none or it was damaged (then quarantined), or signed by
   * nobody who is trusted.
   */
  outcome(key: Key, options?: RecallOptions): Promise<Outcome | undefined>;
  /**
   * Verified bytes. Throws CorruptBlobError when they are missing or damaged, and nobody behind the store has them; who is
   * asked for them may give at most `bytes`, where their number is not known.
   */
  read(digest: Digest, bytes?: number): Promise<Uint8Array>;
  /** The same bytes in pieces, all of them verified before the first. */
  stream(digest: Digest, bytes?: number): Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;
  /** The same bytes as a file, all of them verified before the first is read; absent where there are no files. */
  open?(digest: Digest, bytes?: number): Promise<BlobFile>;
  /** A file for bytes that will be published; absent where there are no files. */
  spill?(bytes: number): Promise<SpillFile>;
  /** Whether there are bytes of that name; they are not verified. */
  has(digest: Digest): Promise<boolean>;
  /**
   * Publishes blobs, then the record. What is there already and sound stays as it is; `replace` puts the new record
   * in the place of the old one (of a volatile op: what a clock said is never wrong, only old).
   */
  publish(
    key: Key,
    outcome: Outcome,
    blobs: ReadonlyMap<Digest, BlobContent>,
    options?: LockOptions & { replace?: boolean },
  ): Promise<void>;
  /** Begins to take in what was made elsewhere. */
  intake(): Promise<Intake>;
  /** Keeps bytes that no record names: what was fetched. Collected when nobody needs the room for them. */
  keep(bytes: Uint8Array, options?: LockOptions): Promise<Digest>;
  /** Keeps, beside the record that stays, an outcome that should have been equal to it and is not. */
  dispute(
    key: Key,
    outcome: Outcome,
    blobs: ReadonlyMap<Digest, BlobContent>,
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

/** Bytes on their way into a store; disposing it forgets those that were not published. */
export interface Intake extends AsyncDisposable {
  /**
   * Takes a blob as it comes, held nowhere whole. Throws a CorruptBlobError where it is another, or has more or fewer
   * bytes; it may be taken again then.
   */
  take(blob: BlobSize, pieces: AsyncIterable<Uint8Array>): Promise<void>;
  /** Publishes the blobs that were taken, then a record of them, if one is given; what is there already stays. */
  publish(recorded?: Recorded, options?: LockOptions): Promise<void>;
}

/** Who is asked for what a folder lacks. */
export interface Behind {
  /** Takes a blob of at most so many bytes into the folder; false where nobody has it. */
  fetch(digest: Digest, bytes: number): Promise<boolean>;
  /** The state that others saved last under a key, after an instant (ms since 1970); undefined where there is none. */
  state(key: Key, after: number): Promise<Uint8Array | undefined>;
  /** Is told that the folder has a new state under a key. */
  saved(key: Key): void | Promise<void>;
}

/** A file of this machine, by the digest that it should have. */
export interface LocalFile {
  readonly url: string;
  readonly digest: Digest;
}

/** Publication to others, beside the run. Nothing of it fails a step: what cannot be published is said once. */
export interface Sharing {
  /**
   * Begins to publish an outcome; `local` names what it was made of that lies on this machine. Resolves to whether every
   * store has it then; what is left out is nowhere. `again`: it was made again because bytes of it were gone, so its
   * bytes are put there although its record is.
   */
  offer(recorded: Recorded, local: readonly string[], again?: boolean): Promise<boolean>;
  /** Publishes files of this machine that an op reads under their digests; whether every store has all of them then. */
  provide(files: readonly LocalFile[], made: string): Promise<boolean>;
  /** Resolves when all that was offered has arrived or was given up; the signal gives up what is under way. */
  settled(signal: AbortSignal): Promise<void>;
  /** Whether every store answers now; each is asked once. */
  answers(signal: AbortSignal): Promise<boolean>;
}

/** One file of saved state per key. */
export interface CheckpointFile {
  /** The state saved last, verified; undefined if there is none or it was damaged. */
  load(): Promise<Uint8Array | undefined>;
  /** When that was, ms since 1970; undefined if there is none. */
  savedAt(): Promise<number | undefined>;
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
