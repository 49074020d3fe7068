/**
 * A store in a folder, shared by any number of processes. Everything is published by rename, blobs before the record
 * that names them, so a process may be killed at any instant: what remains is unreferenced, never wrong.
 */
import {
  canonicalBytes,
  type Digest,
  digestAsync,
  digestOf,
  type Json,
  type Key,
} from "../digest.ts";
import { given } from "../given.ts";
import type { BlobContent } from "../kind.ts";
import { digestOfFile, isFile, readIfThere, StrangeFileError, strangeness } from "./disk_file.ts";
import { diskIntake } from "./intake.ts";
import { openJournal } from "./journal.ts";
import { type HeldLock, takeLockIn } from "./lock.ts";
import {
  namesIn,
  onDisk,
  type OpenOptions,
  openStoreFolder,
  type StoreFolder,
} from "./store_folder.ts";
import { type AtInstant, type FileKind, publishFile, renameInto } from "./publish_file.ts";
import { decodeRecord, encodeRecord } from "./record.ts";
import { keepStored, openBytes, spillFile } from "./stored_bytes.ts";
import { seal, unseal } from "./seal.ts";
import {
  type BlobFile,
  type CheckpointFile,
  CorruptBlobError,
  type Intake,
  type LockOptions,
  type Recorded,
  type Store,
  type Trust,
} from "./store.ts";

/** Options of `diskStore`. */
interface DiskStoreOptions extends OpenOptions {
  /** Called at each instant of the publication protocol: for fault tests. */
  readonly at?: AtInstant;
  /** Whose records from elsewhere are hits; default nobody's. */
  readonly trusts?: Trust;
}

/** The folder of a store, and who is told how far publication is. */
interface Disk {
  readonly cache: StoreFolder;
  readonly at: AtInstant;
  readonly trusts: Trust;
}

/** The store in a folder, which is made when something is first written. Throws a StoreError if it is not one. */
export async function diskStore(root: string, options: DiskStoreOptions = {}): Promise<Store> {
  const { at = () => {}, trusts = () => Promise.resolve(false) } = options;
  const cache = await openStoreFolder(root, options);
  const disk: Disk = { cache, at, trusts };
  return {
    // Whoever watches the instants of publication would see nothing of another thread.
    ...given({ folder: options.at === undefined ? root : undefined }),
    trusts,
    outcome: async (key) => (await recorded(disk, key))?.outcome,
    signature: async (key) => (await recorded(disk, key))?.signed,
    read: (digest) => readBlob(disk, digest),
    stream: (digest) => streamedBlob(disk, digest),
    open: (digest) => openBlob(disk, digest),
    spill: (bytes) => spillFile(cache, bytes),
    has: (digest) => Deno.stat(cache.spread("blobs", digest)).then(() => true, () => false),
    async publish(key, outcome, blobs, publishing) {
      await uncollected(disk, publishing, async () => {
        await keepBlobs(disk, blobs);
        if (!publishing?.replace && await recorded(disk, key) !== undefined) return;
        await write(disk, cache.spread("outcomes", key), encodeRecord(key, outcome), "record");
      });
    },
    intake: () => intakeOf(disk),
    async keep(bytes, waiting) {
      const digest = digestOf(bytes);
      await uncollected(disk, waiting, () => keepBlobs(disk, new Map([[digest, bytes]])));
      return digest;
    },
    async dispute(key, outcome, blobs, waiting) {
      await uncollected(disk, waiting, async () => {
        await keepBlobs(disk, blobs);
        const name = `disputed-${key}-${outcome.artifact.digest}`;
        await write(disk, cache.flat("quarantine", name), encodeRecord(key, outcome), "other");
      });
    },
    async locked(key, body, waiting) {
      using _held = await takeKey(disk, key, waiting);
      await at("lock-taken");
      return await body();
    },
    checkpoint: (key) => checkpointFile(disk, key),
    recall: (name) => recall(disk, name),
    remember: (name, value) =>
      write(disk, memoPath(cache, name), seal(name, canonicalBytes(value)), "other"),
    outcomes: () => recordsOf(disk),
    async journal() {
      await cache.prepare();
      const journal = await onDisk(root, () => openJournal(cache));
      return { ...journal, append: (line) => onDisk(root, () => journal.append(line)) };
    },
  };
}

async function write(
  { cache, at }: Disk,
  path: string,
  bytes: Uint8Array,
  kind: FileKind,
): Promise<void> {
  await onDisk(cache.root, () => publishFile(cache, path, bytes, { kind, at }));
}

async function readBlob(disk: Disk, digest: Digest): Promise<Uint8Array> {
  const path = disk.cache.spread("blobs", digest);
  const bytes = await fileAt(disk.cache, path);
  if (bytes === undefined) throw new CorruptBlobError(digest, "missing");
  if (await digestAsync(bytes) === digest) return bytes;
  await quarantine(disk.cache, path, `blob-${digest}`);
  throw new CorruptBlobError(digest, "changed");
}

function intakeOf(disk: Disk): Promise<Intake> {
  const { cache } = disk;
  return diskIntake(cache, async (move, fresh, waiting) => {
    await uncollected(disk, waiting, async () => {
      await move();
      if (fresh === undefined || await recorded(disk, fresh.key) !== undefined) return;
      const { key, outcome, signed } = fresh;
      const bytes = encodeRecord(key, outcome, signed);
      await write(disk, cache.spread("outcomes", key), bytes, "record");
    });
  });
}

async function* recordsOf(disk: Disk): AsyncGenerator<Recorded> {
  for await (const name of namesIn(disk.cache, "outcomes")) {
    const key = name as Key;
    const found = await recorded(disk, key);
    if (found !== undefined) yield found;
  }
}

async function streamedBlob(
  disk: Disk,
  digest: Digest,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  return await soundBlob(disk, digest, async (path) => {
    return await digestOfFile(path) === digest ? (await Deno.open(path)).readable : undefined;
  });
}

const openBlob = (disk: Disk, digest: Digest): Promise<BlobFile> =>
  soundBlob(disk, digest, (path) => openBytes(path, digest));

/** What `look` gets of the file of a blob; undefined says that its bytes have changed. */
async function soundBlob<T>(
  { cache }: Disk,
  digest: Digest,
  look: (path: string) => Promise<T | undefined>,
): Promise<T> {
  const path = cache.spread("blobs", digest);
  return await onDisk(cache.root, async () => {
    if (await strangeness(path) !== undefined || !await isFile(path)) {
      throw new CorruptBlobError(digest, "missing");
    }
    const found = await look(path);
    if (found !== undefined) return found;
    await quarantine(cache, path, `blob-${digest}`);
    throw new CorruptBlobError(digest, "changed");
  });
}

async function recorded({ cache, trusts }: Disk, key: Key): Promise<Recorded | undefined> {
  const path = cache.spread("outcomes", key);
  const bytes = await fileAt(cache, path);
  if (bytes === undefined) return undefined;
  const decoded = decodeRecord(key, bytes);
  if (decoded.state === "damaged") await quarantine(cache, path, `outcome-${key}`);
  if (decoded.state !== "sound") return undefined;
  const { outcome, signed } = decoded;
  if (signed === undefined) return { key, outcome };
  const found = { key, outcome, signed };
  return await trusts(found) ? found : undefined;
}

async function keepBlobs(disk: Disk, blobs: ReadonlyMap<Digest, BlobContent>): Promise<void> {
  for (const [digest, bytes] of blobs) {
    const path = disk.cache.spread("blobs", digest);
    if (!(bytes instanceof Uint8Array)) await keepStored(disk, path, bytes);
    else {
      const kept = await fileAt(disk.cache, path);
      // A damaged copy is replaced: publishing must leave what it says it published.
      if (kept === undefined || digestOf(kept) !== digest) await write(disk, path, bytes, "blob");
    }
  }
}

function checkpointFile(disk: Disk, key: Key): CheckpointFile {
  const { cache } = disk;
  const path = cache.spread("checkpoints", key);
  const name = `checkpoint ${key}`;
  return {
    async load() {
      const bytes = await fileAt(cache, path);
      const state = bytes && unseal(name, bytes);
      if (bytes !== undefined && state === undefined) {
        await quarantine(cache, path, `checkpoint-${key}`);
      }
      return state?.slice();
    },
    savedAt: () => Deno.stat(path).then(({ mtime }) => mtime?.getTime(), () => undefined),
    save: (state) => write(disk, path, seal(name, state), "checkpoint"),
    async remove() {
      await Deno.remove(path).catch((error) => {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      });
      await disk.at("checkpoint-removed");
    },
  };
}

async function recall({ cache }: Disk, name: string): Promise<Json | undefined> {
  const bytes = await fileAt(cache, memoPath(cache, name));
  const body = bytes && unseal(name, bytes);
  // A damaged memo is only forgotten: it can be worked out again.
  return body && JSON.parse(new TextDecoder().decode(body)) as Json;
}

function memoPath(cache: StoreFolder, name: string): string {
  return cache.spread("memo", digestOf(new TextEncoder().encode(name)));
}

/** Takes a key's lock. Each try is made while nothing is collected, so that no lock file goes away under it. */
async function takeKey(disk: Disk, key: Key, waiting?: LockOptions): Promise<HeldLock> {
  return await takeLockIn(disk.cache, disk.cache.flat("locks", key), "exclusive", {
    ...saying(waiting, "is computing it"),
    attempt: (take) => uncollected(disk, waiting, take),
  });
}

/** Runs `body` while nothing is collected. */
async function uncollected<T>(
  { cache }: Disk,
  waiting: LockOptions | undefined,
  body: () => Promise<T>,
): Promise<T> {
  await cache.prepare();
  using _shared = await takeLockIn(
    cache,
    cache.flat("locks", "collector"),
    "shared",
    saying(waiting, "collects the cache"),
  );
  return await body();
}

async function quarantine(cache: StoreFolder, path: string, name: string): Promise<void> {
  await onDisk(cache.root, async () => {
    try {
      await renameInto(cache, path, cache.flat("quarantine", `${name}-${crypto.randomUUID()}`));
    } catch (error) {
      // Another process that found the damage first has moved it already.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  });
}

/** The bytes of a file; undefined where there is none. What is no file is set aside, and then there is none. */
async function fileAt(cache: StoreFolder, path: string): Promise<Uint8Array | undefined> {
  return await onDisk(cache.root, async () => {
    try {
      return await readIfThere(path);
    } catch (error) {
      if (!(error instanceof StrangeFileError)) throw error;
      await cache.prepare();
      await cache.setAside(path, error.what);
      return undefined;
    }
  });
}

/** Says of the holder of a lock also what it does. */
function saying({ waiting, ...options }: LockOptions = {}, does: string): LockOptions {
  if (waiting === undefined) return options;
  return { ...options, waiting: (holder) => waiting(`${holder}, which ${does}`) };
}
