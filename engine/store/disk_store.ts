/**
 * A store in a folder, shared by any number of processes. Everything is published by rename, blobs before the record
 * that names them, so a process may be killed at any instant: what remains is unreferenced, never wrong.
 */
import { canonicalBytes, type Digest, digestOf, type Json, type Key } from "../digest.ts";
import { readIfThere, StrangeFileError } from "./disk_file.ts";
import { openJournal } from "./journal.ts";
import { type HeldLock, takeLockIn } from "./lock.ts";
import { namesIn, onDisk, type OpenOptions, openStoreFolder } from "./store_folder.ts";
import { type AtInstant, type FileKind, publishFile, renameInto } from "./publish_file.ts";
import { decodeRecord, encodeRecord } from "./record.ts";
import { seal, unseal } from "./seal.ts";
import { CorruptBlobError, type LockOptions, type Outcome, type Store } from "./store.ts";

/** Options of `diskStore`. */
interface DiskStoreOptions extends OpenOptions {
  /** Called at each instant of the publication protocol: for fault tests. */
  readonly at?: AtInstant;
}

/** The store in a folder, which is made when something is first written. Throws a StoreError if it is not one. */
export async function diskStore(root: string, options: DiskStoreOptions = {}): Promise<Store> {
  const { at = () => {} } = options;
  const cache = await openStoreFolder(root, options);
  const write = (path: string, bytes: Uint8Array, kind: FileKind) =>
    onDisk(root, () => publishFile(cache, path, bytes, { kind, at }));
  const collector = cache.flat("locks", "collector");

  return {
    outcome: recorded,
    async read(digest) {
      const path = cache.spread("blobs", digest);
      const bytes = await fileAt(path);
      if (bytes === undefined) throw new CorruptBlobError(digest, "missing");
      if (digestOf(bytes) === digest) return bytes;
      await quarantine(path, `blob-${digest}`);
      throw new CorruptBlobError(digest, "changed");
    },
    async has(digest) {
      return await Deno.stat(cache.spread("blobs", digest)).then(() => true, () => false);
    },
    async publish(key, outcome, blobs, publishing) {
      await uncollected(async () => {
        await keep(blobs);
        if (!publishing?.replace && await recorded(key) !== undefined) return;
        await write(cache.spread("outcomes", key), encodeRecord(key, outcome), "record");
      }, publishing);
    },
    async keep(bytes, waiting) {
      const digest = digestOf(bytes);
      await uncollected(() => keep(new Map([[digest, bytes]])), waiting);
      return digest;
    },
    async dispute(key, outcome, blobs, waiting) {
      await uncollected(async () => {
        await keep(blobs);
        const name = `disputed-${key}-${outcome.artifact.digest}`;
        await write(cache.flat("quarantine", name), encodeRecord(key, outcome), "other");
      }, waiting);
    },
    async locked(key, body, waiting) {
      const path = cache.flat("locks", key);
      const attempt = (take: () => Promise<HeldLock | undefined>) => uncollected(take, waiting);
      const computing = saying(waiting, "is computing it");
      using _held = await takeLockIn(cache, path, "exclusive", computing, attempt);
      await at("lock-taken");
      return await body();
    },
    checkpoint(key) {
      const path = cache.spread("checkpoints", key);
      const name = `checkpoint ${key}`;
      return {
        async load() {
          const bytes = await fileAt(path);
          const state = bytes && unseal(name, bytes);
          if (bytes !== undefined && state === undefined) {
            await quarantine(path, `checkpoint-${key}`);
          }
          return state?.slice();
        },
        save: (state) => write(path, seal(name, state), "checkpoint"),
        async remove() {
          await removeIfThere(path);
          await at("checkpoint-removed");
        },
      };
    },
    async recall(name) {
      const bytes = await fileAt(memoPath(name));
      const body = bytes && unseal(name, bytes);
      // A damaged memo is only forgotten: it can be worked out again.
      return body && JSON.parse(new TextDecoder().decode(body)) as Json;
    },
    remember: (name, value) => write(memoPath(name), seal(name, canonicalBytes(value)), "other"),
    async *outcomes() {
      for await (const name of namesIn(cache, "outcomes")) {
        const key = name as Key;
        const outcome = await recorded(key);
        if (outcome !== undefined) yield { key, outcome };
      }
    },
    async journal() {
      await cache.prepare();
      const journal = await onDisk(root, () => openJournal(cache));
      return { ...journal, append: (line) => onDisk(root, () => journal.append(line)) };
    },
  };

  async function recorded(key: Key): Promise<Outcome | undefined> {
    const path = cache.spread("outcomes", key);
    const bytes = await fileAt(path);
    if (bytes === undefined) return undefined;
    const decoded = decodeRecord(key, bytes);
    if (decoded.state === "damaged") await quarantine(path, `outcome-${key}`);
    return decoded.state === "sound" ? decoded.outcome : undefined;
  }

  function memoPath(name: string): string {
    return cache.spread("memo", digestOf(new TextEncoder().encode(name)));
  }

  /** Runs `body` while nothing is collected. */
  async function uncollected<T>(body: () => Promise<T>, waiting?: LockOptions): Promise<T> {
    await cache.prepare();
    using _shared = await takeLockIn(
      cache,
      collector,
      "shared",
      saying(waiting, "collects the cache"),
    );
    return await body();
  }

  async function keep(blobs: ReadonlyMap<Digest, Uint8Array>): Promise<void> {
    for (const [digest, bytes] of blobs) {
      const path = cache.spread("blobs", digest);
      const kept = await fileAt(path);
      // A damaged copy is replaced: publishing must leave what it says it published.
      if (kept === undefined || digestOf(kept) !== digest) await write(path, bytes, "blob");
    }
  }

  async function quarantine(path: string, name: string): Promise<void> {
    await onDisk(root, async () => {
      await cache.prepare();
      try {
        await renameInto(cache, path, cache.flat("quarantine", `${name}-${crypto.randomUUID()}`));
      } catch (error) {
        // Another process that found the damage first has moved it already.
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    });
  }

  /** The bytes of a file; undefined where there is none. What is no file is set aside, and then there is none. */
  async function fileAt(path: string): Promise<Uint8Array | undefined> {
    return await onDisk(root, async () => {
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

  async function removeIfThere(path: string): Promise<void> {
    await Deno.remove(path).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
}

/** Says of the holder of a lock also what it does. */
function saying({ waiting, ...options }: LockOptions = {}, does: string): LockOptions {
  if (waiting === undefined) return options;
  return { ...options, waiting: (holder) => waiting(`${holder}, which ${does}`) };
}
