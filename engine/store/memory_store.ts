/** A store that lives and dies with the process: for tests, and for runs that shall leave nothing behind. */
import { type Digest, digestOf, type Json, type Key } from "../digest.ts";
import { given } from "../given.ts";
import type { BlobContent } from "../kind.ts";
import { gathered, TooLargeError } from "../unpack.ts";
import { decodeRecord, encodeRecord } from "./record.ts";
import { seal, unseal } from "./seal.ts";
import {
  type CheckpointFile,
  CorruptBlobError,
  type Intake,
  type Journal,
  type LockOptions,
  type Recorded,
  type Store,
  type Trust,
} from "./store.ts";

/** What a memory store holds; open, so that a test may damage it. */
export interface MemoryContents {
  /** Bytes by digest. */
  readonly blobs: Map<Digest, Uint8Array>;
  /** Sealed records by key. */
  readonly outcomes: Map<Key, Uint8Array>;
  /** Sealed states by key. */
  readonly checkpoints: Map<Key, Uint8Array>;
  /** When they were saved, ms since 1970. */
  readonly saved: Map<Key, number>;
  /** What was remembered, by name. */
  readonly memo: Map<string, Json>;
  /** Lines of each run's journal. */
  readonly journals: Map<string, Readonly<Record<string, Json>>[]>;
  /** What failed verification or was disputed, by a name that says what it was. */
  readonly quarantine: Map<string, Uint8Array>;
}

/** A new, empty store. */
export function memoryStore(
  { trusts = () => Promise.resolve(false) }: { readonly trusts?: Trust } = {},
): Store & { readonly contents: MemoryContents } {
  const contents: MemoryContents = {
    blobs: new Map(),
    outcomes: new Map(),
    checkpoints: new Map(),
    saved: new Map(),
    memo: new Map(),
    journals: new Map(),
    quarantine: new Map(),
  };
  const held = new Map<Key, Promise<unknown>>();
  const recorded = (key: Key) => recordIn(contents, key, trusts);
  return {
    contents,
    trusts,
    outcome: async (key) => (await recorded(key))?.outcome,
    signature: async (key) => (await recorded(key))?.signed,
    // deno-lint-ignore require-await -- a failure is a rejection, as on disk
    read: async (digest) => readBlob(contents, digest),
    // deno-lint-ignore require-await -- a failure is a rejection, as on disk
    stream: async (digest) => ReadableStream.from([readBlob(contents, digest).slice()]),
    has: (digest) => Promise.resolve(contents.blobs.has(digest)),
    async publish(key, outcome, blobs, options) {
      keepBlobs(contents, blobs);
      if (options?.replace || await recorded(key) === undefined) {
        contents.outcomes.set(key, encodeRecord(key, outcome));
      }
    },
    intake: () => Promise.resolve(memoryIntake(contents, recorded)),
    keep(bytes) {
      const digest = digestOf(bytes);
      keepBlobs(contents, new Map([[digest, bytes]]));
      return Promise.resolve(digest);
    },
    dispute(key, outcome, blobs) {
      keepBlobs(contents, blobs);
      const name = `disputed-${key}-${outcome.artifact.digest}`;
      contents.quarantine.set(name, encodeRecord(key, outcome));
      return Promise.resolve();
    },
    locked: (key, body, options) => locked(held, key, body, options),
    checkpoint: (key) => checkpointFile(contents, key),
    recall: (name) => Promise.resolve(contents.memo.get(name)),
    remember: (name, value) => Promise.resolve(void contents.memo.set(name, value)),
    async *outcomes() {
      for (const key of [...contents.outcomes.keys()]) {
        const found = await recorded(key);
        if (found !== undefined) yield found;
      }
    },
    journal: () => Promise.resolve(newJournal(contents)),
  };
}

/** The record under a key; what is damaged goes into quarantine. */
async function recordIn(
  contents: MemoryContents,
  key: Key,
  trusts: Trust,
): Promise<Recorded | undefined> {
  const bytes = contents.outcomes.get(key);
  if (bytes === undefined) return undefined;
  const decoded = decodeRecord(key, bytes);
  if (decoded.state === "sound") {
    const found = { key, ...given({ outcome: decoded.outcome, signed: decoded.signed }) };
    return found.signed === undefined || await trusts(found) ? found : undefined;
  }
  if (decoded.state === "damaged") {
    contents.outcomes.delete(key);
    contents.quarantine.set(`outcome-${key}`, bytes);
  }
  return undefined;
}

function readBlob(contents: MemoryContents, digest: Digest): Uint8Array {
  const bytes = contents.blobs.get(digest);
  if (bytes === undefined) throw new CorruptBlobError(digest, "missing");
  if (digestOf(bytes) !== digest) {
    contents.blobs.delete(digest);
    contents.quarantine.set(`blob-${digest}`, bytes);
    throw new CorruptBlobError(digest, "changed");
  }
  return bytes.slice();
}

function keepBlobs(contents: MemoryContents, blobs: ReadonlyMap<Digest, BlobContent>): void {
  for (const [digest, bytes] of blobs) {
    const kept = contents.blobs.get(digest);
    // A damaged copy is replaced: publishing must leave what it says it published.
    if (kept === undefined || digestOf(kept) !== digest) {
      contents.blobs.set(digest, bytes.subarray(0).slice());
    }
  }
}

/** Runs `body` when nobody in this process holds the key any more. */
async function locked<T>(
  held: Map<Key, Promise<unknown>>,
  key: Key,
  body: () => Promise<T>,
  options?: LockOptions,
): Promise<T> {
  if (held.has(key)) options?.waiting?.("this process, which is computing it");
  while (held.has(key)) {
    await held.get(key);
    options?.signal?.throwIfAborted();
  }
  const running = body();
  held.set(key, running.then(() => {}, () => {}));
  try {
    return await running;
  } finally {
    held.delete(key);
  }
}

function memoryIntake(
  contents: MemoryContents,
  recorded: (key: Key) => Promise<Recorded | undefined>,
): Intake {
  const taken = new Map<Digest, Uint8Array>();
  return {
    async take({ digest, bytes }, pieces) {
      const limit = { limit: bytes };
      const all = await gathered(pieces, limit).catch((error) => {
        throw error instanceof TooLargeError ? new CorruptBlobError(digest, "changed") : error;
      });
      if (digestOf(all) !== digest) throw new CorruptBlobError(digest, "changed");
      taken.set(digest, all);
    },
    async publish(recording) {
      keepBlobs(contents, taken);
      taken.clear();
      if (recording === undefined || await recorded(recording.key) !== undefined) return;
      const { key, outcome, signed } = recording;
      contents.outcomes.set(key, encodeRecord(key, outcome, signed));
    },
    [Symbol.asyncDispose]: () => Promise.resolve(taken.clear()),
  };
}

function checkpointFile(contents: MemoryContents, key: Key): CheckpointFile {
  const name = `checkpoint ${key}`;
  return {
    load() {
      const bytes = contents.checkpoints.get(key);
      return Promise.resolve(bytes && unseal(name, bytes)?.slice());
    },
    savedAt: () =>
      Promise.resolve(contents.checkpoints.has(key) ? contents.saved.get(key) : undefined),
    save(state) {
      contents.checkpoints.set(key, seal(name, state));
      contents.saved.set(key, Date.now());
      return Promise.resolve();
    },
    remove: () => Promise.resolve(void contents.checkpoints.delete(key)),
  };
}

function newJournal(contents: MemoryContents): Journal {
  const id = `run-${contents.journals.size + 1}`;
  const lines: Readonly<Record<string, Json>>[] = [];
  contents.journals.set(id, lines);
  return {
    id,
    append: (line) => Promise.resolve(void lines.push(line)),
    close: () => Promise.resolve(),
  };
}
