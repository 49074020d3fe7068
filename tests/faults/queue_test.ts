/** A sweep on a queue whose workers, coordinator, Redis and store are killed: it ends as if nothing had happened. */
import assert from "node:assert/strict";
import { recipe as typed } from "../../mod.ts";
import { redisServer } from "../engine/run/queue/redis.ts";
import { queueWorld } from "../engine/run/queue/world.ts";
import { cutProxy } from "./cut_proxy.ts";
import { started } from "./queue_processes.ts";

const ignore = redisServer === undefined;
const recipe = typed as unknown as (value: object) => ReturnType<typeof typed>;

const TEXT = `decant: 1
name: widths
data: iris
variables: { width: 4 }
model: { use: mlp, hidden: [$width], train: { epochs: 40 } }
sweep: { over: { width: [3, 4, 5, 6, 7, 8] } }
`;

const SWEEP = {
  name: "widths",
  data: "iris",
  variables: { width: 4 },
  model: { use: "mlp", hidden: ["$width"], train: { epochs: 40 } },
  sweep: { over: { width: [3, 4, 5, 6, 7, 8] } },
};

Deno.test({
  name: "workers and coordinator killed, Redis and the store gone: the sweep ends with its lock",
  ignore,
  async fn() {
    await using world = await queueWorld();
    const { folder, redis, server } = world;
    const config = `${folder}/config`;
    const { lock } = await recipe(SWEEP).run({ cache: `${folder}/alone`, threads: 1 });
    await Deno.writeTextFile(`${folder}/widths.yaml`, TEXT);
    const worker = (name: string) => {
      const words = [redis.url, server.address, `${folder}/${name}`, name];
      return started("tests/faults/queue_worker.ts", words, { cwd: folder, config });
    };
    const run = () => {
      const where = ["--cache", "run", "--out", "out", "--threads", "1"];
      const shared = ["--queue", redis.url, "--store", server.address];
      const words = ["run", "widths.yaml", ...where, ...shared];
      return started("mod.ts", words, { cwd: folder, config });
    };
    await using first = worker("first");
    await using second = worker("second");
    await Promise.all([first.said(/^ready/), second.said(/^ready/)]);
    await using killed = run();
    // 1: a worker in a training; 2: the coordinator.
    await first.said(/begins widths model\[/);
    await first.kill();
    await killed.said(/✓ model\[/);
    await killed.kill();
    await using again = run();
    await second.said(/begins widths model\[.*\]/);
    // 3: Redis, with all that it had; 4: the store, for a while.
    await redis.stop();
    await redis.start();
    server.state.fault = () => new Response(null, { status: 503 });
    await using third = worker("third");
    await third.said(/^ready/);
    server.state.fault = (_request, right) => right();
    // 5 and 6: the others that began.
    await second.kill();
    await using fourth = worker("fourth");
    await third.said(/begins widths/);
    await third.kill();
    const { code } = await again.status;
    assert.equal(code, 0, again.lines.join("\n"));
    const written = await Deno.readTextFile(`${folder}/out/recipe.lock.json`);
    const made = (steps: readonly { step: string; artifact: string }[]) =>
      steps.map(({ step, artifact }) => `${step} ${artifact}`).sort();
    assert.deepEqual(made(JSON.parse(written).steps), made(lock!.steps as never));
    assert.ok(fourth.lines.some((line) => /^made|begins/.test(line)) || again.lines.length > 0);
  },
});

Deno.test({
  name: "a worker that is cut off for longer than its lock loses its job, and the run ends alike",
  ignore,
  async fn() {
    await using world = await queueWorld();
    const sweep = recipe(SWEEP);
    const alone = await sweep.run({ cache: `${world.folder}/alone`, threads: 1 });
    await using toRedis = cutProxy(world.redis.port);
    await using toStore = cutProxy(Number(new URL(world.server.address).port));
    await using far = await world.worker("far", {
      queue: `redis://127.0.0.1:${toRedis.port}`,
      shared: { stores: [`http://127.0.0.1:${toStore.port}`] },
    });
    const running = sweep.run(world.run("run"));
    while (!far.said.some((sentence) => /^begins widths model\[/.test(sentence))) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    toRedis.cut();
    toStore.cut();
    await using _near = await world.worker("near");
    await new Promise((resolve) => setTimeout(resolve, 3000));
    toRedis.mend();
    toStore.mend();
    const run = await running;
    assert.deepEqual(run.problems, []);
    assert.deepEqual(run.lock, alone.lock);
    assert.ok(run.steps.some(({ host }) => host === "near"));
  },
});
