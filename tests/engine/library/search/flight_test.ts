/** Trials on their way at once: how many are begun, in which order they are given, and what is told of those given up. */
import assert from "node:assert/strict";
import { noAttempts, taken } from "../../../../engine/library/search/attempts.ts";
import { flightOf } from "../../../../engine/library/search/flight.ts";
import { type Executor, inThisThread } from "../../../../engine/run/executor.ts";
import type { StepTask } from "../../../../engine/run/task.ts";
import { recipe } from "../../../../mod.ts";
import { redisServer } from "../../run/queue/redis.ts";
import { queueWorld } from "../../run/queue/world.ts";
import { searching } from "./searching.ts";

/** A search of so many numbers whose `grow` steps go on when they are told to. */
function held(count: number, more: object = {}) {
  const it = searching(Array.from({ length: count }, (_, at) => at + 1), more);
  const { ops, store } = it.options;
  const inner = inThisThread({ nodes: [...ops.values()].map((op) => ({ op })) }, store);
  const waiting: { go(): void }[] = [];
  const tasks: StepTask[] = [];
  const executor: Executor = {
    async perform(task, signal, onProgress) {
      tasks.push(task);
      if (task.op.name === "grow") {
        const { promise, resolve, reject } = Promise.withResolvers<void>();
        signal.addEventListener("abort", () => reject(signal.reason));
        waiting.push({ go: resolve });
        await promise;
      }
      return await inner.perform(task, signal, onProgress);
    },
  };
  return { ...it, executor, waiting, tasks };
}

/** Until so many wait. */
async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    assert.ok(tries < 10_000, "it never comes");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

Deno.test("so many trials are begun, and given in their order, whatever the order in which they end", async () => {
  const it = held(5);
  const { options, executor, waiting, search } = it;
  const attempts = noAttempts();
  await using flight = await flightOf(search, attempts.fresh, { ...options, executor, jobs: 3 });
  assert.equal(flight.number, 0);
  flight.fill([], 5);
  assert.equal(flight.number, 3);
  flight.fill([], 5);
  assert.equal(flight.number, 3, "there is no place for another");
  await until(() => waiting.length === 3);
  const first = flight.next();
  for (const { go } of waiting.toReversed()) go();
  const values: (number | undefined)[] = [];
  for (const attempted of [await first, await flight.next()]) {
    values.push(taken(attempts, attempted!, undefined)!.value);
  }
  assert.deepEqual([...values], [1000, 2000]);
  flight.fill(attempts.trials, 4);
  assert.equal(flight.number, 4, "no more than are wanted");
  await until(() => waiting.length === 4);
  waiting[3]!.go();
  for (const attempted of [await flight.next(), await flight.next()]) {
    values.push(taken(attempts, attempted!, undefined)!.value);
  }
  assert.deepEqual(values, [1000, 2000, 3000, 4000]);
  assert.equal(await flight.next(), undefined);
});

Deno.test("what trials share is performed once, and with one job one trial runs after another", async () => {
  const it = held(3);
  await using flight = await flightOf(it.search, new Map(), {
    ...it.options,
    executor: it.executor,
    jobs: 3,
  });
  flight.fill([], 3);
  await until(() => it.waiting.length === 3);
  assert.equal(it.tasks.filter(({ step }) => step === "samples").length, 1);
  for (const { go } of it.waiting) go();
  for (let at = 0; at < 3; at++) assert.equal((await flight.next())!.ending, "done");
  const alone = searching([1, 2, 3]);
  await using one = await flightOf(alone.search, new Map(), alone.options);
  one.fill([], 3);
  assert.equal(one.number, 1);
  assert.equal((await one.next())!.trial!.value, 1000);
});

Deno.test("what is given up is ended and waited for, and nobody is told of it", async () => {
  const it = held(4);
  const fresh = new Map();
  const flight = await flightOf(it.search, fresh, {
    ...it.options,
    executor: it.executor,
    jobs: 4,
  });
  flight.fill([], 4);
  await until(() => it.waiting.length === 4);
  const told = it.events.length;
  it.waiting[0]!.go();
  const first = await flight.next();
  assert.equal(first!.trial!.value, 1000);
  const since = it.events.slice(told);
  assert.ok(since.length > 0 && since.every((event) => "trial" in event && event.trial === 1));
  const all = it.events.length;
  await flight[Symbol.asyncDispose]();
  assert.equal(it.events.length, all);
  assert.equal([...fresh.values()].filter(({ step }) => step === "m").length, 1);
});

Deno.test("a trial that cannot be begun fails in its turn", async () => {
  const over = [...Array.from({ length: 120 }, (_, at) => at), "many"];
  const it = searching(over);
  await using flight = await flightOf(it.search, new Map(), { ...it.options, jobs: 121 });
  flight.fill([], 121);
  assert.equal(flight.number, 121);
  for (let at = 0; at < 120; at++) assert.equal((await flight.next())!.ending, "done");
  await assert.rejects(flight.next(), /wrong|many/);
});

Deno.test({
  name:
    "trials on a queue, side by side and one after another are the same, and so are their locks",
  ignore: redisServer === undefined,
  async fn() {
    await using world = await queueWorld();
    const search = recipe({
      name: "batches",
      data: "iris",
      variables: { width: 4 },
      model: { use: "mlp", hidden: "$width" as never, train: { epochs: 1 } },
      search: {
        over: { width: { min: 2, max: 30, step: 1 } },
        minimize: "result.bytes",
        budget: { trials: 14 },
        strategy: "tpe",
        batch: 3,
      },
    });
    const alone = (name: string, jobs: number) =>
      search.run({ cache: `${world.folder}/${name}`, threads: 1, kernels: "wasm", jobs });
    const [one, two] = [await alone("one", 1), await alone("two", 2)];
    await using worker = await world.worker("worker", { concurrency: 2 });
    const queued = await search.run(world.run("queued"));
    assert.deepEqual(queued.problems, []);
    assert.equal(one.lock!.search!.trials.length, 14);
    assert.deepEqual([two.lock, queued.lock], [one.lock, one.lock]);
    const begun = worker.said.filter((sentence) => sentence.startsWith("begins "));
    assert.ok(begun.length >= 14, "the worker made the trials");
    assert.equal(begun.filter((sentence) => / data$/.test(sentence)).length, 1);
  },
});
