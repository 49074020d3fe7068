/**
 * Where a writer that may be left to itself, a thread, keeps the files that it has not published yet. When the folder is
 * disposed they are gone and it can make no others, whatever it still does.
 */
import { removeDeserted, type Scratch, scratchFolder } from "./scratch.ts";
import { onDisk, openStoreFolder, type StoreFolder, WRITER } from "./store_folder.ts";

/** Makes such a folder in a cache; `path` is there. */
export async function writerFolder(root: string): Promise<Scratch> {
  const cache = await openStoreFolder(root);
  await cache.prepare();
  return await onDisk(root, async () => {
    const folder = await scratchFolder(WRITER, `${cache.root}/tmp`);
    await Deno.mkdir(folder.path);
    return folder;
  });
}

/** Removes those of writers whose process was killed. */
export async function sweepWriters(cache: StoreFolder): Promise<void> {
  await removeDeserted(`${cache.root}/tmp`, WRITER);
}
