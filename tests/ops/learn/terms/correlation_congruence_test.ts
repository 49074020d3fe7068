/** Correlation through a kernel (Peng et al. 2019, arXiv 1904.01802): a batch worked by hand from equation 7. */
import assert from "node:assert/strict";
import { correlationCongruence as stated } from "../../../../ops/learn/terms/correlation_congruence.ts";
import { assertNear, evaluated, matched, type Numbers, rows } from "./support/evaluated.ts";

const teacher = rows([1, 0], [0, 2], [3, 1]);

const student = rows([0.5, 0.5], [1, -1], [2, 0]);

const value = async (use: string, ours: Numbers, theirs: Numbers, more = {}) =>
  (await evaluated(matched(use, more), { student: [ours], teacher: [theirs] })).value;

Deno.test("correlation through a kernel of three samples is 0.01334438", async () => {
  // K(c) = e^(−0.8) (1 + 0.8 c + 0.32 c²) of the cosines of the pairs 12, 13, 23: the teacher's 0, 3/√10, 1/√10, the
  // student's 0, 1/√2, 1/√2. The value is 2 · (0 + (K(3/√10) − K(1/√2))² + (K(1/√10) − K(1/√2))²) / 9.
  assertNear(await value("correlation-congruence", student, teacher), 0.01334438);
});

Deno.test("correlation-congruence states what it reads and compares", () => {
  assert.deepEqual(stated.reads, { features: true });
  assert.equal(stated.compares, undefined);
});
