/** Similarity preserving (Tung & Mori 2019, arXiv 1907.09682): a batch worked by hand from the definition. */
import assert from "node:assert/strict";
import { similarityPreserving as stated } from "../../../../ops/learn/terms/similarity_preserving.ts";
import { assertNear, evaluated, matched, type Numbers, rows } from "./support/evaluated.ts";

const teacher = rows([1, 0], [0, 2], [3, 1]);

const student = rows([0.5, 0.5], [1, -1], [2, 0]);

const value = async (use: string, ours: Numbers, theirs: Numbers, more = {}) =>
  (await evaluated(matched(use, more), { student: [ours], teacher: [theirs] })).value;

/** Each sample turned by an angle, stretched and moved. */
const moved = ({ values, shape }: Numbers, { turn = 0, scale = 1, shift = 0 }): Numbers => {
  const [c, s] = [Math.cos(turn), Math.sin(turn)];
  const pairs = Array.from(
    { length: values.length / 2 },
    (_, i) => [values[2 * i]!, values[2 * i + 1]!],
  );
  return {
    shape,
    values: pairs.flatMap((
      [x, y],
    ) => [scale * (c * x! - s * y!) + shift, scale * (s * x! + c * y!) - 2 * shift]),
  };
};

Deno.test("similarity preserving of three samples is 0.02145361", async () => {
  // x xᵀ is [[1, 0, 3], [0, 4, 2], [3, 2, 10]] for the teacher, [[0.5, 0, 1], [0, 2, 2], [1, 2, 4]] for the student.
  // Rows over their lengths √10, √20, √113 and √1.25, √8, √21; then the squares of what differs, over 3² = 9.
  assertNear(await value("similarity-preserving", student, teacher), 0.02145361);
});

Deno.test("similarity preserving ignores rotation, the order of features and one scale for a batch", async () => {
  const swapped = { ...student, values: [0.5, 0.5, -1, 1, 0, 2] };
  for (const each of [swapped, moved(student, { turn: 1 }), moved(student, { scale: 4 })]) {
    assertNear(await value("similarity-preserving", each, teacher), 0.02145361, 2e-5);
  }
});

Deno.test("similarity-preserving states what it reads and compares", () => {
  assert.deepEqual(stated.reads, { features: true });
  assert.equal(stated.compares, undefined);
});
