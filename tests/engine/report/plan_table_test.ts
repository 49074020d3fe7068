import assert from "node:assert/strict";
import type { Facts } from "../../../engine/facts.ts";
import type { Plan, PlannedStep } from "../../../engine/graph/plan.ts";
import { plan } from "../../../engine/graph/plan.ts";
import {
  modelFacts,
  planSeconds,
  planSummary,
  planTable,
} from "../../../engine/report/plan_table.ts";
import { execute } from "../../../engine/run/execute.ts";
import { fingerprint } from "../../../engine/run/host.ts";
import { memoryStore } from "../../../engine/store/memory_store.ts";
import { fakeOps, graphOf, nowhere } from "../run/support/fake.ts";
import { outcome } from "./support/subject.ts";

const ops = fakeOps();
const facts: Facts = { kind: "model", learned: true, established: [], parameters: 1500, macs: 7 };
const graph = graphOf([
  { name: "one", op: ops.constant, facts },
  { name: "two", op: ops.add, inputs: { number: "one" } },
  { name: "three", op: ops.add, inputs: { number: "two" } },
]);
const [one, two, three] = graph.nodes as [
  typeof graph.nodes[0],
  typeof graph.nodes[0],
  typeof graph.nodes[0],
];
const planned = (...steps: PlannedStep[]): Plan => ({ graph, steps, diagnostics: [] });
const hit = { node: one, state: "hit", outcome: outcome() } as PlannedStep;
const run = { node: two, state: "run" } as PlannedStep;
const unknown: PlannedStep = { node: three, state: "unknown", waits: "two" };

Deno.test("a step is recorded, would run, or waits, with what is known of its model, size and time", () => {
  const { head, rows } = planTable(
    planned(hit, run, unknown),
    new Map([["one", 2], ["two", 90]]),
  );
  assert.equal(head.length, 7);
  assert.deepEqual(rows, [
    ["one", "constant", "= recorded", "1.50 k", "7", "10 B", "2.0 s"],
    ["two", "add", "▸ run", "", "", "", "~1 min 30 s"],
    ["three", "add", "? waits for two", "", "", "", ""],
  ]);
  assert.deepEqual([modelFacts(hit), modelFacts(run)], [facts, undefined]);
});

Deno.test("the summary counts, and tells the time where that of each open step is known", () => {
  const summary = (...steps: PlannedStep[]) =>
    planSummary(planned(...steps), new Map([["one", 2], ["two", 60]]));
  assert.equal(
    summary(hit, run, unknown),
    "3 steps: 1 recorded, 1 would run, 1 unknown until then.",
  );
  assert.equal(
    summary(hit, run),
    "2 steps: 1 recorded, 1 would run, 0 unknown until then. About 1 min 00 s.",
  );
  assert.equal(summary(hit), "1 steps: 1 recorded, 0 would run, 0 unknown until then.");
});

Deno.test("a recorded step takes what it took, another what the nearest of this machine took", async () => {
  const store = memoryStore();
  const numbers = (amount: number) =>
    graphOf([
      { name: "one", op: ops.constant, params: { value: 1 } },
      { name: "two", op: ops.add, inputs: { number: "one" }, params: { amount } },
    ]);
  await execute(numbers(1), { store, environment: nowhere });
  const found = await plan(numbers(2), { store, host: fingerprint(nowhere) });
  const seconds = await planSeconds(found, store, nowhere);
  assert.deepEqual([...seconds.keys()], ["one", "two"]);
  const elsewhere = await planSeconds(found, store, { ...nowhere, host: "elsewhere" });
  assert.deepEqual([...elsewhere.keys()], ["one"]);
});

Deno.test("of more than 1000 steps ten of an op and a state have rows, and the others are counted", () => {
  const many = (step: PlannedStep, count: number) => Array.from({ length: count }, () => step);
  const { rows, notes } = planTable(
    planned(...many(hit, 20), ...many(run, 1000), ...many(unknown, 11)),
    new Map(),
  );
  assert.equal(rows.length, 30);
  assert.deepEqual(notes, [
    "and 10 more of `constant` that are recorded",
    "and 990 more of `add` that would run",
    "and 1 more of `add` that wait",
  ]);
});
