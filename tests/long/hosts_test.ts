/**
 * A sweep on workers that are hosts of their own, whose cables are pulled while they train: what a host lost is made by
 * another, the host works again when it is back, and the run ends with the digests of a run that nobody disturbs.
 */
import assert from "node:assert/strict";
import { shippedOps } from "../../engine/api/language.ts";
import { queueAddress, queueName } from "../../engine/run/queue/address.ts";
import { connect } from "../../engine/run/queue/connect.ts";
import { recipe as typed } from "../../mod.ts";
import { redisServer } from "../engine/run/queue/redis.ts";
import { queueWorld, QUICK } from "../engine/run/queue/world.ts";
import { type Killable, started } from "../faults/queue_processes.ts";
import { networkOf, withoutHosts } from "./hosts.ts";

const recipe = typed as unknown as (value: object) => ReturnType<typeof typed>;

const SWEEP = {
  name: "widths",
  data: "iris",
  variables: { width: 4 },
  model: { use: "mlp", hidden: ["$width", 32], train: { epochs: 1500 } },
  sweep: { over: { width: Array.from({ length: 16 }, (_, at) => at + 3) } },
} as const;

/** What lasts longer than the lock of a job, several times. */
const LONG = 4 * QUICK.lock;

const BEGINS = /^begins widths (model\[.*\])/;

const why = redisServer === undefined ? "it takes redis-server" : await withoutHosts();

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The steps that a worker has begun. */
const begun = ({ lines }: Killable): string[] =>
  lines.flatMap((line) => BEGINS.exec(line)?.[1] ?? []);

Deno.test({
  name: `workers are cut off in the middle of a step${why === undefined ? "" : ` (${why})`}`,
  ignore: why !== undefined,
  async fn() {
    await using network = await networkOf(["far", "near"]);
    const { address } = network;
    const words = ["--protected-mode", "no"];
    await using world = await queueWorld({ hostname: address, words });
    const { folder, redis, server } = world;
    const sweep = recipe(SWEEP);
    const alone = await sweep.run({ cache: `${folder}/alone`, threads: 1 });
    const worker = (name: "far" | "near"): Killable => {
      const words = [redis.url, server.address, `${folder}/${name}`, name];
      const { by } = network.host(name);
      const place = { cwd: folder, config: `${folder}/config`, by };
      return started("tests/faults/queue_worker.ts", words, place);
    };
    await using far = worker("far");
    await using near = worker("near");
    await Promise.all([far.said(/^ready/), near.said(/^ready/)]);
    let isOver = false;
    const running = sweep.run(world.run("run")).finally(() => isOver = true);
    const until = async (what: string, isSo: () => boolean): Promise<void> => {
      while (!isSo()) {
        if (isOver) throw new Error(`the run was over before ${what}`);
        await pause(20);
      }
    };
    /** Cuts a host off while it trains until another trains the same, and waits until it works again. */
    const cutOff = async (
      lost: Killable,
      other: Killable,
      line: Readonly<Record<"cut" | "mend", () => Promise<void>>>,
    ) => {
      const before = begun(lost).length;
      await until("a host trained", () => begun(lost).length > before);
      const step = begun(lost).at(-1)!;
      await line.cut();
      await until(`another had begun ${step}`, () => begun(other).includes(step));
      await pause(LONG);
      const then = begun(lost).length;
      await line.mend();
      await until("the host worked again", () => begun(lost).length > then);
    };
    const [first, second] = [network.host("far"), network.host("near")];
    await cutOff(far, near, { cut: first.unplug, mend: first.plug });
    await cutOff(near, far, { cut: second.down, mend: second.up });
    const run = await running;
    assert.deepEqual(run.problems, []);
    assert.deepEqual(run.lock, alone.lock);
    assert.deepEqual(new Set(run.steps.map(({ host }) => host)).size, 2);
    const queue = queueAddress(redis.url)!;
    await using connection = await connect(queue, queueName(shippedOps()), () => {});
    assert.equal(await connection.queue.getJobCountByTypes(), 0);
  },
});
