import assert from "node:assert/strict";
import { frontOf, frontTable } from "../../../../engine/report/search/front_table.ts";
import { metrics } from "../../metrics.ts";
import { tableText } from "../../../../engine/report/table.ts";
import type { TrialDocument } from "../../../../engine/report/search/search_document.ts";

const trial = (value: number | null, accuracy?: number): TrialDocument => ({
  values: {},
  value,
  satisfied: true,
  where: [],
  violation: 0,
  seconds: 0,
  ...accuracy === undefined ? {} : { metrics: { accuracy, metrics: {} } as never },
});

const best = { metric: "accuracy", aim: "maximize" } as const;

Deno.test("the front has what no other surpasses in both, the smallest first", () => {
  const trials = [trial(50, 0.9), trial(30, 0.8), trial(40, 0.7), trial(60, 0.9), trial(20, 0.5)];
  assert.deepEqual(frontOf({ trials }, best), [4, 1, 0]);
});

Deno.test("equals stand side by side, and what failed or was not measured nowhere", () => {
  const trials = [trial(30, 0.8), trial(30, 0.8), trial(null), trial(10)];
  assert.deepEqual(frontOf({ trials }, best), [0, 1]);
  assert.deepEqual(frontOf({ trials: [] }, best), []);
});

Deno.test("an error is better where it is less, and what is made large comes from the top", () => {
  const error = { metric: "accuracy", aim: "minimize" } as const;
  const trials = [trial(50, 0.9), trial(30, 0.8), trial(40, 0.7)];
  assert.deepEqual(frontOf({ trials }, error), [1, 2]);
  assert.deepEqual(frontOf({ trials, maximize: "result.bytes" }, best), [0]);
});

Deno.test("the table has trial, values, size, quality and whether the claims hold, and fits a terminal", () => {
  const row = (value: number, accuracy: number): TrialDocument => ({
    ...trial(value, accuracy),
    values: { way: "prune 0.03125, quantize tensor" },
    metrics: {
      ...{ accuracy, agreement: 0.9, samples: 1000, parameters: 1000, macs: 10 },
      bytes: { raw: 4, encoded: value, gzip: value, format: "onnx" },
      metrics: {},
    } as never,
  });
  const rest = { strategy: "grid", points: 2, most: 2, where: [], ended: "points" } as const;
  const search = { ...rest, minimize: "result.bytes", trials: [row(2000, 0.8), row(1000, 0.5)] };
  const table = frontTable({ ...search, winner: 0 }, best, metrics);
  assert.deepEqual(table.head, [
    ...["", "trial", "way", "result.bytes", "accuracy", "agrees", "parameters", "holds"],
  ]);
  assert.deepEqual(table.rows.map((cells) => [cells[0], cells[1], cells[3], cells[6]]), [
    ["", "2", "1 kB", "1.00 k"],
    ["◆", "1", "2 kB", "1.00 k"],
  ]);
  assert.ok(tableText(table).split("\n").every((line) => line.length <= 100), tableText(table));
});

Deno.test("a quality that is no column of the search is one here, in front of whether the claims hold", () => {
  const error = { metric: "mae", aim: "minimize" } as const;
  const row = (value: number, mae?: number): TrialDocument => ({
    ...trial(value),
    metrics: { loss: 3, metrics: mae === undefined ? {} : { mae } } as never,
  });
  const rest = { strategy: "grid", points: 2, most: 2, where: [], ended: "points" } as const;
  const trials = [row(2000, 0.25), row(1000, 0.5), row(10)];
  const search = { ...rest, minimize: "result.bytes", trials, winner: null };
  const { head, rows } = frontTable(search, error, metrics);
  assert.deepEqual(head, ["", "trial", "result.bytes", "mean absolute error", "holds"]);
  assert.deepEqual(rows.map((cells) => cells.slice(1)), [
    ["2", "1 kB", "0.500", "✓"],
    ["1", "2 kB", "0.250", "✓"],
  ]);
});
