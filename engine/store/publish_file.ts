/**
 * One file, all or nothing: written beside, flushed, renamed. Whoever is killed in between leaves a temporary
 * file and no more.
 */
import type { BlobContent } from "../kind.ts";
import { strangeness } from "./disk_file.ts";
import { makeFolder, type StoreFolder } from "./store_folder.ts";

/** The instants of the publication protocol; a test kills the process, or fails the disk, at each of them. */
export const points = [
  "lock-taken",
  "blob-begun",
  "blob-written",
  "blob-flushed",
  "blob-published",
  "record-begun",
  "record-written",
  "record-flushed",
  "record-published",
  "checkpoint-written",
  "checkpoint-published",
  "checkpoint-removed",
] as const;

/** An instant of the protocol. */
export type PublishInstant = typeof points[number];

/** Called at each instant; does nothing outside tests. */
export type AtInstant = (point: PublishInstant) => void | Promise<void>;

/** The instants at which one kind of file passes. */
const passes = {
  blob: ["blob-begun", "blob-written", "blob-flushed", "blob-published"],
  record: ["record-begun", "record-written", "record-flushed", "record-published"],
  checkpoint: [undefined, "checkpoint-written", undefined, "checkpoint-published"],
  other: [undefined, undefined, undefined, undefined],
} as const satisfies Record<string, readonly (PublishInstant | undefined)[]>;

/** What is published. */
export type FileKind = keyof typeof passes;

/** Puts `bytes` at `path`, replacing what is there in one step. */
export async function publishFile(
  cache: StoreFolder,
  path: string,
  bytes: BlobContent,
  { kind, at }: { readonly kind: FileKind; readonly at: AtInstant },
): Promise<void> {
  const [begun, written, flushed, published] = passes[kind];
  await cache.prepare();
  const temp = cache.temporary();
  try {
    using file = await Deno.open(temp, { write: true, createNew: true });
    if (begun !== undefined) await at(begun);
    await writeAll(file, bytes);
    if (written !== undefined) await at(written);
    // Without the flush a power cut could leave the name without the bytes.
    await file.syncData();
    if (flushed !== undefined) await at(flushed);
    await renameInto(cache, temp, path);
  } catch (error) {
    await Deno.remove(temp).catch(() => {});
    throw error;
  }
  if (published !== undefined) await at(published);
}

/** Moves a file, making the folder it goes to. What is no file, or no folder, and stands in the way is set aside. */
export async function renameInto(cache: StoreFolder, from: string, to: string): Promise<void> {
  try {
    await Deno.rename(from, to);
  } catch (error) {
    const folder = to.slice(0, to.lastIndexOf("/"));
    const inTheWay = [
      { path: folder, what: await strangeness(folder, "folder") },
      { path: to, what: await strangeness(to) },
    ].find(({ what }) => what !== undefined);
    if (inTheWay !== undefined) await cache.setAside(inTheWay.path, inTheWay.what!);
    else if (!(error instanceof Deno.errors.NotFound)) throw error;
    await makeFolder(cache.root, folder);
    await Deno.rename(from, to);
  }
}

/** What lies in a file itself is copied in pieces of a megabyte. */
const PIECE = 1 << 20;

async function writeAll(file: Deno.FsFile, bytes: BlobContent): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += await file.write(bytes.subarray(done, done + PIECE));
  }
}
