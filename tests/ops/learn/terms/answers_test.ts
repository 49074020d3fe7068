/** Published vectors K9, K10 and K12–K15 of the project's oracle table; batches are written at the tests. */
import assert from "node:assert/strict";
import {
  assertAllNear,
  assertDifferentiable,
  assertNear,
  evaluated,
  type Numbers,
  rows,
  term,
} from "./evaluated.ts";

const one = {
  student: [rows([1, 0.5, -0.5, 0.2])],
  teacher: [rows([2, 1, 0.1, -1])],
  targets: rows([1, 0, 0, 0]),
};
const two = {
  student: [rows([1, 0.5, -0.5, 0.2], [0, 1, 0, 2])],
  teacher: [rows([2, 1, 0.1, -1], [0.5, 0.4, 0.3, 3])],
  targets: rows([1, 0, 0, 0], [0, 0, 0, 1]),
};
const dkd = (tckd: number, nckd: number, temperature: number) =>
  evaluated(term({ use: "dkd", tckd, nckd, temperature }), one);
const soft = (more: object, said = two) => evaluated(term({ use: "soft-targets", ...more }), said);

Deno.test("DKD's two divergences at T = 1 and 4, and their sum with 1 and 8", async () => {
  assertNear((await dkd(1, 0, 1)).value, 0.08014842);
  assertNear((await dkd(0, 1, 1)).value, 0.1902084);
  assertNear((await dkd(1, 0, 4)).value / 16, 0.00652905, 1e-4, 0);
  assertNear((await dkd(0, 1, 4)).value / 16, 0.01922259, 1e-4, 0);
  assertNear((await dkd(1, 8, 4)).value, 2.56495601, 2e-5);
  assertNear((await dkd(1, 1 - 0.63806635, 1)).value, 0.14899124);
});

Deno.test("DKD's gradients; that of the true class does not depend on nckd", async () => {
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

Deno.test("a divergence keeps its digits at a temperature where both answers are nearly even", async () => {
  const softmax = (z: readonly number[], t: number) => {
    const powers = z.map((each) => Math.exp(each / t));
    const sum = powers.reduce((a, b) => a + b);
    return powers.map((each) => each / sum);
  };
  // In double precision: the same sums, with digits enough.
  const divergence = (p: readonly number[], q: readonly number[]) =>
    p.reduce((sum, each, i) => sum + each * Math.log(each / q[i]!), 0);
  const [zs, zt] = [one.student[0]!.values, one.teacher[0]!.values];
  for (const t of [31, 33, 100, 1000, 10_000]) {
    const [q, p] = [softmax(zs, t), softmax(zt, t)];
    for (const [direction, expected] of [["forward", [p, q]], ["reverse", [q, p]]] as const) {
      const chosen = term({ use: "soft-targets", temperature: t, divergence: direction });
      const [from, to] = expected;
      assertNear((await evaluated(chosen, one)).value, t * t * divergence(from, to), 1e-3);
    }
    const y = one.targets!.values.indexOf(1);
    const target = [p, q].map((each) => [each[y]!, 1 - each[y]!]);
    const parts = term({ use: "dkd", tckd: 1, nckd: 0, temperature: t });
    const { value, gradients } = await evaluated(parts, one);
    assertNear(value, t * t * divergence(target[0]!, target[1]!), 2e-3);
    const slope = zs.map((_, i) => {
      const step = 1e-3 * t;
      const [up, down] = [step, -step].map((by) => {
        const moved = softmax(zs.map((z, j) => j === i ? z + by : z), t);
        return t * t * divergence(target[0]!, [moved[y]!, 1 - moved[y]!]);
      });
      return (up! - down!) / (2 * step);
    });
    assertAllNear(gradients[0]!, slope, 2e-2);
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

Deno.test("DIST of an answer without any preference is 1, as torch's correlation of it is 0", async () => {
  const chosen = term({ use: "dist", intra: 0 });
  const flat = { student: [rows([0, 0, 0])], teacher: [rows([0, 1, 2])] };
  assertNear((await evaluated(chosen, flat)).value, 1);
  assertNear((await evaluated(chosen, { ...flat, teacher: flat.student })).value, 1);
});

const peers = [[1, 0, 0], [0, 1, 0], [0, 0, 2]];
/** Labels and peers for model k of a cohort, y = 0. */
async function mutual(k: number, count: number, more = {}) {
  const said = {
    student: [rows(peers[k]!)],
    peers: peers.slice(0, count).filter((_, i) => i !== k).map((row) => rows(row)),
    targets: rows([1, 0, 0]),
  };
  const [hard, others] = [
    await evaluated(term({ use: "labels" }), said),
    await evaluated(term({ use: "peers", ...more }), said),
  ];
  return {
    value: hard.value + others.value,
    gradient: hard.gradients[0]!.map((each, i) => each + others.gradients[0]![i]!),
  };
}

Deno.test("mutual learning of two and of three; peers are constants", async () => {
  assertNear((await mutual(0, 2)).value, 0.91562004);
  assertNear((await mutual(1, 2)).value, 1.91562004);
  assertAllNear((await mutual(0, 2)).gradient, [-0.05970779, -0.15223377, 0.21194156]);
  for (const [k, value] of [1.1232149, 2.1232149, 3.07987859].entries()) {
    assertNear((await mutual(k, 3)).value, value);
  }
});

Deno.test("peers that agree add nothing, to each or to their mean; two have one peer, which is its own mean", async () => {
  for (const target of ["each", "mean"]) {
    const same = rows([1, 0, 0]);
    const said = { student: [same], peers: [same, same] };
    assert.ok(Math.abs((await evaluated(term({ use: "peers", target }), said)).value) < 1e-6);
  }
  assertNear((await mutual(0, 2, { target: "mean" })).value, 0.91562004);
});

Deno.test("peers' mean is of probabilities, as in K12: at T = 4 it is not the softmax of the mean logits", async () => {
  // Against p_s, by hand from the table's mean of probabilities.
  const mean = [0.33360828, 0.26949375, 0.21790303, 0.17899494];
  const own = [0.29511436, 0.26043751, 0.20282893, 0.2416192];
  const expected = 16 * mean.reduce((sum, m, i) => sum + m * Math.log(m / own[i]!), 0);
  const said = { student: one.student, peers: [rows([2, 1, 0.1, -1]), rows([1.5, 0.8, 0, -0.5])] };
  const chosen = term({ use: "peers", target: "mean", temperature: 4 });
  assertNear((await evaluated(chosen, said)).value, expected, 1e-4);
});

/** Cross-entropy of soft answers less their entropy: the divergence, from the table's cross-entropies. */
function divergence(crossEntropy: number, temperatures: readonly number[]): number {
  const entropies = two.teacher[0]!.values.reduce<number[][]>((lists, z, i) => {
    (lists[Math.floor(i / 4)] ??= []).push(z / temperatures[Math.floor(i / 4)]!);
    return lists;
  }, []).map((z) => {
    const powers = z.map(Math.exp);
    const sum = powers.reduce((a, b) => a + b);
    return -powers.reduce((total, power) => total + power / sum * Math.log(power / sum), 0);
  });
  return crossEntropy - entropies.reduce((a, b) => a + b) / entropies.length;
}

Deno.test("temperatures per sample: where student and teacher disagree, and where the student is unsure", async () => {
  const cases: [
    use: string,
    more: object,
    temperatures: number[],
    crossEntropy: number | undefined,
  ][] = [
    ["flsw", { gamma: 1 }, [3.90547595, 4.09452405], 1.35970587],
    ["cwsm", {}, [3.68103088, 4.31896912], undefined],
  ];
  for (const [use, more, temperatures, crossEntropy] of cases) {
    const plain = await soft({ temperature: { use, base: 4, beta: 1, ...more }, scale: "none" });
    if (crossEntropy !== undefined) {
      assertNear(plain.value, divergence(crossEntropy, temperatures), 1e-4);
    }
    // Both samples apart, each at its own temperature, are the same thing.
    const apart = await Promise.all(temperatures.map((temperature, row) => {
      const at = ({ values }: Numbers) => rows(values.slice(4 * row, 4 * row + 4));
      const said = {
        student: two.student.map(at),
        teacher: two.teacher.map(at),
        targets: at(two.targets),
      };
      return soft({ temperature, scale: "none" }, said);
    }));
    assertNear(plain.value, (apart[0]!.value + apart[1]!.value) / 2, 1e-4);
    assertAllNear(
      plain.gradients[0]!,
      apart.flatMap(({ gradients }) => gradients[0]!.map((g) => g / 2)),
      1e-4,
    );
  }
  assertNear((await soft({ scale: "none" })).value, divergence(1.35927596, [4, 4]), 1e-4);
});

Deno.test("a teacher that is wrong has its best guess swapped with the truth; one that is right is left alone", async () => {
  const wrong = {
    student: [rows([0, 0, 0])],
    teacher: [rows([0.3, 2, 1])],
    targets: rows([0, 0, 1]),
  };
  const right = { ...wrong, teacher: [rows([0.3, 1, 2])] };
  const swapped = await soft({ teacher_errors: "swap" }, wrong);
  assertNear(swapped.value, (await soft({}, right)).value);
  assertNear((await soft({ teacher_errors: "swap" }, right)).value, swapped.value);
  assert.notEqual((await soft({}, wrong)).gradients[0]![1], swapped.gradients[0]![1]);
});

Deno.test("standardized logits at T = 2; scale and offset of either side mean nothing", async () => {
  const standard = { temperature: 2, standardize: "sample" };
  const plain = await soft({ ...standard, scale: "none" });
  assertNear(plain.value, 0.02942528, 2e-5);
  const stretched = (each: Numbers) => ({ ...each, values: each.values.map((z) => 7 * z - 3) });
  const said = { ...two, student: two.student.map(stretched), teacher: two.teacher };
  assertNear((await soft({ ...standard, scale: "none" }, said)).value, 0.02942528, 2e-5);
});

Deno.test("gradients are what differences say", async () => {
  await assertDifferentiable(term({ use: "dkd", nckd: 3, temperature: 2 }), two);
  await assertDifferentiable(
    term({ use: "soft-targets", standardize: "sample", temperature: 2 }),
    two,
  );
  const said = { student: [rows(peers[0]!)], peers: [rows(peers[1]!), rows(peers[2]!)] };
  for (const target of ["each", "mean"]) {
    await assertDifferentiable(term({ use: "peers", target, temperature: 2 }), said);
  }
});
