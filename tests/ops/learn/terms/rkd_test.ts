/** Relational distillation (Park et al. 2019, arXiv 1904.05068): equations 6, 7, 9 and 10 worked by hand. */
import { rkd as stated } from "../../../../ops/learn/terms/rkd.ts";
import assert from "node:assert/strict";
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

Deno.test("distances over their mean and angles, and their weighted sum", async () => {
  const parts = (distance_weight: number, angle_weight: number) =>
    value("rkd", student, teacher, { distance_weight, angle_weight });
  // Distances of the pairs 12, 13, 23: the teacher's √5, √5, √10 with the mean 2.54480454, the student's √2.5, √2.5, √2
  // with the mean 1.52549707; so ψₜ is 0.87868, 0.87868, 1.24264 and ψₛ 1.03648, 1.03648, 0.92705. All differ by less
  // than 1, so huber is half the square, and each pair counts twice among the nine.
  assertNear(await parts(1, 0), 0.01659948);
  // Cosines at the corners 1, 2, 3: the teacher's 0, 1/√2, 1/√2; the student's 0.6, 1/√5, 1/√5; each twice among 27.
  // Where two of the three are one sample, both sides are alike.
  assertNear(await parts(0, 1), 0.01833663);
  // The usual weights: 25 · 0.01659948 + 50 · 0.01833663.
  assertNear(await value("rkd", student, teacher), 1.33181828);
});

Deno.test("neither scale, rotation nor shift of all samples counts in distances and angles", async () => {
  for (
    const turned of [{ turn: 1 }, { scale: 3 }, { shift: 5 }, { turn: 2, scale: 0.2, shift: -3 }]
  ) {
    assert.ok(await value("rkd", moved(student, turned), student) < 1e-5);
    assertNear(await value("rkd", moved(student, turned), teacher), 1.33181828, 1e-4);
  }
});

Deno.test("rkd states what it reads and compares", () => {
  assert.deepEqual(stated.reads, { features: true });
  assert.equal(stated.compares, undefined);
});
