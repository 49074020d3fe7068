/** Steps that do nothing, on a queue: what each costs the process that asks for it. */
import process from "node:process";
import v8 from "node:v8";
import vm from "node:vm";
import { type AnyOp, opSet } from "../../engine/op.ts";
import { execute } from "../../engine/run/execute.ts";
import { queueAddress } from "../../engine/run/queue/address.ts";
import { openQueue } from "../../engine/run/queue/open_queue.ts";
import { memoryStore } from "../../engine/store/memory_store.ts";
import type { Outcome, Store } from "../../engine/store/store.ts";
import { started } from "../faults/queue_processes.ts";
import { fakeOps, graphOf, nowhere } from "../engine/run/support/fake.ts";
import { outcomeOf } from "../engine/store/shared/world.ts";
import { startRedis } from "../engine/run/queue/redis.ts";

v8.setFlagsFromString("--expose-gc");
const collect = vm.runInNewContext("gc") as () => void;

const WORKERS = 64;
const JOBS = 256;

/** Asks for so many steps, which workers of another process find done. */
export async function emptySteps(count: number) {
  const { constant } = fakeOps();
  const ops = opSet([constant as AnyOp]);
  const graph = graphOf(
    Array.from({ length: count }, (_, value) => ({
      name: `step${value}`,
      op: constant,
      params: { value },
    })),
  );
  await using redis = await startRedis();
  const made = outcomeOf("nothing", []).outcome;
  const local = memoryStore();
  const store: Store = {
    ...local,
    // The store of others has what was asked for as soon as it is asked for again.
    outcome: (_key, how): Promise<Outcome | undefined> =>
      Promise.resolve(how?.again ? made : undefined),
    sharing: { ...({} as NonNullable<Store["sharing"]>), ...nothingShared },
  };
  await using queue = await openQueue({
    ...{ address: queueAddress(redis.url)!, graph, ops, store, host: "mill", notice: () => {} },
  });
  const place = { cwd: ".", config: "." };
  const words = [redis.url, `${WORKERS}`];
  await using workers = started("tests/bench/queue_workers.ts", words, place);
  await workers.said(/^ready/);
  const memory: number[] = [];
  let ran = 0;
  const [began, cpu] = [performance.now(), process.cpuUsage()];
  const { ending } = await execute(graph, {
    ...{ store: queue.store, executor: queue.executor, environment: nowhere, jobs: JOBS },
    onEvent({ type }) {
      if (type === "ran" && ++ran % (count / 4) === 0) memory.push(held());
    },
  });
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  if (ending !== "done" || ran !== count) throw new Error(`${ran} of ${count} ran: ${ending}`);
  const each = (total: number) => Math.round(1000 * total / count) / 1000;
  return {
    bench: `${count} steps that do nothing, ${WORKERS} workers`,
    unit: "ms a step",
    clock: each(ms),
    processor: each((user + system) / 1000),
    /** What is held after a quarter of the steps, half, three quarters, all; and for each step from the first to the last. */
    held: memory.map((bytes) => `${(bytes / 1e6).toFixed(1)} MB`),
    heldPerStep: `${Math.round((memory[3]! - memory[0]!) / (0.75 * count))} B`,
    load: Deno.loadavg()[0],
  };
}

/** Bytes that are held once what is not needed is collected. */
function held(): number {
  collect();
  return Deno.memoryUsage().heapUsed;
}

const nothingShared = {
  offer: () => Promise.resolve(true),
  provide: () => Promise.resolve(true),
  settled: () => Promise.resolve(),
};
