import assert from "node:assert/strict";
import { graphMermaid, graphText } from "../../../engine/graph/draw.ts";
import { explain } from "../../../engine/graph/explain.ts";
import { plan } from "../../../engine/graph/plan.ts";
import { execute } from "../../../engine/run/execute.ts";
import { fingerprint } from "../../../engine/run/host.ts";
import { memoryStore } from "../../../engine/store/memory_store.ts";
import type { Json } from "../../../engine/digest.ts";
import { type AnyOp, defineOp } from "../../../engine/op.ts";
import type { Plan, PlannedStep } from "../../../engine/graph/plan.ts";
import type { Outcome, Store } from "../../../engine/store/store.ts";
import { outcome } from "../report/support/subject.ts";
import { fakeOps, type FakeStep, graphOf, nowhere } from "../run/support/fake.ts";

const ops = fakeOps();
const steps = (value: number, amount: number, add: FakeStep["op"] = ops.add): FakeStep[] => [
  { name: "one", op: ops.constant, params: { value } },
  { name: "sum", op: add, inputs: { number: "one" }, params: { amount } },
  { name: "more", op: ops.add, inputs: { number: "sum" }, params: { amount: 100 } },
];

/** What is said of each step of `after`, where `before` was run. */
async function explained(before: readonly FakeStep[], after: readonly FakeStep[]) {
  const store = memoryStore();
  await execute(graphOf(before), { store, environment: nowhere });
  const planned = await plan(
    graphOf(after, {
      place: (path) => ({ source: "r.yaml", line: 1, column: 1, length: 1, path }),
    }),
    { store, host: fingerprint(nowhere) },
  );
  return (await explain(planned, store)).map(({ node, state, waits, differences }) => ({
    step: node.step.name,
    state,
    ...(waits === undefined ? {} : { waits }),
    differences: differences.map((
      { field, before, now, place },
    ) => [field, before, now, ...place === undefined ? [] : [place.path]]),
  }));
}

Deno.test("a changed parameter is named with both values and its place", async () => {
  assert.deepEqual(await explained(steps(1, 2), steps(1, 3)), [
    { step: "one", state: "hit", differences: [] },
    { step: "sum", state: "run", differences: [["steps.sum.amount", 2, 3, "steps.sum.amount"]] },
    { step: "more", state: "unknown", waits: "sum", differences: [] },
  ]);
});

Deno.test("behind a step that would run, what is known already is compared", async () => {
  const other = defineOp({ ...ops.add, name: "other" });
  const after = steps(1, 3, other).map((step) =>
    step.name === "more" ? { ...step, params: { amount: 7 } } : step
  );
  const found = await explained(steps(1, 2, other), after);
  assert.deepEqual(found[2]!.differences, [["steps.more.amount", 100, 7, "steps.more.amount"]]);
});

Deno.test("a raised version and a changed input are said as such", async () => {
  const raised = await explained(steps(1, 2), steps(1, 2, { ...ops.add, version: 2 }));
  assert.deepEqual(raised[1]!.differences, [["version", 1, 2]]);
  const other = defineOp({ ...ops.add, name: "other" });
  const moved = steps(1, 2, other).map((step) =>
    step.name === "more" ? { ...step, inputs: { number: "one" } } : step
  );
  const [field, before, now] = (await explained(steps(1, 2, other), moved))[2]!.differences[0]!;
  assert.equal(field, "number (one)");
  assert.notEqual(before, now);
});

Deno.test("the record that differs least is the one compared with", async () => {
  const store = memoryStore();
  const one = (amount: number, seed: number): FakeStep[] => [
    { name: "one", op: ops.constant, params: { value: 1 } },
    { name: "sum", op: ops.add, inputs: { number: "one" }, params: { amount, seed } },
  ];
  for (const [amount, seed] of [[5, 7], [3, 1], [6, 7]] as const) {
    await execute(graphOf(one(amount, seed)), { store, environment: nowhere });
  }
  const planned = await plan(graphOf(one(3, 2)), { store, host: fingerprint(nowhere) });
  const [, sum] = await explain(planned, store);
  assert.deepEqual(
    sum!.differences.map(({ field, before, now }) => [field, before, now]),
    [["steps.sum.seed", 1, 2]],
  );
});

Deno.test("where nothing of an op is recorded there is nothing to compare", async () => {
  const other = defineOp({ ...ops.add, name: "other" });
  const found = await explained(steps(1, 2), steps(1, 2, other));
  assert.deepEqual(found[1], { step: "sum", state: "run", differences: [] });
});

Deno.test("a graph is drawn as text and as Mermaid", () => {
  const graph = graphOf([...steps(1, 2), {
    name: "test",
    op: ops.score,
    inputs: { model: "more" },
  }]);
  const marks = new Map([["one", "hit"], ["sum", "run"], ["more", "unknown"], ["test", "unknown"]]);
  assert.equal(
    graphText(graph, marks),
    `one   constant  hit
sum   add       run      ← one
more  add       unknown  ← sum
test  evaluate  unknown  ← more
`,
  );
  assert.equal(
    graphMermaid(graph, marks),
    `flowchart TD
  s0["one<br/><small>constant</small>"]
  s1["sum<br/><small>add</small>"]
  s2["more<br/><small>add</small>"]
  s3("test<br/><small>evaluate</small>")
  s0 --> s1
  s1 --> s2
  s2 --> s3
  class s0 hit
  class s1 run
  class s2,s3 unknown
  classDef hit stroke-width:1px
  classDef run stroke-width:3px
  classDef unknown stroke-dasharray:4
`,
  );
});

Deno.test("a name cannot break out of a drawing", () => {
  const graph = graphOf([{ name: 'x"]<script>;', op: ops.constant, params: { value: 1 } }]);
  assert.doesNotMatch(graphMermaid(graph), /<script|"\]</);
});

/** The explanation of one step that would run, with these records in the store. */
async function against(
  preimage: Readonly<Record<string, Json>>,
  records: readonly Outcome[],
  more: Partial<FakeStep> = {},
  state: object = { state: "run", preimage },
) {
  const graph = graphOf([
    { name: "one", op: ops.constant },
    { name: "two", op: ops.add, inputs: { number: "one" }, ...more },
  ]);
  async function* outcomes() {
    for (const each of records) yield await Promise.resolve({ outcome: each });
  }
  const steps = [{ node: graph.nodes[1]!, ...state } as unknown as PlannedStep];
  const store = { outcomes } as unknown as Store;
  const [found] = await explain({ graph, steps, diagnostics: [] } as Plan, store);
  return found!;
}
const record = (preimage: Readonly<Record<string, Json>>, date = "2026-01-01") =>
  outcome({}, {
    preimage: { type: "step", format: 1, op: "add", ...preimage },
    provenance: { seconds: 1, host: "here", date, threads: 1 },
  });

Deno.test("of records that are equally near the latest is compared with", async () => {
  const known = { type: "step", format: 2, op: "add", params: { amount: 1 } };
  const dated = ["2026-01-02", "2026-01-03", "2026-01-01"]
    .map((date, value) => record({ params: { amount: 7 + value } }, date));
  const { nearest, differences } = await against(known, dated);
  assert.equal(nearest, dated[1]);
  assert.deepEqual(differences, [{ field: "steps.two.amount", before: 8, now: 1 }]);
  const far = record({ params: { amount: 2, seed: 3 } }, "2026-02-01");
  assert.equal((await against(known, [...dated, far])).nearest, dated[1], "nearer, then later");
});

Deno.test("a hit is its own nearest record, and records of other ops are none", async () => {
  const own = record({});
  const hit = await against({}, [], {}, { state: "hit", outcome: own });
  assert.deepEqual([hit.state, hit.nearest, hit.differences], ["hit", own, []]);
  const other = outcome({}, { preimage: { op: "whole", params: {} } });
  const lone = await against({ op: "add", params: {} }, [other]);
  assert.deepEqual(Object.keys(lone).sort(), ["differences", "node", "state"]);
  const waiting = await against({}, [], {}, { state: "unknown", waits: "one" });
  assert.deepEqual([waiting.state, waiting.waits, waiting.differences], ["unknown", "one", []]);
});

Deno.test("fields that only one of both has, empty ones, and inputs by who makes them", async () => {
  const known = {
    ...{ type: "step", format: 1, op: "add", host: null },
    params: { amount: 1, list: [] },
    inputs: { number: { meta: "a", whole: "b" }, numbers: ["x", "y"] },
  };
  const before = record({
    ...{ host: "there", version: 1 },
    params: { amount: 1, list: [2], seed: 4 },
    inputs: { number: { meta: "a", whole: "c" }, numbers: ["x", "z"] },
  });
  const { differences } = await against(known, [before]);
  assert.deepEqual(differences, [
    { field: "host", before: "there", now: null },
    { field: "steps.two.list", now: [] },
    { field: "number.whole (one)", before: "c", now: "b" },
    { field: "numbers.1", before: "z", now: "y" },
    { field: "steps.two.list.0", before: 2 },
    { field: "steps.two.seed", before: 4 },
  ]);
});

Deno.test("of a step that waits, op, version, code and parameters without references are compared", async () => {
  const own = { ...ops.like, code: "c".repeat(64) } as unknown as AnyOp;
  const step = {
    ...{ op: own, inputs: {}, references: { "list.1.of": "one" } },
    params: { list: [{ of: "x" }, { of: "one", at: 2 }], plain: null },
  };
  const before = outcome({}, {
    preimage: {
      ...{ type: "step", format: 1, op: "like", version: 1, code: "d".repeat(64), host: "here" },
      params: { list: [{ of: "x" }, { of: "digest", at: 3 }], plain: null },
    },
  });
  const { differences } = await against({}, [before], step, { state: "unknown", waits: "one" });
  assert.deepEqual(differences, [
    { field: "code", before: "d".repeat(64), now: "c".repeat(64) },
    { field: "steps.two.list.1.at", before: 3, now: 2 },
    { field: "steps.two.list.1.of", before: "digest" },
  ]);
});
