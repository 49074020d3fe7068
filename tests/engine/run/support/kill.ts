/** Runs of the long graph in processes of their own, killed at chosen or seeded moments. */
import assert from "node:assert/strict";
import { execute } from "../../../../engine/run/execute.ts";
import { diskStore } from "../../../../engine/store/disk_store.ts";
import { memoryStore } from "../../../../engine/store/memory_store.ts";
import { nowhere } from "./fake.ts";
import { longGraph, RESULT } from "./long_graph.ts";

/** Where a run happens. */
export interface Workplace extends AsyncDisposable {
  readonly base: string;
  readonly cache: string;
}

const SCRIPT = new URL("./faulty_run.ts", import.meta.url).pathname;

/** A folder with the source of the long graph, and room for a cache. */
export async function workplace(): Promise<Workplace> {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/number.txt`, "5");
  return {
    base: `${folder}/`,
    cache: `${folder}/cache`,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

/** A process that runs the long graph; see `faulty_run.ts`. */
export function process(...args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", SCRIPT, ...args],
    stdout: "null",
    stderr: "inherit",
  }).spawn();
}

/** Artifacts by step of a run that finishes here, in this process. */
export async function finish(base: string, cache: string): Promise<Record<string, string>> {
  const { ending, outcomes, value } = await execute(longGraph(base), {
    store: await diskStore(cache),
    environment: nowhere,
  });
  assert.equal(ending, "done");
  assert.equal(await value("result"), RESULT);
  return Object.fromEntries([...outcomes].map(([name, { artifact }]) => [name, artifact.digest]));
}

/** Artifacts by step of a run that nobody disturbs. */
export async function undisturbed(base: string): Promise<Record<string, string>> {
  const { outcomes } = await execute(longGraph(base), {
    store: memoryStore(),
    environment: nowhere,
  });
  return Object.fromEntries([...outcomes].map(([name, { artifact }]) => [name, artifact.digest]));
}

/**
 * Runs `chains` caches, each killed `kills` times and then let finish; every one ends with the same artifacts. So many
 * steps run side by side.
 */
export async function killAtSeededMoments(
  chains: number,
  kills: number,
  jobs = 1,
): Promise<void> {
  // Numerical Recipes' linear congruential generator: the moments are the same in every run of a test.
  let state = 20_240_229;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % limit;
  };
  const queue = Array.from(
    { length: chains },
    () => Array.from({ length: kills }, () => below(jobs === 1 ? 400 : 1000)),
  );
  const work = async () => {
    for (let moments = queue.shift(); moments !== undefined; moments = queue.shift()) {
      await using place = await workplace();
      for (const moment of moments) {
        const child = process(place.base, place.cache, "", "0", "20", String(jobs));
        const status = child.status;
        const timer = setTimeout(() => {
          try {
            child.kill("SIGKILL");
          } catch (error) {
            // It ended by itself in this very moment.
            if (!(error instanceof TypeError)) throw error;
          }
        }, moment);
        await status;
        clearTimeout(timer);
      }
      assert.deepEqual(await finish(place.base, place.cache), await undisturbed(place.base));
    }
  };
  // Two at a time: most of it is waiting.
  await Promise.all([work(), work()]);
}
