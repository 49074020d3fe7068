/** How the value of an artifact reads its blobs: whole, or as files where they are more than is to be held. */
import type { Digest } from "../digest.ts";
import type { BlobReader } from "../kind.ts";
import { heldAtMost } from "../size.ts";
import type { Store } from "./store.ts";

/** Who closes the files in the end, and the budget that says which blobs are left in them. */
export interface OpenFiles {
  readonly opened: DisposableStack;
  readonly memory: number;
}

/** Reads blobs of an artifact, of so many bytes where that is known; without `files` all of them whole. */
export function blobReader(
  store: Store,
  bytes: number | undefined,
  files?: OpenFiles,
): BlobReader {
  const read = (digest: Digest) => store.read(digest, bytes);
  if (files === undefined || store.open === undefined) return read;
  const { opened, memory } = files;
  return Object.assign(read, {
    stored: async (digest: Digest, size: number) =>
      size <= heldAtMost(memory) ? undefined : opened.use(await store.open!(digest, bytes)),
  });
}
