/** A shared store, the patience with it that is left, and how bytes are put there. */
import type { BlobSize, Recorded, Trust } from "../store.ts";
import type { Body, HttpCache } from "./http_cache.ts";
import type { Signer } from "./keys.ts";
import type { Tries, TriesOptions } from "./tries.ts";

/** How a store is used. */
export interface RemoteOptions extends TriesOptions {
  /** Most bytes of the blobs of a record, and of a state. */
  readonly memory: number;
  /** Whose records are hits, and whose states are gone on from. */
  readonly trusts: Trust;
  /** Told of a record that is none. */
  readonly untrusted: (recorded: Recorded) => void;
  /** Signs what is published and was made here; absent where nothing is. */
  readonly signer?: Signer | undefined;
}

/** A store that is asked. */
export interface Asking extends RemoteOptions {
  readonly cache: HttpCache;
  readonly tries: Tries;
}

/** Begins to read a blob that is to be published. */
export type OpenBlob = () => Promise<Body["content"]>;

/** Puts a blob, unless it is there; false where that cannot be. */
export async function put(
  asking: Asking,
  blob: BlobSize,
  open: OpenBlob,
  signal: AbortSignal,
): Promise<boolean> {
  const { cache, tries } = asking;
  return await written(tries, signal, async () => {
    if (!await cache.has({ kind: "cas", name: blob.digest }, signal)) {
      await sent(cache, blob, open, signal);
    }
  });
}

/** Puts a blob in the place of what is there under its name; false where that cannot be. */
export async function replaced(
  { cache, tries }: Asking,
  blob: BlobSize,
  open: OpenBlob,
  signal: AbortSignal,
): Promise<boolean> {
  return await written(tries, signal, () => sent(cache, blob, open, signal));
}

async function sent(
  cache: HttpCache,
  { digest, bytes }: BlobSize,
  open: OpenBlob,
  signal: AbortSignal,
): Promise<void> {
  await cache.put({ kind: "cas", name: digest }, { content: await open(), bytes }, signal);
}

/** Whether something could be written. */
export async function written(
  tries: Tries,
  signal: AbortSignal,
  write: () => Promise<void>,
): Promise<boolean> {
  return await tries.tried("writing", signal, () => write().then(() => true)) ?? false;
}
