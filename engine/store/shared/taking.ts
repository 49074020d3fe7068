/** Blobs of shared stores, taken into a cache when somebody reads them. */
import type { Digest } from "../../digest.ts";
import type { BlobSize, Store } from "../store.ts";
import type { Remote } from "./remote.ts";
import type { Transfers } from "./transfers.ts";

/** Where blobs come from and go to. */
interface TakingOptions {
  readonly local: Store;
  /** The first is asked first. */
  readonly remotes: readonly Remote[];
  readonly transfers: Transfers;
  /** Gives up what is under way. */
  readonly signal?: AbortSignal | undefined;
}

/** Takes a blob into a cache; false where nobody has it. One that is on its way already is not asked for again. */
export function takingFrom(options: TakingOptions): (blob: BlobSize) => Promise<boolean> {
  const underWay = new Map<Digest, Promise<boolean>>();
  return async (blob) => {
    const { digest } = blob;
    const taking = underWay.get(digest) ?? taken(blob, options);
    underWay.set(digest, taking);
    try {
      return await taking;
    } finally {
      underWay.delete(digest);
    }
  };
}

async function taken(
  blob: BlobSize,
  { local, remotes, transfers, signal }: TakingOptions,
): Promise<boolean> {
  using transfer = transfers.begun("fetching", blob.bytes);
  for (const remote of remotes) {
    await using intake = await local.intake();
    const how = { signal, came: transfer.moved };
    if (!await remote.take(blob, intake, how)) continue;
    await intake.publish(undefined, signal && { signal });
    return true;
  }
  return false;
}
