/** Probabilistic transfer: published vector R3 of the project's oracle table. */
import assert from "node:assert/strict";
import { pkt as stated } from "../../../../ops/learn/terms/pkt.ts";
import { assertNear, evaluated, matched, type Numbers, rows } from "./support/evaluated.ts";

const teacher = rows([1, 0], [0, 2], [3, 1]);

const student = rows([0.5, 0.5], [1, -1], [2, 0]);

const value = async (use: string, ours: Numbers, theirs: Numbers, more = {}) =>
  (await evaluated(matched(use, more), { student: [ours], teacher: [theirs] })).value;

Deno.test("probabilistic transfer of the published batch is 0.00237882", async () => {
  // A mean of logarithms of ratios near 1: what float32 keeps of it.
  assertNear(await value("pkt", student, teacher), 0.00237882, 1e-4, 0);
});

Deno.test("pkt states what it reads and compares", () => {
  assert.deepEqual(stated.reads, { features: true });
  assert.equal(stated.compares, undefined);
});
