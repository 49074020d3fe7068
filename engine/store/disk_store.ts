/**
 * A store in a folder, shared by any number of processes. Everything is published by rename, blobs before the record
 * that names them, so a process may be killed at any instant: what remains is unreferenced, never wrong.
 */
import { canonicalBytes, type Digest, digestOf, type Json, type Key } from "../digest.ts";
import { openJournal } from "./journal.ts";
import { takeLock } from "./lock.ts";
import { onDisk, openPlace, spreadNames } from "./place.ts";
import { type At, type FileKind, publishFile, renameInto } from "./publish_file.ts";
import { decodeRecord, encodeRecord } from "./record.ts";
import { seal, unseal } from "./seal.ts";
import { CorruptBlobError, type Outcome, type Store } from "./store.ts";

/** Options of `diskStore`. */
export interface DiskStoreOptions {
  /** Called at each instant of the publication protocol: for fault tests. */
  readonly at?: At;
}

/** The store in a folder, which is made when something is first written. Throws a StoreError if it is not one. */
export async function diskStore(root: string, options: DiskStoreOptions = {}): Promise<Store> {
  const { at = () => {} } = options;
  const place = await openPlace(root);
  const write = (path: string, bytes: Uint8Array, kind: FileKind) =>
    onDisk(root, () => publishFile(place, path, bytes, { kind, at }));
  const collector = place.flat("locks", "collector");

  return {
    outcome: recorded,
    async read(digest) {
      const path = place.spread("blobs", digest);
      const bytes = await readIfThere(path);
      if (bytes === undefined) throw new CorruptBlobError(digest, "it is missing");
      if (digestOf(bytes) === digest) return bytes;
      await quarantine(path, `blob-${digest}`);
      throw new CorruptBlobError(digest, "its bytes have changed");
    },
    async has(digest) {
      return await Deno.stat(place.spread("blobs", digest)).then(() => true, () => false);
    },
    async publish(key, outcome, blobs, publishing) {
      await uncollected(async () => {
        await keep(blobs);
        if (!publishing?.replace && await recorded(key) !== undefined) return;
        await write(place.spread("outcomes", key), encodeRecord(key, outcome), "record");
      });
    },
    async keep(bytes) {
      const digest = digestOf(bytes);
      await uncollected(() => keep(new Map([[digest, bytes]])));
      return digest;
    },
    async dispute(key, outcome, blobs) {
      await uncollected(async () => {
        await keep(blobs);
        const name = `disputed-${key}-${outcome.artifact.digest}`;
        await write(place.flat("quarantine", name), encodeRecord(key, outcome), "other");
      });
    },
    async locked(key, body, waiting) {
      await place.prepare();
      const path = place.flat("locks", key);
      using _held = await onDisk(root, () => takeLock(path, "exclusive", waiting, uncollected));
      await at("lock-taken");
      return await body();
    },
    checkpoint(key) {
      const path = place.spread("checkpoints", key);
      const name = `checkpoint ${key}`;
      return {
        async load() {
          const bytes = await readIfThere(path);
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
      const bytes = await readIfThere(memoPath(name));
      const body = bytes && unseal(name, bytes);
      // A damaged memo is only forgotten: it can be worked out again.
      return body && JSON.parse(new TextDecoder().decode(body)) as Json;
    },
    remember: (name, value) => write(memoPath(name), seal(name, canonicalBytes(value)), "other"),
    async *outcomes() {
      for await (const name of spreadNames(place, "outcomes")) {
        const key = name as Key;
        const outcome = await recorded(key);
        if (outcome !== undefined) yield { key, outcome };
      }
    },
    async journal() {
      await place.prepare();
      const journal = await onDisk(root, () => openJournal(place));
      return { ...journal, append: (line) => onDisk(root, () => journal.append(line)) };
    },
  };

  async function recorded(key: Key): Promise<Outcome | undefined> {
    const path = place.spread("outcomes", key);
    const bytes = await readIfThere(path);
    const outcome = bytes && decodeRecord(key, bytes);
    if (bytes !== undefined && outcome === undefined) await quarantine(path, `outcome-${key}`);
    return outcome;
  }

  function memoPath(name: string): string {
    return place.spread("memo", digestOf(new TextEncoder().encode(name)));
  }

  /** Runs `body` while nothing is collected. */
  async function uncollected<T>(body: () => Promise<T>): Promise<T> {
    await place.prepare();
    using _shared = await onDisk(root, () => takeLock(collector, "shared"));
    return await body();
  }

  async function keep(blobs: ReadonlyMap<Digest, Uint8Array>): Promise<void> {
    for (const [digest, bytes] of blobs) {
      const path = place.spread("blobs", digest);
      const kept = await readIfThere(path);
      // A damaged copy is replaced: publishing must leave what it says it published.
      if (kept === undefined || digestOf(kept) !== digest) await write(path, bytes, "blob");
    }
  }

  async function quarantine(path: string, name: string): Promise<void> {
    await onDisk(root, async () => {
      await place.prepare();
      try {
        await renameInto(path, place.flat("quarantine", `${name}-${crypto.randomUUID()}`));
      } catch (error) {
        // Another process that found the damage first has moved it already.
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    });
  }

  async function readIfThere(path: string): Promise<Uint8Array | undefined> {
    try {
      return await Deno.readFile(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      return await onDisk(root, () => Promise.reject(error));
    }
  }

  async function removeIfThere(path: string): Promise<void> {
    await Deno.remove(path).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
}
