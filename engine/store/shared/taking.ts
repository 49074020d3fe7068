/** Blobs of shared stores, taken into a cache. */
import type { Digest } from "../../digest.ts";
import { bytesText } from "../../size.ts";
import {
  type BlobSize,
  CorruptBlobError,
  type RecallOptions,
  type Recorded,
  type Store,
} from "../store.ts";
import type { Remote } from "./remote.ts";

/** Records of more bytes tell how much of them has come; for most a line would only flicker. */
const TOLD = 1 << 20;

/** Takes what a record names, and the record, into the cache; false where a blob of it cannot be had. */
export async function taken(
  local: Store,
  remote: Remote,
  recorded: Recorded,
  { signal, onProgress = () => {} }: RecallOptions,
): Promise<boolean> {
  const { blobs, artifact } = recorded.outcome;
  const missing: BlobSize[] = [];
  for (const blob of blobs) if (!await isSound(local, blob.digest)) missing.push(blob);
  const total = Math.max(1, missing.reduce((sum, { bytes }) => sum + bytes, 0));
  let come = 0;
  const came = (bytes: number): void => {
    come = Math.min(total, come + bytes);
    onProgress(come / total, `fetching ${bytesText(come)} of ${bytesText(total)}`);
  };
  const how = { signal, ...artifact.bytes > TOLD && { came } };
  await using intake = await local.intake();
  // Every one has ended before the intake is disposed of.
  const all = await Promise.allSettled(missing.map((blob) => remote.take(blob, intake, how)));
  for (const each of all) if (each.status === "rejected") throw each.reason;
  if (!all.every((each) => each.status === "fulfilled" && each.value)) return false;
  await intake.publish(recorded, signal === undefined ? {} : { signal });
  return true;
}

/** Takes a blob, if it is known, that the cache has lost; false where nobody has it. */
export async function healed(
  local: Store,
  remotes: readonly Remote[],
  blob: BlobSize | undefined,
): Promise<boolean> {
  if (blob === undefined) return false;
  await using intake = await local.intake();
  for (const remote of remotes) {
    if (!await remote.take(blob, intake, {})) continue;
    await intake.publish();
    return true;
  }
  return false;
}

/** Whether a cache has a blob, with its bytes as they should be. */
async function isSound(local: Store, digest: Digest): Promise<boolean> {
  try {
    await (await local.stream(digest)).cancel();
    return true;
  } catch (error) {
    if (error instanceof CorruptBlobError) return false;
    throw error;
  }
}
