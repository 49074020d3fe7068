import { metrics } from "../metrics.ts";
import assert from "node:assert/strict";
import type { RunComparison } from "../../../engine/report/compare.ts";
import {
  comparedRuns,
  comparisonText,
  figureTable,
  stepTable,
} from "../../../engine/report/comparison_tables.ts";

const head = { result: null, recipe: "digits", ok: true, date: "2026-01-02T03:04:05Z", host: "vm" };

const comparison = (more: Partial<RunComparison>): RunComparison => ({
  format: 1,
  a: head,
  b: head,
  figures: [],
  steps: [],
  ...more,
});

Deno.test("each run is a sentence: its recipe, what was set, when, where, and whether it is sound", () => {
  const b = { ...head, settings: { "prune.ratio": 0.5 }, ok: false };
  assert.deepEqual(comparedRuns(comparison({ b })), [
    "A digits, 2026-01-02 03:04 UTC on vm",
    "B digits with prune.ratio=0.5, 2026-01-02 03:04 UTC on vm, not ok",
  ]);
});

Deno.test("figures that differ have a row, models in which none does are named below", () => {
  const table = figureTable(
    comparison({
      figures: [
        { model: "one", figure: "accuracy", a: 0.5, b: 0.75 },
        { model: "one", figure: "parameters", a: 10, b: 10 },
        { model: "two", figure: "loss", a: 1, b: 1 },
        { model: "three", figure: "loss", a: 1 },
        { model: "four", figure: "loss", b: 2 },
      ],
    }),
    metrics,
  );
  assert.deepEqual(table.rows, [
    ["one", "accuracy", "50.0 %", "75.0 %", "+25.0 pt"],
    ["three", "loss", "1.00", "–", "–"],
    ["four", "loss", "–", "2.00", "–"],
  ]);
  assert.deepEqual([table.notes, table.left], [["The same in both: two."], 2]);
  assert.deepEqual(figureTable(comparison({}), metrics).notes, []);
});

Deno.test("steps that differ say in what, and why", () => {
  const table = stepTable(comparison({
    steps: [
      { step: "a", what: "only in A", why: [] },
      { step: "b", what: "only in B", why: [] },
      { step: "c", what: "result", why: ["ratio", "seed"] },
      { step: "d", what: "way", why: ["version"] },
    ],
  }));
  assert.deepEqual(table.rows, [
    ["a", "only in A", ""],
    ["b", "only in B", ""],
    ["c", "its result", "ratio, seed"],
    ["d", "its way to the same result", "version"],
  ]);
  assert.deepEqual(table.notes, []);
  assert.deepEqual(stepTable(comparison({})).notes, ["Every step is the same in both."]);
});

Deno.test("the text has both runs, then a table where there is one, else what is said instead", () => {
  const same = [{ model: "one", figure: "loss", a: 1, b: 1 }];
  assert.equal(
    comparisonText(comparison({ figures: same }), metrics),
    "A digits, 2026-01-02 03:04 UTC on vm\nB digits, 2026-01-02 03:04 UTC on vm\n" +
      "The same in both: one.\nEvery step is the same in both.\n",
  );
  const steps = [{ step: "c", what: "result", why: ["seed"] }] as const;
  assert.match(
    comparisonText(comparison({ steps }), metrics),
    /on vm\nstep {2}differs in {2}because\nc {5}its result {2}seed\n$/,
  );
});

Deno.test("how many steps of a large run were not compared is said of it", () => {
  const [, b] = comparedRuns(comparison({ b: { ...head, unlisted: 12 } }));
  assert.match(b!, /on vm; 12 of its steps are not listed, nor compared$/);
});
