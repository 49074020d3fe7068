import assert from "node:assert/strict";
import { frontOf } from "../../../../engine/report/search/front_table.ts";
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
