import assert from "node:assert/strict";
import { startWorker } from "../../../engine/library/worker.ts";
import { recipe as typed } from "../../../mod.ts";
import { shippedOps } from "../../../engine/api/language.ts";
import { redisServer } from "../run/queue/redis.ts";
import { queueWorld, SWEEP } from "../run/queue/world.ts";
import type { DecantError } from "../../../engine/error.ts";
import { ownFolder } from "../../../engine/permission.ts";
import { setVariable } from "../../variable.ts";

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

Deno.test({
  name:
    "a worker says at once all that Deno does not allow it, and needs no folder of keys where it has a file",
  permissions: {
    env: true,
    sys: true,
    net: ["127.0.0.1:1"],
    read: ["/there"],
    write: ["/there/c"],
  },
  async fn() {
    const unset = setVariable("XDG_CONFIG_HOME", "/keys");
    const own = ownFolder()!;
    const options = {
      ...{ ops: shippedOps(), queue: "redis://127.0.0.1:1", say: assert.fail, cache: "/there/c" },
      shared: { stores: ["http://127.0.0.1:1"] },
    };
    const refused = async (more: object, message: string, help: RegExp) =>
      await assert.rejects(startWorker({ ...options, ...more }), (error: DecantError) => {
        assert.deepEqual([error.code, error.message], [
          "denied",
          `Deno does not allow a worker to ${message}`,
        ]);
        assert.match(error.help!, help);
        return true;
      });
    try {
      await refused({}, `read \`/keys/decant\`, \`${own}\``, /^add --allow-read=\/keys\/decant,/);
      await refused({ key: "/there/k" }, `read \`${own}\``, /,\/there\/k,\/there\/k\.pub,/);
      await refused(
        { key: "/here/k", cache: "/c", shared: { stores: ["http://127.0.0.1:2"] } },
        `read \`${own}\`, \`/here/k\`, \`/here/k.pub\`, \`/c\` and to write \`/c\` and to fetch from \`127.0.0.1:2\``,
        / --allow-net=127\.0\.0\.1:1,127\.0\.0\.1:2 /,
      );
    } finally {
      unset();
    }
  },
});
