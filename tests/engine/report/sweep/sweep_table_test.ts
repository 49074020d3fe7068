import assert from "node:assert/strict";
import {
  type PointRow,
  pointTable,
  sweepTable,
} from "../../../../engine/report/sweep/sweep_table.ts";
import { graphOf } from "../../run/support/fake.ts";

const row = (more: Partial<PointRow>): PointRow => ({
  values: {},
  metrics: undefined,
  accuracy: undefined,
  difference: undefined,
  shrinkage: undefined,
  pareto: false,
  ...more,
});

Deno.test("variables stand first, each once, and a point that lacks one has a dash", () => {
  const table = pointTable(
    [row({ values: { a: 1, b: "x" } }), row({ values: { a: [2, 3], c: true }, pareto: true })],
    true,
    ["note"],
  );
  assert.deepEqual(table, {
    head: ["", "a", "b", "c"],
    rows: [["", "1", "x", "–"], ["◆", "[2,3]", "–", "true"]],
    notes: ["note"],
    left: 4,
  });
  assert.deepEqual(pointTable([row({ values: { a: 1 } })], false, []).left, 1);
});

Deno.test("accuracy has the spread of its repeats, or the interval of its samples, or neither", () => {
  const cell = (more: Partial<PointRow>) => pointTable([row(more)], false, []).rows[0]![0];
  assert.equal(cell({ accuracy: { mean: 0.9, deviation: 0.0123, count: 3 } }), "90.0 ± 1.2 % (3)");
  assert.equal(cell({ metrics: { accuracy: 0.9, samples: 100, metrics: {} } }), "90.0 ±6.0 %");
  assert.equal(cell({ metrics: { accuracy: 0.9, metrics: {} } }), "90.0 %");
});

Deno.test("each figure has its column where some point has it, a loss only without accuracy", () => {
  const bytes = { raw: 1, encoded: 2000, gzip: 1000, format: "tfjs" };
  const all = {
    agreement: 0.5,
    loss: 2,
    parameters: 3000,
    macs: 4000,
    latency: 5,
    bytes,
    metrics: {},
  };
  const table = pointTable(
    [row({ metrics: all, difference: 0.1, shrinkage: 2.04 }), row({})],
    false,
    [],
  );
  assert.deepEqual(table.head, [
    ...["Δ", "agrees", "loss", "parameters", "MACs", "bytes", "÷", "gzip", "latency"],
  ]);
  assert.deepEqual(table.rows, [
    ["+10.0 pt", "50.0 %", "2.00", "3.00 k", "4.00 k", "2.00 kB", "2.0", "1.00 kB", "5.00 ms"],
    Array(9).fill("–"),
  ]);
  const measured = pointTable([row({ metrics: { ...all, accuracy: 1 } })], false, []);
  assert.equal(measured.head.includes("loss"), false);
});

Deno.test("the note says what ± is, and what the mark is where points are weighed", () => {
  const group = { ...row({ values: { a: 1 } }), results: [], references: [] };
  const point = { values: { a: 1 }, names: {} };
  const notes = (count: number, pareto: readonly string[]) => {
    const points = Array(count).fill(point);
    const { recipe } = graphOf([], { sweep: { points, pareto } });
    return sweepTable(recipe, [{ ...group, points }]).notes;
  };
  assert.deepEqual(notes(1, []), ["± 95 % interval of the samples."]);
  assert.deepEqual(notes(1, ["result.loss"]), [
    "± 95 % interval of the samples. ◆ no other is as good in result.loss and better in one.",
  ]);
  assert.deepEqual(notes(2, ["result.loss", "result.bytes"]), [
    "mean ± standard deviation (repeats by seed). ◆ no other is as good in result.loss and " +
    "result.bytes and better in one.",
  ]);
});
