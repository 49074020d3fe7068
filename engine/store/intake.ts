/**
 * Blobs that come from elsewhere, on their way into the folder of a store: each streams into a temporary file and is
 * digested as it comes. They are published together, so that no collection takes one away before its record names it.
 */
import { nodeCrypto } from "../deps/node.ts";
import type { Digest } from "../digest.ts";
import { renameInto } from "./publish_file.ts";
import {
  type BlobSize,
  CorruptBlobError,
  type Intake,
  type LockOptions,
  type Recorded,
} from "./store.ts";
import { onDisk, type StoreFolder } from "./store_folder.ts";

/** Runs `move`, then writes the record, if one is given and none is there, while nothing is collected. */
type PublishRecord = (
  move: () => Promise<void>,
  recorded: Recorded | undefined,
  options: LockOptions | undefined,
) => Promise<void>;

/** Begins an intake into a folder. */
export async function diskIntake(cache: StoreFolder, publishing: PublishRecord): Promise<Intake> {
  await cache.prepare();
  const files = new Map<Digest, string>();
  return {
    async take(blob, pieces) {
      const path = cache.temporary();
      try {
        await onDisk(cache.root, () => written(path, blob, pieces));
      } catch (error) {
        await Deno.remove(path).catch(() => {});
        throw error;
      }
      const before = files.get(blob.digest);
      files.set(blob.digest, path);
      if (before !== undefined) await Deno.remove(before);
    },
    async publish(recorded, options) {
      await publishing(
        async () => {
          for (const [digest, path] of files) {
            await onDisk(cache.root, () => renameInto(cache, path, cache.spread("blobs", digest)));
            files.delete(digest);
          }
        },
        recorded,
        options,
      );
    },
    async [Symbol.asyncDispose]() {
      for (const path of files.values()) await Deno.remove(path).catch(() => {});
    },
  };
}

/** Writes pieces into a new file. Throws a CorruptBlobError as soon as they cannot be the blob. */
async function written(
  path: string,
  { digest, bytes }: BlobSize,
  pieces: AsyncIterable<Uint8Array>,
): Promise<void> {
  const hash = nodeCrypto().createHash("sha256");
  using file = await Deno.open(path, { write: true, createNew: true });
  let size = 0;
  for await (const piece of pieces) {
    size += piece.byteLength;
    if (size > bytes) throw new CorruptBlobError(digest, "changed");
    hash.update(piece);
    for (let done = 0; done < piece.byteLength;) done += await file.write(piece.subarray(done));
  }
  if (hash.digest("hex") !== digest) throw new CorruptBlobError(digest, "changed");
  // Without the flush a power cut could leave the name without the bytes.
  await file.syncData();
}
