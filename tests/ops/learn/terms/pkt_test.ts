/** Probabilistic transfer (Passalis & Tefas 2018, arXiv 1803.10837): a batch worked by hand from the definition. */
import assert from "node:assert/strict";
import { pkt as stated } from "../../../../ops/learn/terms/pkt.ts";
import { assertNear, evaluated, matched, type Numbers, rows } from "./support/evaluated.ts";

const teacher = rows([1, 0], [0, 2], [3, 1]);

const student = rows([0.5, 0.5], [1, -1], [2, 0]);

const value = async (use: string, ours: Numbers, theirs: Numbers, more = {}) =>
  (await evaluated(matched(use, more), { student: [ours], teacher: [theirs] })).value;

Deno.test("probabilistic transfer of three samples is 0.00237882", async () => {
  // (1 + cos) / 2 of the teacher's pairs 12, 13, 23: 0.5, 0.97434165, 0.65811388; of the student's 0.5, 0.85355339
  // twice. Rows divided by their sums: the first is [0.40414791, 0.20207395, 0.39377814] against [0.42488945,
  // 0.21244472, 0.36266583]. The value is the mean over all nine of pₜ ln(pₜ / pₛ). A mean of logarithms of ratios near
  // 1: what float32 keeps of it.
  assertNear(await value("pkt", student, teacher), 0.00237882, 1e-4, 0);
});

Deno.test("pkt states what it reads and compares", () => {
  assert.deepEqual(stated.reads, { features: true });
  assert.equal(stated.compares, undefined);
});
