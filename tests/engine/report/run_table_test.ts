import assert from "node:assert/strict";
import { runTable } from "../../../engine/report/run_table.ts";
import { fakeOps, graphOf } from "../run/support/fake.ts";
import { measured, statesOf } from "./support/subject.ts";

const ops = fakeOps();
const steps = [
  { name: "a", op: ops.constant },
  { name: "a-test", op: ops.score, inputs: { model: "a" } },
];

Deno.test("a run is shown by its models, a sweep by its points", () => {
  const graph = graphOf(steps, { result: "a" });
  const ended = { "a-test": measured({ loss: 2 }) };
  assert.deepEqual(runTable(graph, statesOf(graph, ended)).rows, [["a  result", "2.00"]]);
  const points = [{ values: { width: 4 }, names: {}, result: "a" }];
  const swept = graphOf(steps, { sweep: { points, pareto: [] } });
  assert.deepEqual(runTable(swept, statesOf(swept, ended)).rows, [["4", "2.00"]]);
  assert.deepEqual(runTable(graph, new Map()).rows, []);
});
