/** Correlation through a kernel: published vector R5 of the project's oracle table. */
import assert from "node:assert/strict";
import { correlationCongruence as stated } from "../../../../ops/learn/terms/correlation_congruence.ts";
import { assertNear, evaluated, matched, type Numbers, rows } from "./support/evaluated.ts";

const teacher = rows([1, 0], [0, 2], [3, 1]);

const student = rows([0.5, 0.5], [1, -1], [2, 0]);

const value = async (use: string, ours: Numbers, theirs: Numbers, more = {}) =>
  (await evaluated(matched(use, more), { student: [ours], teacher: [theirs] })).value;

Deno.test("correlation through a kernel of the published batch is 0.01334438", async () => {
  assertNear(await value("correlation-congruence", student, teacher), 0.01334438);
});

Deno.test("correlation-congruence states what it reads and compares", () => {
  assert.deepEqual(stated.reads, { features: true });
  assert.equal(stated.compares, undefined);
});
