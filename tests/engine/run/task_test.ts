import assert from "node:assert/strict";
import { NUMERICS } from "../../../engine/graph/key.ts";
import { memoryStore } from "../../../engine/store/memory_store.ts";
import { captured } from "./support/captured.ts";
import { fakeOps, type FakeStep } from "./support/fake.ts";
import type { Located } from "../../../engine/graph/walk.ts";
import { taskOf } from "../../../engine/run/task.ts";
import { graphOf } from "./support/fake.ts";

const ops = fakeOps();
const steps: readonly FakeStep[] = [
  { name: "one", op: ops.constant, params: { value: 1 } },
  { name: "two", op: ops.constant, params: { value: 2 } },
  { name: "sum", op: ops.sum, inputs: { numbers: ["two", "one"] } },
  {
    name: "more",
    op: { ...ops.add, code: "ab" as never },
    inputs: { number: "one" },
    params: { amount: 1 },
  },
  {
    name: "like",
    op: ops.like,
    params: { list: [{ of: "two" }] },
    references: { "list.0.of": "two" },
  },
];
const { tasks, outcomes } = await captured(steps, memoryStore());
const artifact = (step: string) => outcomes.get(step)!.artifact;

Deno.test("a task names its op and what it reads by what was made of it, lists in their order", () => {
  const sum = tasks.get("sum")!;
  assert.deepEqual(sum.inputs, { numbers: [artifact("two"), artifact("one")] });
  assert.deepEqual([sum.step, sum.op, sum.params, sum.bound, sum.references, sum.sources], [
    "sum",
    { name: "sum", version: 1 },
    {},
    {},
    {},
    [],
  ]);
  assert.deepEqual(tasks.get("more")!.inputs, { number: artifact("one") });
  assert.deepEqual(tasks.get("more")!.op, { name: "add", version: 1, code: "ab" });
});

Deno.test("in place of the name of a step stands a digest, under which what it made is found", () => {
  const { params, bound, references } = tasks.get("like")!;
  assert.deepEqual(params, { list: [{ of: "two" }] });
  const [digest, ...more] = Object.keys(references);
  assert.deepEqual([bound, more], [{ list: [{ of: digest }] }, []]);
  assert.deepEqual(references[digest!], {
    op: { name: "constant", version: 1 },
    artifact: artifact("two"),
  });
});

Deno.test("a task says why it runs, how, and in which numerics", () => {
  const { cause, settings, numerics, trust, before } = tasks.get("one")!;
  assert.deepEqual([cause, settings, numerics, trust.base, before], [
    { why: "new" },
    { threads: 1, memory: 4 * 1024 ** 3, host: "nowhere" },
    NUMERICS,
    "/",
    undefined,
  ]);
});

Deno.test("what the run knows to have come of a step before goes with its task", () => {
  const node = graphOf(steps).node("one")!;
  const { key, preimage, trust, settings } = tasks.get("one")!;
  const located = { key, preimage, sources: [] } as never as Located;
  const task = taskOf(node, { located, cause: { why: "forced" }, outcomes, trust, settings });
  const { provenance } = outcomes.get("one")!;
  assert.deepEqual(task.before, { artifact: artifact("one"), provenance });
});
