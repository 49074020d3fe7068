import { metrics } from "../../metrics.ts";
import assert from "node:assert/strict";
import type {
  SearchDocument,
  TrialDocument,
} from "../../../../engine/report/search/search_document.ts";
import { searchTable } from "../../../../engine/report/search/search_table.ts";

const trial = (more: Partial<TrialDocument>): TrialDocument => ({
  values: { x: 1 },
  value: 2000,
  satisfied: true,
  where: [],
  violation: 0,
  seconds: 1,
  ...more,
});

const search = (more: Partial<SearchDocument>): SearchDocument => ({
  strategy: "grid",
  points: 3,
  most: 3,
  minimize: "result.bytes",
  where: [],
  trials: [],
  winner: null,
  ended: "points",
  ...more,
});

Deno.test("a trial has its number, its values, what is made best in its unit, and whether its claims hold", () => {
  const trials = [
    trial({ values: { x: 1, y: "a" }, metrics: { loss: 3, metrics: {} } }),
    trial({ values: { x: 2, y: "b" }, satisfied: false, value: null }),
    trial({ values: { x: 3, y: "c" }, failed: "it broke", satisfied: false, value: null }),
  ];
  assert.deepEqual(searchTable(search({ trials, winner: 0 }), metrics), {
    head: ["", "trial", "x", "y", "result.bytes", "loss", "holds"],
    rows: [
      ["◆", "1", "1", "a", "2 kB", "3.00", "✓"],
      ["", "2", "2", "b", "–", "–", "✗"],
      ["", "3", "3", "c", "–", "–", "failed"],
    ],
    left: 4,
    notes: ["Measured on validation samples, ± 95 % interval of them."],
  });
});

Deno.test("what must hold is said below, and what is made large has its unit too", () => {
  const { minimize: _, ...document } = search({
    maximize: "result.accuracy",
    trials: [trial({ value: 0.5 })],
    where: ["result.bytes <= 1 kB", "result.loss < 2"],
  });
  const table = searchTable(document, metrics);
  assert.deepEqual(table.rows, [["", "1", "1", "50.0 %", "✓"]]);
  assert.deepEqual(table.notes, [
    "Measured on validation samples, ± 95 % interval of them. ✓ result.bytes <= 1 kB and result.loss < 2.",
  ]);
});
