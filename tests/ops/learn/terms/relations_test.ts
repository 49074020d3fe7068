/**
 * Published vectors R1–R6 of the project's oracle table: E_t = [[1, 0], [0, 2], [3, 1]],
 * E_s = [[0.5, 0.5], [1, −1], [2, 0]] (three samples of two numbers); in double precision, to eight places.
 */
import assert from "node:assert/strict";
import {
  assertAllNear,
  assertDifferentiable,
  assertNear,
  evaluated,
  matched,
  type Numbers,
  rows,
  term,
} from "./evaluated.ts";

const teacher = rows([1, 0], [0, 2], [3, 1]);
const student = rows([0.5, 0.5], [1, -1], [2, 0]);
const relations = ["rkd", "similarity-preserving", "pkt", "correlation-congruence"] as const;

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
  assertNear(await parts(1, 0), 0.01659948);
  assertNear(await parts(0, 1), 0.01833663);
  assertNear(await value("rkd", student, teacher), 1.33181828);
});

Deno.test("R2, R3, R5: similarity preserving, probabilistic transfer, correlation through a kernel", async () => {
  assertNear(await value("similarity-preserving", student, teacher), 0.02145361);
  // A mean of logarithms of ratios near 1: what float32 keeps of it.
  assertNear(await value("pkt", student, teacher), 0.00237882, 1e-4, 0);
  assertNear(await value("correlation-congruence", student, teacher), 0.01334438);
});

Deno.test("DIST between rows is 0.05761967 on the batch of K13, between columns 0 for a batch of two", async () => {
  const said = {
    student: [rows([1, 0.5, -0.5, 0.2], [0, 1, 0, 2])],
    teacher: [rows([2, 1, 0.1, -1], [0.5, 0.4, 0.3, 3])],
  };
  assertNear((await evaluated(term({ use: "dist", intra: 0 }), said)).value, 0.05761967);
  assertNear((await evaluated(term({ use: "dist", inter: 0 }), said)).value, 0);
});

Deno.test("DIST is 1 − r: of columns by a hand's computation for three samples of two classes", async () => {
  // Two classes: p and 1 − p, so both columns correlate alike, and a row is wholly alike or wholly opposed.
  const p = (z: number) => 1 / (1 + Math.exp(-z));
  const [ours, theirs] = [[0.3, 1, -2], [2, -1, -1]].map((z) => z.map(p));
  const mean = (x: readonly number[]) => x.reduce((sum, each) => sum + each) / x.length;
  const centre = (x: readonly number[]) => x.map((each) => each - mean(x));
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((s, e, i) => s + e * y[i]!, 0);
  const [a, b] = [centre(ours!), centre(theirs!)];
  const r = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  const said = {
    student: [rows([0.3, 0], [1, 0], [-2, 0])],
    teacher: [rows([2, 0], [-1, 0], [-1, 0])],
  };
  assertNear((await evaluated(term({ use: "dist", inter: 0 }), said)).value, 1 - r);
  // Rows: alike, opposed, alike.
  assertNear((await evaluated(term({ use: "dist", intra: 0 }), said)).value, 2 / 3);
});

Deno.test("DIST between rows does not change when a teacher's probabilities are stretched about their mean", async () => {
  // ln of 0.25 + (p − 0.25)/2 has the softmax 0.25 + (p − 0.25)/2.
  const p = [0.5, 0.3, 0.15, 0.05];
  const flatter = p.map((each) => 0.25 + (each - 0.25) / 2);
  const inter = async (probabilities: readonly number[]) =>
    (await evaluated(term({ use: "dist", intra: 0 }), {
      student: [rows([1, 0.5, -0.5, 0.2])],
      teacher: [rows(probabilities.map(Math.log))],
    })).value;
  assertNear(await inter(flatter), await inter(p), 2e-5);
});

Deno.test("equal features give 0, whatever is compared", async () => {
  for (const use of relations) {
    const found = await evaluated(matched(use), { student: [teacher], teacher: [teacher] });
    assert.ok(Math.abs(found.value) < 1e-6, `${use} ${found.value}`);
    assert.ok(found.gradients[0]!.every((g) => Math.abs(g) < 1e-4), `${use} ${found.gradients}`);
  }
  const said = { student: [teacher], teacher: [teacher] };
  assert.ok(Math.abs((await evaluated(term({ use: "dist" }), said)).value) < 1e-6);
});

Deno.test("neither scale, rotation nor shift of all samples counts in distances and angles", async () => {
  for (
    const turned of [{ turn: 1 }, { scale: 3 }, { shift: 5 }, { turn: 2, scale: 0.2, shift: -3 }]
  ) {
    assert.ok(await value("rkd", moved(student, turned), student) < 1e-5);
    assertNear(await value("rkd", moved(student, turned), teacher), 1.33181828, 1e-4);
  }
});

Deno.test("similarity preserving ignores rotation, the order of features and one scale for a batch", async () => {
  const swapped = { ...student, values: [0.5, 0.5, -1, 1, 0, 2] };
  for (const each of [swapped, moved(student, { turn: 1 }), moved(student, { scale: 4 })]) {
    assertNear(await value("similarity-preserving", each, teacher), 0.02145361, 2e-5);
  }
});

Deno.test("R3, R5: probabilistic transfer ignores rotation and each sample's scale; so does the kernel", async () => {
  const stretched = rows([2, 2], [0.1, -0.1], [6, 0]);
  for (const each of [moved(student, { turn: 1 }), stretched]) {
    assertNear(await value("pkt", each, teacher), 0.00237882, 1e-4, 0);
    assertNear(await value("correlation-congruence", each, teacher), 0.01334438, 2e-5);
  }
});

Deno.test("relations do not depend on the order of samples, and widths may differ", async () => {
  const order = ({ values }: Numbers) =>
    rows(values.slice(4, 6), values.slice(0, 2), values.slice(2, 4));
  const wide = rows([1, 0, 0], [0, 2, 0], [3, 1, 0]);
  for (const use of relations) {
    const plain = await value(use, student, teacher);
    assertNear(await value(use, order(student), order(teacher)), plain, 2e-5, 1e-3);
    assertNear(await value(use, student, wide), plain, 2e-5, 1e-3);
  }
});

Deno.test("gradients of relations are what differences say", async () => {
  const theirs = rows([1, 0], [0, 2], [3, 1], [-1, 1]);
  const ours = rows([0.5, 0.7, -1], [1, -1, 0.4], [2, 0, 1], [0.3, 1.2, -0.8]);
  for (const use of relations) {
    await assertDifferentiable(matched(use), { student: [ours], teacher: [theirs] });
  }
  const logits = rows([0.5, 0.7, -1], [1, -1, 0.4], [2, 0, 1]);
  const said = rows([1, 0, 2], [0, 2, -1], [3, 1, 0]);
  await assertDifferentiable(term({ use: "dist", temperature: 2 }), {
    student: [logits],
    teacher: [said],
  });
});

Deno.test("a batch of one sample, and one of equal samples, teach nothing and break nothing", async () => {
  for (const use of relations) {
    for (const batch of [rows([1, 2]), rows([1, 2], [1, 2])]) {
      const { value, gradients } = await evaluated(matched(use), {
        student: [batch],
        teacher: [batch.shape[0] === 1 ? rows([3, 1]) : rows([3, 1], [0, 1])],
      });
      assert.ok(
        [value, ...gradients.flat()].every(Number.isFinite),
        `${use} ${value} ${gradients}`,
      );
    }
  }
  assertAllNear(
    (await evaluated(matched("rkd"), { student: [rows([1, 2])], teacher: [rows([3, 1])] }))
      .gradients[0]!,
    [0, 0],
  );
});
