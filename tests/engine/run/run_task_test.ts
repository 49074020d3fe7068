import assert from "node:assert/strict";
import { canonical, digestOf, type Json } from "../../../engine/digest.ts";
import { Type } from "../../../engine/field.ts";
import type { AnyOp } from "../../../engine/op.ts";
import { decodeArtifact, runTask } from "../../../engine/run/run_task.ts";
import { memoryStore } from "../../../engine/store/memory_store.ts";
import { captured, workplace } from "./support/captured.ts";
import { fakeOps, type FakeStep, numberKind } from "./support/fake.ts";

const ops = fakeOps();
const steps: readonly FakeStep[] = [
  { name: "one", op: ops.constant, params: { value: 1.5 } },
  { name: "two", op: ops.constant, params: { value: 2 } },
  { name: "more", op: ops.add, inputs: { number: "one" }, params: { amount: 1 } },
  { name: "sum", op: ops.sum, inputs: { numbers: ["two", "one"] } },
  { name: "whole", op: ops.whole, inputs: { number: "one" } },
  {
    name: "like",
    op: ops.like,
    params: { list: [{ of: "two" }] },
    references: { "list.0.of": "two" },
  },
  { name: "test", op: ops.score, inputs: { model: "two" } },
];
const store = memoryStore();
const { tasks } = await captured(steps, store);

/** Performs the task of a step with another op in place of its own. */
const run = (step: string, op: AnyOp, signal?: AbortSignal) =>
  runTask(tasks.get(step)!, workplace(store, op, signal), new DisposableStack());
const opOf = (step: string): AnyOp => steps.find(({ name }) => name === step)!.op;

Deno.test("what a task makes is encoded, with its size, its parts and every blob", async () => {
  const { outcome, blobs, volatile } = await run("more", opOf("more"));
  const manifest = blobs.get(outcome.artifact.digest)!;
  assert.equal(digestOf(manifest.subarray(0)), outcome.artifact.digest);
  const { kind, bytes, parts } = outcome.artifact;
  const sizes = [...blobs.values()].map(({ byteLength }) => byteLength);
  assert.deepEqual([kind, bytes], ["model", sizes.reduce((a, b) => a + b)]);
  assert.deepEqual(Object.keys(parts), ["meta", "whole", "fraction"]);
  assert.deepEqual(
    outcome.blobs,
    [...blobs].map(([digest, { byteLength }]) => ({ digest, bytes: byteLength })),
  );
  assert.equal(blobs.size, 2);
  assert.equal("manifest" in outcome, false, "a manifest that has blobs is read when it is needed");
  assert.equal(volatile, false);
  const { host, threads, seconds, date } = outcome.provenance;
  assert.deepEqual([host, threads], ["nowhere", 1]);
  assert.ok(seconds >= 0 && seconds < 60 && Number.isInteger(Math.round(seconds * 1000)));
  assert.ok(Math.abs(Date.parse(date) - Date.now()) < 60_000);
  assert.deepEqual(outcome.preimage, tasks.get("more")!.preimage);
});

Deno.test("the seconds of a task are those that passed from its beginning, to the millisecond", async () => {
  const { now } = performance;
  let time = 5000;
  const slow: AnyOp = {
    ...opOf("more"),
    run: (...given) => {
      time += 1234.6;
      return opOf("more").run(...given);
    },
  };
  performance.now = () => time;
  try {
    const { outcome } = await run("more", slow);
    assert.equal(outcome.provenance.seconds, 1.235);
  } finally {
    performance.now = now;
  }
});

Deno.test("what is all in its manifest stands in the record", async () => {
  const { outcome } = await run("test", opOf("test"));
  assert.equal((outcome.manifest as { loss: number }).loss, 0.5);
  assert.equal(outcome.blobs.length, 1);
});

Deno.test("a manifest in the record has its fields in the order in which they are recalled", async () => {
  const { outcome } = await run("test", opOf("test"));
  const { manifest } = outcome;
  assert.equal(JSON.stringify(manifest), canonical(manifest!));
  const made = await opOf("test").run({ model: 2 } as never, {} as never, {} as never);
  assert.notEqual(JSON.stringify(made), canonical(made as Json), "the op made them in another");
});

Deno.test("a number that no manifest can hold is told by its name, metrics as claims call them", async () => {
  const says = (metrics: object): AnyOp => ({
    ...opOf("test"),
    run: () => ({ loss: 1, metrics: {}, ...metrics }) as never,
  });
  const refused = async (metrics: object, name: string) =>
    await assert.rejects(run("test", says(metrics)), {
      name: "RangeError",
      message: `${name}, which is no result`,
    });
  await refused({ metrics: { mine: NaN } }, "`mine` came out as NaN");
  await refused(
    { metrics: { recall: { a: 1, b: -Infinity } } },
    "`recall.b` came out as -Infinity",
  );
  await refused({ loss: Infinity }, "`loss` came out as Infinity");
  await refused({ intervals: { auc: [0, NaN] } }, "`intervals.auc.1` came out as NaN");
  await run("test", says({ metrics: { mine: -0 }, none: null, word: "NaN" }));
});

Deno.test("the stacks of what code of one's own throws are deep enough to find it, no others", async () => {
  const seen: number[] = [];
  const watching = { ...opOf("more"), run: () => seen.push(Error.stackTraceLimit) } as never;
  const task = tasks.get("more")!;
  const own = { list: "terms", name: "mine", version: 1, code: "d" as never };
  for (const op of [{ ...task.op, own: [own] }, { ...task.op, code: own.code }, task.op]) {
    await runTask({ ...task, op }, workplace(store, watching), new DisposableStack());
  }
  const [limit] = seen.slice(2);
  assert.deepEqual(seen.map((each) => each > limit!), [true, true, false]);
});

Deno.test("an op is given the values of its inputs, in order, and the value that a parameter names", async () => {
  const seen: unknown[] = [];
  const watching = (op: AnyOp): AnyOp => ({
    ...op,
    run: (inputs, params, context) => {
      seen.push(inputs);
      return op.run(inputs, params, context);
    },
  });
  await run("sum", watching(opOf("sum")));
  await run("whole", watching(opOf("whole")));
  assert.deepEqual(seen, [{ numbers: [2, 1.5] }, { number: 1.5 }]);
  const { outcome } = await run("like", opOf("like"));
  assert.equal(
    await decodeArtifact(store, numberKind, tasks.get("test")!.inputs.model as never),
    2,
  );
  assert.ok(outcome.artifact.digest.length === 64);
});

Deno.test("what is noted, warned of and told goes where it belongs", async () => {
  const kernels = { level: "avx2", path: "/none", names: [] } as const;
  const op: AnyOp = {
    ...opOf("one"),
    run: (_inputs, _params, context) => {
      context.note("curve", [1, 2]);
      context.warn("it is odd");
      context.progress(0.5, "half");
      assert.deepEqual([context.threads, context.memory], [1, 4 * 1024 ** 3]);
      assert.equal(context.kernels, kernels);
      return 3;
    },
  };
  const place = workplace(store, op);
  const task = tasks.get("one")!;
  const { outcome } = await runTask(
    { ...task, settings: { ...task.settings, kernels } },
    place,
    new DisposableStack(),
  );
  assert.deepEqual([outcome.notes, outcome.warnings], [{ curve: [1, 2] }, ["it is odd"]]);
  assert.deepEqual(place.told, [{ type: "progress", fraction: 0.5, message: "half" }]);
});

Deno.test("a step that changes nothing fails, by its digest or by what it says itself", async () => {
  const idle: AnyOp = { ...opOf("more"), run: ({ number }) => number };
  await assert.rejects(run("more", idle), new Error("it changed nothing"));
  const { outcome } = await run("more", { ...idle, effect: () => "nothing one could see" });
  assert.deepEqual(outcome.notes, { effect: "nothing one could see" });
  await assert.rejects(
    run("more", { ...opOf("more"), effect: () => undefined }),
    new Error("it changed nothing"),
  );
});

Deno.test("what earlier steps established must hold afterwards", async () => {
  const op: AnyOp = {
    ...opOf("more"),
    inputs: {
      number: {
        ...opOf("more").inputs.number,
        kind: { ...numberKind, holds: () => "it no longer holds" },
      },
    },
  };
  await assert.rejects(run("more", op), new Error("it no longer holds"));
  await run("more", { ...op, inputs: opOf("more").inputs });
});

Deno.test("an op that stopped because it was asked to has made nothing", async () => {
  const controller = new AbortController();
  const op: AnyOp = {
    ...opOf("one"),
    run: () => {
      controller.abort(new TypeError("stop"));
      return 1;
    },
  };
  await assert.rejects(run("one", op, controller.signal), TypeError);
});

Deno.test("parameters are held to the op's schema once more", async () => {
  const task = { ...tasks.get("one")!, params: { value: "one" } };
  await assert.rejects(runTask(task, workplace(store, opOf("one")), new DisposableStack()));
});

Deno.test("facts are recorded where only the source could tell them", async () => {
  assert.equal("facts" in (await run("one", opOf("one"))).outcome, false);
  const { outcome } = await run("one", { ...opOf("one"), source: () => ["./a"] });
  assert.equal((outcome.facts as { kind: string }).kind, "model");
});

Deno.test("a reference that the task does not hold is a fault that names the digest", async () => {
  const op: AnyOp = {
    ...opOf("like"),
    run: (_inputs, _params, context) => context.referenced("ab"),
  };
  await assert.rejects(run("like", op), new Error("internal: no reference has the digest ab"));
});

Deno.test("a kind is told which parts of an input its op reads", async () => {
  const asked: unknown[] = [];
  const whole = opOf("whole");
  const kind = {
    ...numberKind,
    decode: (...given: Parameters<typeof numberKind.decode>) => {
      asked.push(given[2]);
      return numberKind.decode(...given);
    },
  };
  const inputs = { number: { ...whole.inputs.number!, kind } };
  await run("whole", { ...whole, inputs });
  assert.deepEqual(asked, [["meta", "whole"]]);
});

Deno.test("the checkpoint of a task is that of its key", async () => {
  const op: AnyOp = {
    ...opOf("one"),
    run: async (_inputs, _params, { checkpoints }) => {
      await checkpoints.save(Uint8Array.of(7));
      return 1;
    },
  };
  await run("one", op);
  assert.deepEqual(await store.checkpoint(tasks.get("one")!.key).load(), Uint8Array.of(7));
  await store.checkpoint(tasks.get("one")!.key).remove();
});

Deno.test("an effect counts where an op has one; what changes a list, or nothing, needs none", async () => {
  const idle: AnyOp = { ...opOf("sum"), changes: "numbers", run: () => 2 };
  assert.equal((await run("sum", idle)).outcome.notes.effect, undefined);
  const absent: AnyOp = { ...opOf("one"), changes: "number", run: () => 1 };
  assert.equal((await run("one", absent)).outcome.notes.effect, undefined);
});

Deno.test("a task without a seed is one of an op that draws nothing", async () => {
  const number = (description: string) => Type.Number({ description });
  const params = Type.Object({ value: number("The number"), seed: number("The seed") });
  const still: AnyOp = { ...opOf("one"), params, random: () => false };
  await run("one", still);
  await assert.rejects(run("one", { ...still, random: () => true }), {
    message: "internal: ajv refuses the parameters of constant: " +
      "they must have required property 'seed'",
  });
});
