/** Decoupled distillation (Zhao et al. 2022, arXiv 2203.08679): equation 7 by hand, closed forms, differences of it. */
import { dkd as stated } from "../../../../ops/learn/terms/dkd.ts";
import assert from "node:assert/strict";
import { assertAllNear, assertNear, evaluated, rows, term } from "./support/evaluated.ts";

const one = {
  student: [rows([1, 0.5, -0.5, 0.2])],
  teacher: [rows([2, 1, 0.1, -1])],
  targets: rows([1, 0, 0, 0]),
};

const dkd = (tckd: number, nckd: number, temperature: number) =>
  evaluated(term({ use: "dkd", tckd, nckd, temperature }), one);

Deno.test("DKD's two divergences at T = 1 and 4, and their sum with 1 and 8", async () => {
  // At T = 1 the true class has p = 0.63806635 of the teacher and 0.43879091 of the student: p ln(p / q) + (1 − p)
  // ln((1 − p) / (1 − q)). The others' softmax is [0.64855, 0.26368, 0.08777] and [0.47422, 0.17446, 0.35132].
  assertNear((await dkd(1, 0, 1)).value, 0.08014842);
  assertNear((await dkd(0, 1, 1)).value, 0.1902084);
  assertNear((await dkd(1, 0, 4)).value / 16, 0.00652905, 1e-4, 0);
  assertNear((await dkd(0, 1, 4)).value / 16, 0.01922259, 1e-4, 0);
  assertNear((await dkd(1, 8, 4)).value, 2.56495601, 2e-5);
  // With the weight 1 − p it is the divergence of all four classes, which soft_targets_test.ts has.
  assertNear((await dkd(1, 1 - 0.63806635, 1)).value, 0.14899124);
});

Deno.test("DKD's gradients; that of the true class does not depend on nckd", async () => {
  // Central differences of equation 7 in double precision, by 1e-5.
  const vectors: [number, number, number[]][] = [
    [1, 8, [-0.21179006, -1.40390811, -1.35568558, 2.97138375]],
    [1, 1, [-0.2117901, -0.1070188, -0.1161364, 0.4349453]],
    [0, 1, [0, -0.1852699, -0.1770785, 0.3623484]],
    [1, 0, [-0.2117901, 0.0782511, 0.060942, 0.0725969]],
  ];
  for (const [tckd, nckd, gradient] of vectors) {
    assertAllNear((await dkd(tckd, nckd, 4)).gradients[0]!, gradient, 5e-5);
  }
});

Deno.test("DKD of a student that is sure of itself stays finite", async () => {
  const sure = {
    ...one,
    student: [rows([200, 0, -100, -200])],
    teacher: [rows([-300, 0, 0, 300])],
  };
  const { value, gradients } = await evaluated(term({ use: "dkd", nckd: 1, temperature: 1 }), sure);
  assert.ok([value, ...gradients.flat()].every(Number.isFinite));
});

Deno.test("DKD leaves the true class out at any temperature, and however sure either side is of it", async () => {
  const others = ([, ...z]: readonly number[], t: number) => {
    const powers = z.map((each) => Math.exp(each / t));
    const sum = powers.reduce((a, b) => a + b);
    return powers.map((each) => each / sum);
  };
  const of = (student: readonly number[], teacher: readonly number[], t: number) => {
    const [q, p] = [others(student, t), others(teacher, t)];
    return {
      value: t * t * p.reduce((sum, each, i) => sum + each * Math.log(each / q[i]!), 0),
      gradient: [0, ...q.map((each, i) => t * (each - p[i]!))],
    };
  };
  const found = (said: typeof one, temperature: number) =>
    evaluated(term({ use: "dkd", tckd: 0, nckd: 1, temperature }), said);
  for (const t of [31, 33, 100, 1000, 10_000]) {
    const { value, gradient } = of(one.student[0]!.values, one.teacher[0]!.values, t);
    const answer = await found(one, t);
    assertNear(answer.value, value, 1e-3);
    assertAllNear(answer.gradients[0]!, gradient, 1e-3);
  }
  const sure = {
    ...one,
    student: [rows([5000, 0.5, -0.5, 0.2])],
    teacher: [rows([9000, 1, 0.1, -1])],
  };
  const beside = of(sure.student[0]!.values, sure.teacher[0]!.values, 1);
  assertNear((await found(sure, 1)).value, beside.value);
  assertAllNear((await found(sure, 1)).gradients[0]!, beside.gradient);
});

Deno.test("DKD tells the true class from the rest at a high temperature, sample by sample", async () => {
  const students = [[1, 0.5, -0.5, 0.2], [3, -2, 0, 1]];
  const teachers = [[2, 1, 0.1, -1], [0.5, 4, -1, 0]];
  const classes = [0, 2];
  const of = (t: number) => {
    const truth = (z: readonly number[], y: number) =>
      Math.exp(z[y]! / t) / z.reduce((sum, each) => sum + Math.exp(each / t), 0);
    const each = classes.map((y, i) => {
      const [p, q] = [truth(teachers[i]!, y), truth(students[i]!, y)];
      return p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q));
    });
    return t * t * (each[0]! + each[1]!) / 2;
  };
  const both = {
    student: [rows(...students)],
    teacher: [rows(...teachers)],
    targets: rows([1, 0, 0, 0], [0, 0, 1, 0]),
  };
  for (const t of [31, 33, 100, 1000]) {
    const chosen = term({ use: "dkd", tckd: 1, nckd: 0, temperature: t });
    assertNear((await evaluated(chosen, both)).value, of(t), 1e-3);
  }
});

Deno.test("DKD of a mixed sample leaves both of its classes out", async () => {
  const chosen = term({ use: "dkd", tckd: 0, nckd: 1, temperature: 1 });
  const mixed = (share: number) =>
    evaluated(chosen, { ...one, targets: rows([1 - share, share, 0, 0]) });
  const [p, q] = [Math.exp(0.1), Math.exp(-0.5)].map((a, i) => a / (a + Math.exp(i ? 0.2 : -1)));
  const expected = p! * Math.log(p! / q!) + (1 - p!) * Math.log((1 - p!) / (1 - q!));
  assertNear((await mixed(0.5)).value, expected);
  assertNear((await mixed(0.001)).value, expected);
});

Deno.test("dkd states what it reads and compares", () => {
  assert.deepEqual(stated.reads, { teacher: true, labels: true });
  assert.equal(stated.compares, "classes");
});
