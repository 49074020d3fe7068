import assert from "node:assert/strict";
import { startWorker } from "../../../engine/library/worker.ts";
import { recipe as typed } from "../../../mod.ts";
import { shippedOps } from "../../../engine/api/language.ts";
import { redisServer } from "../run/queue/redis.ts";
import { queueWorld, SWEEP } from "../run/queue/world.ts";

const ignore = redisServer === undefined;
const recipe = typed as unknown as (value: object) => ReturnType<typeof typed>;

Deno.test({
  name: "a sweep on one worker, and on two, ends with the lock that it has without a queue",
  ignore,
  async fn() {
    await using world = await queueWorld();
    const sweep = recipe(SWEEP);
    const alone = await sweep.run({ cache: `${world.folder}/alone`, threads: 1 });
    await using one = await world.worker("one");
    const first = await sweep.run(world.run("first"));
    assert.deepEqual(first.problems, []);
    assert.deepEqual(first.lock, alone.lock);
    assert.deepEqual(first.table, alone.table);
    assert.ok(one.said.some((sentence) => /made widths model\[width=3\]/.test(sentence)));
    // Another store, in which nothing is recorded yet.
    world.server.entries.clear();
    await using _two = await world.worker("two");
    await using _three = await world.worker("three");
    const second = await sweep.run(world.run("second"));
    assert.deepEqual(second.problems, []);
    assert.deepEqual(second.lock, alone.lock);
    const hosts = new Set(second.steps.map(({ host }) => host));
    assert.ok(hosts.has("two") && hosts.has("three"), [...hosts].join());
  },
});

Deno.test("a worker without a queue, and one without a store, are refused with a way out", async () => {
  const say = assert.fail;
  await assert.rejects(startWorker({ ops: shippedOps(), say }), {
    code: "usage",
    message: "a worker needs a queue",
  });
  await assert.rejects(startWorker({ ops: shippedOps(), queue: "redis://127.0.0.1:1", say }), {
    code: "usage",
    message: "a worker needs a store that it shares with those who ask",
  });
});
