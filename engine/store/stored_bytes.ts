/** Bytes in a file of a store, read by range: a blob that was verified, or what is to become one. */
import type { Digest } from "../digest.ts";
import type { StoredBytes } from "../run_context.ts";
import { digestOfFile, digestOfOpen, isFile } from "./disk_file.ts";
import { type AtInstant, publishFile, renameInto } from "./publish_file.ts";
import { type BlobFile, CorruptBlobError, type SpillFile } from "./store.ts";
import { onDisk, type StoreFolder } from "./store_folder.ts";

/** The file at `path` as its bytes, verified by what is then read; undefined where they have another digest. */
export async function openBytes(path: string, digest: Digest): Promise<BlobFile | undefined> {
  const file = await Deno.open(path);
  try {
    const { size } = await file.stat();
    if (await digestOfOpen(file) === digest) return new OpenBlobFile(file, digest, size);
  } catch (error) {
    file.close();
    throw error;
  }
  file.close();
  return undefined;
}

/** A new file for so many bytes, where the store has those that are not published yet. */
export async function spillFile(cache: StoreFolder, bytes: number): Promise<SpillFile> {
  await cache.prepare();
  const path = cache.temporary();
  const file = await onDisk(cache.root, async () => {
    const opened = await Deno.open(path, { read: true, write: true, createNew: true });
    await opened.truncate(bytes);
    return opened;
  });
  return {
    write: (bytes, at) =>
      // Place and bytes in one go: nothing else moves the place between the two.
      // deno-lint-ignore require-await -- a failure is a rejection
      onDisk(cache.root, async () => {
        file.seekSync(at, Deno.SeekMode.Start);
        for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
      }),
    async stored(signal) {
      return await onDisk(cache.root, async () => {
        await file.seek(0, Deno.SeekMode.Start);
        const digest = await digestOfOpen(file, signal);
        // Without the flush a power cut could leave the name without the bytes.
        await file.syncData();
        const spilled = new OpenBlobFile(file, digest, bytes);
        temporary.set(spilled, path);
        return spilled;
      });
    },
    [Symbol.dispose]() {
      file.close();
      removeIfThere(path);
    },
  };
}

/** Removes a file that was not published, and did not go with the folder of its writer. */
function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Where bytes lie that no store has yet. */
const temporary = new WeakMap<StoredBytes, string>();

/**
 * Publishes bytes of a file as a blob at `path`: what was spilled is moved; what is a blob already is there still, unless
 * somebody has removed it since.
 */
export async function keepStored(
  { cache, at }: { readonly cache: StoreFolder; readonly at: AtInstant },
  path: string,
  bytes: StoredBytes,
): Promise<void> {
  const from = temporary.get(bytes);
  await onDisk(cache.root, async () => {
    if (await isFile(path) && await digestOfFile(path) === bytes.digest) return;
    if (from === undefined) await publishFile(cache, path, bytes, { kind: "blob", at });
    else {
      await at("blob-flushed");
      await renameInto(cache, from, path);
      await at("blob-published");
    }
  });
}

class OpenBlobFile implements BlobFile {
  readonly #file: Deno.FsFile;

  constructor(file: Deno.FsFile, readonly digest: Digest, readonly length: number) {
    this.#file = file;
  }

  get byteLength(): number {
    return this.length;
  }

  readInto(into: Uint8Array, from: number): void {
    this.#file.seekSync(from, Deno.SeekMode.Start);
    for (let done = 0; done < into.length;) {
      const read = this.#file.readSync(into.subarray(done));
      if (read === null) throw new CorruptBlobError(this.digest, "changed");
      done += read;
    }
  }

  subarray(from: number, to = this.length): Uint8Array<ArrayBuffer> {
    const first = Math.min(from, this.length);
    const bytes = new Uint8Array(Math.max(0, Math.min(to, this.length) - first));
    this.readInto(bytes, first);
    return bytes;
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}
