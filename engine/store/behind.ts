/**
 * What stands behind the folder of a store: stores of others, which whoever has the folder alone cannot ask, threads
 * among them. Its functions take and give plain data, so that a thread may call them across its border.
 */
import type { Digest, Key } from "../digest.ts";
import { given } from "../given.ts";
import { type Behind, type CheckpointFile, CorruptBlobError, type Store } from "./store.ts";

/** A blob of unknown size that is asked for may have as many bytes. */
const LARGEST = 2 ** 40;

/** The store `local` with others behind it: what it lacks is fetched when it is read. */
export function withBehind(local: Store, behind: Behind): Store {
  const had = async <T>(digest: Digest, bytes: number, look: () => Promise<T>): Promise<T> => {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof CorruptBlobError) || !await behind.fetch(digest, bytes)) throw error;
      return await look();
    }
  };
  const open: Store["open"] = local.open &&
    ((digest, bytes = LARGEST) => had(digest, bytes, () => local.open!(digest)));
  return {
    ...local,
    behind,
    read: (digest, bytes = LARGEST) => had(digest, bytes, () => local.read(digest)),
    stream: (digest, bytes = LARGEST) => had(digest, bytes, () => local.stream(digest)),
    ...given({ open }),
    checkpoint: (key) => checkpointBehind(local.checkpoint(key), key, behind),
  };
}

/** State that is saved here and told to others; of theirs and one's own the one that was saved last is loaded. */
function checkpointBehind(file: CheckpointFile, key: Key, behind: Behind): CheckpointFile {
  return {
    ...file,
    async load() {
      const own = await file.load();
      const since = own === undefined ? undefined : await file.savedAt();
      return await behind.state(key, since ?? -Infinity) ?? own;
    },
    async save(state) {
      await file.save(state);
      await behind.saved(key);
    },
  };
}
