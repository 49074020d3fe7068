/**
 * A cache with shared stores behind it. The cache is asked first; a record that it lacks and a store has is kept there,
 * and its blobs come when they are read: each is verified byte by byte before anybody sees it, and one that nobody has any
 * more is made again, as if it had been lost here.
 */
import type { Digest, Key } from "../../digest.ts";
import { given } from "../../given.ts";
import { withBehind } from "../behind.ts";
import type {
  Behind,
  BlobSize,
  Outcome,
  RecallOptions,
  Recorded,
  Sharing,
  Store,
} from "../store.ts";
import type { Remote } from "./remote.ts";

/** What stands behind a cache. */
interface SharedStoreOptions {
  /** The first is asked first. */
  readonly remotes: readonly Remote[];
  /** Takes a blob into the cache, see `takingFrom`. */
  readonly take: (blob: BlobSize) => Promise<boolean>;
  /** Most bytes of a blob whose size nobody knows. */
  readonly memory: number;
  /** Where what is made here is published; absent: nowhere. */
  readonly sharing?: (Sharing & Pick<Behind, "saved">) | undefined;
  /** See `Store.hints`. */
  readonly hints?: ReadonlyMap<Key, string>;
  /** Keeps no record that is found: for a look at what a run would do. */
  readonly looks?: boolean;
  /** Gives up what is under way. */
  readonly signal?: AbortSignal | undefined;
}

/** The cache `local` with shared stores behind it. */
export function sharedStore(local: Store, options: SharedStoreOptions): Store {
  const { remotes, take, memory, sharing, hints, looks = false, signal } = options;
  /** Each key is asked for once: a run that waited for an answer does not wait for it again. */
  const asked = new Map<Key, Promise<Outcome | undefined>>();
  const theirs = new Set<Key>();
  const known = new Map<Digest, number>();
  const learn = (outcome: Outcome): Outcome => {
    for (const { digest, bytes } of outcome.blobs) known.set(digest, bytes);
    return outcome;
  };

  async function found(key: Key, how: RecallOptions): Promise<Outcome | undefined> {
    const recorded = await first(remotes, (remote) => remote.record(key, how.signal ?? signal));
    if (recorded === undefined) return undefined;
    theirs.add(key);
    if (!looks) await kept(local, recorded);
    return learn(recorded.outcome);
  }

  const behind: Behind = {
    fetch: (digest, bytes) => take({ digest, bytes: known.get(digest) ?? Math.min(bytes, memory) }),
    state: (key, after) => first(remotes, (remote) => remote.state(key, after, signal)),
    saved: (key) => sharing?.saved(key),
  };
  return {
    ...withBehind(local, behind),
    ...given({ sharing, hints }),
    theirs,
    async outcome(key, how = {}) {
      const here = await local.outcome(key);
      if (here !== undefined) return learn(here);
      const asking = how.again ? found(key, how) : asked.get(key) ?? found(key, how);
      asked.set(key, asking);
      // An answer that was not waited for to its end is none.
      asking.catch(() => asked.delete(key));
      return await asking;
    },
  };
}

async function kept(local: Store, recorded: Recorded): Promise<void> {
  await using intake = await local.intake();
  await intake.publish(recorded);
}

/** What the first gives that has any. */
async function first<T>(
  remotes: readonly Remote[],
  ask: (remote: Remote) => Promise<T | undefined>,
): Promise<T | undefined> {
  for (const remote of remotes) {
    const answer = await ask(remote);
    if (answer !== undefined) return answer;
  }
  return undefined;
}
