import assert from "node:assert/strict";
import { overviewText, queueCommand } from "../../../../engine/cli/queue/queue_command.ts";
import { redisServer, startRedis } from "../../run/queue/redis.ts";
import { typing } from "../typed.ts";

const at = (seconds: number): string => new Date(1_800_000_000_000 - 1000 * seconds).toISOString();

Deno.test("an overview says who works on what, what waits, and what failed", () => {
  const row = { recipe: "widths", from: "mill" };
  const text = overviewText({
    address: "redis://queue.example",
    name: "n1-abc",
    workers: ["anvil/1", "forge/2"],
    others: 1,
    active: [
      {
        ...row,
        step: "model",
        since: at(90),
        worker: "anvil/1",
        fraction: 0.257,
        message: "epoch 3",
      },
      { ...row, step: "data", since: at(1) },
    ],
    waiting: { count: 3, first: [{ ...row, step: "quantized", since: at(5) }] },
    failed: [
      { date: at(60), step: "model[width=3]", host: "anvil", message: "the loss is NaN" },
      { date: at(61), step: "model[width=4]", message: "job stalled" },
    ],
  }, 1_800_000_000_000);
  assert.equal(
    text,
    `redis://queue.example  n1-abc
2 workers of this version, 1 of other versions, which take none of these
  ▸ anvil/1  widths model  epoch 3 25 %  for 1 min 30 s
  ▸ ?  widths data  for 1.0 s
    forge/2  waits for work
3 steps wait
  · widths quantized  asked for by mill, 5.0 s ago
  · and 2 more
failed lately
  ✗ model[width=3] on anvil, 1 min 00 s ago: the loss is NaN
  ✗ model[width=4], 1 min 01 s ago: job stalled
`,
  );
});

Deno.test("an empty queue is a few words", () => {
  const empty = { address: "redis://q", name: "n1", active: [], failed: [] };
  const waiting = { count: 1, first: [] };
  assert.equal(
    overviewText({ ...empty, waiting }, 0),
    "redis://q  n1\nthe Redis does not say who is connected\n1 step waits\n  · and 1 more\n",
  );
  assert.equal(
    overviewText({ ...empty, workers: ["a"], waiting: { count: 0, first: [] } }, 0),
    "redis://q  n1\n1 worker of this version\n    a  waits for work\n0 steps wait\n",
  );
});

Deno.test("without a queue the command says which option is missing", async () => {
  await using here = await typing();
  const { code, err } = await here.decant("queue");
  assert.equal(code, 2);
  assert.match(err, /no queue is named/);
  assert.deepEqual(Object.keys(queueCommand.options), ["queue", "json"]);
});

Deno.test({
  name: "the command looks at a queue and shows no password",
  ignore: redisServer === undefined,
  async fn() {
    await using redis = await startRedis({ words: ["--requirepass", "geheim"] });
    await using here = await typing();
    const url = redis.url.replace("//", "//:geheim@");
    const text = await here.decant("queue", "--queue", url);
    assert.equal(text.code, 0, text.err);
    assert.match(text.out, /^redis:.*\n0 workers of this version\n0 steps wait\n$/);
    const document = await here.decant("queue", "--queue", url, "--json");
    const { address, waiting, failed } = JSON.parse(document.out);
    assert.deepEqual([address, waiting, failed], [redis.url, { count: 0, first: [] }, []]);
    assert.ok(!(text.out + text.err + document.out + document.err).includes("geheim"));
  },
});
