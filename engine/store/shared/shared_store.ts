/**
 * A cache with shared stores behind it. The cache is asked first; what it lacks and a store has is verified byte by byte
 * and published in the cache before it is a hit, so that everything else, threads too, works on the cache alone.
 */
import type { Digest, Key } from "../../digest.ts";
import { given } from "../../given.ts";
import {
  type BlobSize,
  CorruptBlobError,
  type Outcome,
  type RecallOptions,
  type Sharing,
  type Store,
} from "../store.ts";
import type { Remote } from "./remote.ts";
import { healed, taken } from "./taking.ts";

/** What stands behind a cache. */
interface SharedStoreOptions {
  /** The first is asked first. */
  readonly remotes: readonly Remote[];
  /** Where what is made here is published; absent: nowhere. */
  readonly sharing?: Sharing | undefined;
  /** See `Store.hints`. */
  readonly hints?: ReadonlyMap<Key, string>;
  /** Takes no blobs of a record that is found: for a look at what a run would do. */
  readonly looks?: boolean;
}

/** The cache `local` with shared stores behind it. */
export function sharedStore(local: Store, options: SharedStoreOptions): Store {
  const { remotes, sharing, hints, looks = false } = options;
  /** Each key is asked for once: a run that waited for an answer does not wait for it again. */
  const asked = new Map<Key, Promise<Outcome | undefined>>();
  const known = new Map<Digest, BlobSize>();
  const learn = (outcome: Outcome): Outcome => {
    for (const blob of outcome.blobs) known.set(blob.digest, blob);
    return outcome;
  };

  async function found(key: Key, how: RecallOptions): Promise<Outcome | undefined> {
    for (const remote of remotes) {
      const recorded = await remote.record(key, how.signal);
      if (recorded === undefined) continue;
      if (looks || await taken(local, remote, recorded, how)) return learn(recorded.outcome);
    }
    return undefined;
  }

  return {
    ...local,
    ...given({ sharing, hints }),
    async outcome(key, how = {}) {
      const here = await local.outcome(key);
      if (here !== undefined) return learn(here);
      const asking = asked.get(key) ?? found(key, how);
      asked.set(key, asking);
      // An answer that was not waited for to its end is none.
      asking.catch(() => asked.delete(key));
      return await asking;
    },
    async read(digest) {
      try {
        return await local.read(digest);
      } catch (error) {
        if (
          !(error instanceof CorruptBlobError) || !await healed(local, remotes, known.get(digest))
        ) {
          throw error;
        }
        return await local.read(digest);
      }
    },
  };
}
