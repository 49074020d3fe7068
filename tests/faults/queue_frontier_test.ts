/** The frontier, cut small, on workers that share nginx: its lock is that of a run without a queue. */
import assert from "node:assert/strict";
import { load } from "../../mod.ts";
import { redisServer } from "../engine/run/queue/redis.ts";
import { queueWorld } from "../engine/run/queue/world.ts";
import { nginx, startNginx } from "../engine/store/shared/nginx.ts";

Deno.test({
  name:
    "on one and on two workers of one thread behind nginx the frontier has the lock of a run without a queue",
  ignore: redisServer === undefined || nginx === undefined,
  async fn() {
    const path = new URL("../../recipes/frontier.yaml", import.meta.url).pathname;
    const frontier = (await load(path)).with({
      data: { use: "digits", limit: 200 },
      "model.train.epochs": 1,
      "prune.finetune.epochs": 1,
      "sweep.over.ratio": [0.7],
      "sweep.over.scheme": ["int8", "int4"],
      "sweep.over.seed": [1],
    });
    await using world = await queueWorld();
    const alone = await frontier.run({ cache: `${world.folder}/alone`, threads: 1 });
    assert.equal(alone.lock!.steps.length, alone.steps.length);
    for (const workers of [1, 2]) {
      await using store = await startNginx();
      const shared = { stores: [store.address] };
      await using stack = new AsyncDisposableStack();
      const started = [];
      for (let at = 0; at < workers; at++) {
        const name = `worker${workers}-${at}`;
        started.push(stack.use(await world.worker(name, { shared })));
      }
      const run = await frontier.run({ ...world.run(`run${workers}`), shared });
      assert.deepEqual(run.problems, []);
      assert.deepEqual(run.lock, alone.lock);
      const made = started.map(({ said }) =>
        said.filter((line) => line.startsWith("made ")).length
      );
      assert.equal(
        made.reduce((sum, each) => sum + each, 0),
        run.steps.length,
        "each once, and there",
      );
    }
  },
});
