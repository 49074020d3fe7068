import assert from "node:assert/strict";
import { queueBehind } from "../../../engine/library/queue_behind.ts";
import { setVariable } from "../../variable.ts";
import { freePort } from "../run/queue/free_port.ts";
import { fakeOps, graphOf } from "../run/support/fake.ts";
import { memoryStore } from "../../../engine/store/memory_store.ts";
import type { Store } from "../../../engine/store/store.ts";

Deno.test("a run has a queue where one is named, and writes its stores then", () => {
  const unset = setVariable("DECANT_QUEUE", undefined);
  try {
    assert.equal(queueBehind(undefined), undefined);
    assert.deepEqual(queueBehind("redis://there")?.shared, { write: true, rest: 2000 });
    setVariable("DECANT_QUEUE", "redis://there");
    assert.equal(queueBehind(undefined, {})?.jobs, 256);
  } finally {
    unset();
  }
});

Deno.test("what is left out of stores cannot reach workers", () => {
  assert.throws(() => queueBehind("redis://there", { exclude: ["data"] }), {
    code: "usage",
    message: /--store-exclude leaves nothing out on a queue/,
  });
});

Deno.test({
  name: "stores and the queue that may not be reached are refused before a run waits for them",
  permissions: { net: ["127.0.0.1:1"], env: true, read: false },
  async fn() {
    const open = (url: string, store: string) =>
      queueBehind(url, { stores: [store] })!.open({} as never);
    const refusal = (host: string) => ({
      code: "denied",
      message: `Deno does not allow a run on a queue to fetch from \`${host}\``,
      help: "decant plan RECIPE --queue URL prints the flags that it needs",
    });
    await assert.rejects(
      open("redis://a:geheim@there", "http://127.0.0.1:1"),
      refusal("there:6379"),
    );
    await assert.rejects(open("redis://127.0.0.1:1", "https://there"), refusal("there"));
  },
});

Deno.test("the queue that is opened is the one that is named", async () => {
  const port = freePort();
  const { constant } = fakeOps();
  const options = {
    graph: graphOf([{ name: "a", op: constant, params: { value: 1 } }]),
    ops: new Map(),
    store: { ...memoryStore(), sharing: {} } as object as Store,
    host: "mill",
    notice: assert.fail,
  };
  const behind = queueBehind(`redis://127.0.0.1:${port}`)!;
  const message = new RegExp(`127.0.0.1:${port}`);
  await assert.rejects(behind.open(options), { code: "queue", message });
  const plan = { graph: options.graph, steps: [], diagnostics: [] };
  const store = { ...options.store, behind: {} } as never;
  const { unreachable } = await behind.outlook({ plan, ops: options.ops, store });
  assert.match(unreachable!, message);
});
