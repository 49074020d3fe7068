/** Who takes jobs: workers give their connections names, which Redis lists. */
import { type Connection, PREFIX } from "./connect.ts";

/** The workers of a queue. */
interface Workers {
  /** The names of those of this version. */
  readonly here: readonly string[];
  /** How many there are of other versions. */
  readonly others: number;
}

/** How a worker's connection is called: the name of its queue in Base64, then its own. */
const NAME = new RegExp(`\\bname=${PREFIX}:([A-Za-z0-9+/=]+):w:(\\S+)`, "g");

/** The workers that are connected; undefined where the Redis does not say. */
export async function workersOf({ name, redis }: Connection): Promise<Workers | undefined> {
  const list = await redis.client("LIST").catch(() => undefined) as string | undefined;
  if (list === undefined) return undefined;
  const all = [...list.matchAll(NAME)].map(([, queue, worker]) => ({
    queue: new TextDecoder().decode(Uint8Array.fromBase64(queue!)),
    worker: worker!,
  }));
  return {
    here: all.filter(({ queue }) => queue === name).map(({ worker }) => worker).sort(),
    others: all.filter(({ queue }) => queue !== name).length,
  };
}
