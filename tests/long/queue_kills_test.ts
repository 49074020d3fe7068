/**
 * A sweep on a queue with trainings longer than the time between two checkpoints, while workers, the run itself, Redis and
 * the store are killed in an order that a seed decides: in the end every step has the digest that it has where nobody
 * disturbs it, few were made twice, and nothing is left in the queue.
 */
import assert from "node:assert/strict";
import { shippedOps } from "../../engine/api/language.ts";
import { queueAddress, queueName } from "../../engine/run/queue/address.ts";
import { connect } from "../../engine/run/queue/connect.ts";
import { load } from "../../mod.ts";
import { redisServer } from "../engine/run/queue/redis.ts";
import { queueWorld } from "../engine/run/queue/world.ts";
import { type Killable, started } from "../faults/queue_processes.ts";

/** How often each is killed; `DECANT_KILLS` divides them, for a shorter test. */
const SHARE = Number(Deno.env.get("DECANT_KILLS") ?? 1);
const KILLS = { worker: 200, run: 20, redis: 10, store: 10 };
const SEED = 14;

const TEXT = `decant: 1
name: widths
data: iris
variables: { width: 4 }
model: { use: mlp, hidden: [$width, 32], train: { epochs: 3000 } }
sweep: { over: { width: [${Array.from({ length: 24 }, (_, at) => at + 3).join(", ")}] } }
`;

type Victim = keyof typeof KILLS;

/** Victims in an order that follows from the seed: a linear congruential generator shuffles them. */
function victims(): Victim[] {
  const all = (Object.keys(KILLS) as Victim[]).flatMap((name) =>
    Array.from({ length: Math.max(1, Math.round(KILLS[name] / SHARE)) }, () => name)
  );
  let state = SEED;
  for (let at = all.length - 1; at > 0; at--) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const other = state % (at + 1);
    [all[at], all[other]] = [all[other]!, all[at]!];
  }
  return all;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test({
  name:
    "killed hundreds of times on both sides, a sweep on a queue makes what an undisturbed one makes",
  ignore: redisServer === undefined,
  async fn() {
    await using world = await queueWorld({ keeps: true });
    const { folder, redis, server } = world;
    const place = { cwd: folder, config: `${folder}/config` };
    await Deno.writeTextFile(`${folder}/widths.yaml`, TEXT);
    const sweep = await load(`${folder}/widths.yaml`);
    const { lock } = await sweep.run({ cache: `${folder}/alone` });
    let [count, made] = [0, 0];
    const worker = (): Killable => {
      const name = `worker${count++ % 4}`;
      const words = [redis.url, server.address, `${folder}/${name}-${count}`, name];
      return started("tests/faults/queue_worker.ts", words, place);
    };
    const run = (): Killable => {
      const where = ["--cache", "run", "--out", "out", "--threads", "1"];
      const shared = ["--queue", redis.url, "--store", server.address];
      return started("mod.ts", ["run", "widths.yaml", ...where, ...shared], place);
    };
    const tally = ({ lines }: Killable): number =>
      lines.filter((line) => /^made /.test(line)).length;
    await using stack = new AsyncDisposableStack();
    const workers = [worker(), worker()].map((each) => stack.use(each));
    let asking = stack.use(run());
    for (const victim of victims()) {
      await pause(1500);
      if (victim === "worker") {
        const killed = workers.shift()!;
        await killed.kill();
        made += tally(killed);
        workers.push(stack.use(worker()));
        await workers.at(-1)!.said(/^ready/);
      } else if (victim === "run") {
        await asking.kill();
        asking = stack.use(run());
      } else if (victim === "redis") {
        await redis.stop();
        await pause(1000);
        await redis.start();
      } else {
        server.state.fault = () => new Response(null, { status: 503 });
        await pause(2000);
        server.state.fault = (_request, right) => right();
      }
    }
    const { code } = await asking.status;
    assert.equal(code, 0, asking.lines.join("\n"));
    const written = JSON.parse(await Deno.readTextFile(`${folder}/out/recipe.lock.json`));
    assert.deepEqual(written.steps, JSON.parse(JSON.stringify(lock!.steps)));
    for (const each of workers) made += tally(each);
    const steps = lock!.steps.length;
    assert.ok(made <= steps * 1.05, `${made} were made, and there are ${steps}`);
    const address = queueAddress(redis.url)!;
    await using connection = await connect(address, queueName(shippedOps()), () => {});
    assert.equal(await connection.queue.getJobCountByTypes(), 0);
  },
});
