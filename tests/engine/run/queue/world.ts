/** A queue, a store and a key: what runs and workers of a test share. */
import { shippedOps } from "../../../../engine/api/language.ts";
import { startWorker, type WorkerOptions } from "../../../../engine/library/worker.ts";
import type { RunOptions } from "../../../../mod.ts";
import { newKey } from "../../../../engine/store/shared/keys.ts";
import { setVariable } from "../../../variable.ts";
import { cacheServer } from "../../store/shared/server.ts";
import { startRedis } from "./redis.ts";

/** Short locks: a worker that is gone is missed after a second. */
export const QUICK = { lock: 1000, idle: 60_000, hold: 20_000 } as const;

/** Four trainings that depend on nothing but data, and all that follows of each. */
export const SWEEP = {
  name: "widths",
  data: "iris",
  variables: { width: 4 },
  model: { use: "mlp", hidden: ["$width"], train: { epochs: 4 } },
  quantize: { scheme: "int8" },
  sweep: { over: { width: [3, 4, 5, 6] }, pareto: "result.bytes" },
} as const;

/** Starts all of that; disposing it stops it. */
export async function queueWorld(redisOptions: Parameters<typeof startRedis>[0] = {}) {
  const folder = await Deno.makeTempDir();
  const back = setVariable("XDG_CONFIG_HOME", `${folder}/config`);
  const key = await newKey("tester");
  const redis = await startRedis(redisOptions);
  const { hostname } = redisOptions;
  const server = cacheServer(hostname === undefined ? {} : { hostname });
  const shared = { stores: [server.address] };
  return {
    folder,
    key,
    redis,
    server,
    /** What a run on the queue is told. */
    run: (name: string): RunOptions => ({
      cache: `${folder}/${name}`,
      queue: redis.url,
      shared,
      threads: 1,
    }),
    /** Starts a worker in this process; what it says is in `said`. */
    async worker(name: string, options: Partial<WorkerOptions> = {}) {
      const said: string[] = [];
      const worker = await startWorker({
        ops: shippedOps(),
        queue: redis.url,
        cache: `${folder}/${name}`,
        shared,
        threads: 1,
        kernels: "wasm",
        name,
        say: (sentence) => void said.push(sentence),
        patience: QUICK,
        ...options,
      });
      return {
        said,
        stop: worker.stop,
        async [Symbol.asyncDispose]() {
          await worker.stop(0);
          await worker[Symbol.asyncDispose]();
        },
      };
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await redis[Symbol.asyncDispose]();
      back();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
