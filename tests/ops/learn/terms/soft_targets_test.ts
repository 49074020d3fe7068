/**
 * Soft targets (Hinton et al. 2015, arXiv 1503.02531): worked by hand, numbers computed in double precision from the
 * formula beside them.
 */
import { softTargets as stated } from "../../../../ops/learn/terms/soft_targets.ts";
import assert from "node:assert/strict";
import { type Room, withTensors } from "../../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { curveAt } from "../../../../ops/learn/curve.ts";
import { type LossTerm, termValue } from "../../../../ops/learn/terms/terms.ts";
import { shapeOf } from "../../declared.ts";
import {
  assertAllNear,
  assertNear,
  evaluated,
  type Numbers,
  rows,
  term,
} from "./support/evaluated.ts";

refuseLeaks(true);

const TEACHER = [2, 1, 0.1, -1];

const STUDENT = [1, 0.5, -0.5, 0.2];

interface Row {
  readonly student?: readonly number[];
  readonly teacher?: readonly number[];
  readonly targets?: readonly number[];
  readonly rows?: number;
  readonly task?: "classification" | "regression" | "multi-label";
}

/** Value of a term and its gradient for the student's logits; a gradient for the teacher would be an error. */
async function oneRow(
  term: LossTerm,
  said: Row = {},
): Promise<{ value: number; gradient: number[] }> {
  const { student = STUDENT, teacher = TEACHER, rows = 1, task = "classification" } = said;
  const targets = said.targets ?? student.map((_, i) => i % (student.length / rows) === 0 ? 1 : 0);
  return await withTensors((room: Room) => {
    const shape = [rows, student.length / rows];
    const [logits, theirs, truth] = [student, teacher, targets].map((values) =>
      room.tensor(Float32Array.from(values), shape)
    );
    const at = (curve: Parameters<typeof curveAt>[0]) => curveAt(curve, 0, 1);
    const { value, gradients } = room.valueAndGradients(
      () => termValue({ room, task, logits: logits!, targets: truth!, teacher: theirs!, at }, term),
      [logits!],
    );
    const result = { value: room.values(value)[0]!, gradient: [...room.values(gradients[0]!)] };
    for (const tensor of [logits!, theirs!, truth!, value, gradients[0]!]) tensor.dispose();
    return result;
  });
}

const soft = (
  temperature: number,
  more: Partial<Extract<LossTerm, { use: "soft-targets" }>> = {},
): LossTerm => ({
  use: "soft-targets",
  weight: 1,
  temperature,
  scale: "t-squared",
  divergence: "forward",
  teacher_errors: "keep",
  standardize: "none",
  ...more,
});

const two = {
  student: [rows([1, 0.5, -0.5, 0.2], [0, 1, 0, 2])],
  teacher: [rows([2, 1, 0.1, -1], [0.5, 0.4, 0.3, 3])],
  targets: rows([1, 0, 0, 0], [0, 0, 0, 1]),
};

const softOf = (more: object, said = two) =>
  evaluated(term({ use: "soft-targets", ...more }), said);

/** Cross-entropy of soft answers less their entropy: the divergence. */
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

Deno.test("soft targets are T² KL with gradient T (p_s − p_t) at T = 1, 2, 4, 20", async () => {
  // At T = 1 the teacher's softmax is [0.63806635, 0.23473149, 0.0954347, 0.03176745], the student's [0.43879091,
  // 0.26614014, 0.09790749, 0.19716146]: the gradient is what they differ by, the value Σ pₜ ln(pₜ / pₛ).
  const vectors: [temperature: number, value: number, gradient: number[]][] = [
    [1, 0.14899124, [-0.19927544, 0.03140865, 0.00247278, 0.16539401]],
    [2, 0.24862527, [-0.21778065, -0.01415748, -0.02560695, 0.25754507]],
    [4, 0.30497582, [-0.21179006, -0.04253341, -0.05450218, 0.30882565]],
    [20, 0.34660572, [-0.19825701, -0.06394263, -0.08520002, 0.34739967]],
  ];
  for (const [temperature, value, gradient] of vectors) {
    const found = await oneRow(soft(temperature));
    assertNear(found.value, value, temperature > 4 ? 1e-4 : 1e-5);
    assertAllNear(found.gradient, gradient, temperature > 4 ? 1e-4 : 1e-5);
  }
});

Deno.test("without the scale the value is the divergence itself", async () => {
  // The values of the test above over 2² and 4².
  for (const [temperature, value] of [[2, 0.06215632], [4, 0.01906099]] as const) {
    assertNear((await oneRow(soft(temperature, { scale: "none" }))).value, value, 2e-5);
  }
});

Deno.test("a high temperature tends to half the squared centred difference over K", async () => {
  // The divergence itself is 3.4e-3 and 1.4e-4 here: float32 keeps fewer and fewer of its digits.
  assertNear((await oneRow(soft(10))).value, 0.33677469, 1e-4);
  assertNear((await oneRow(soft(50))).value, 0.35226881, 2e-3);
  // z_s − z_t = [−1, −0.5, −0.6, 1.2], whose mean is −0.225: what is left of each, over K = 4.
  const found = await oneRow(soft(100));
  const limit = [-0.19375, -0.06875, -0.09375, 0.35625];
  found.gradient.forEach((value, i) => assert.ok(Math.abs(value - limit[i]!) < 2e-3));
});

Deno.test("shifting either side's logits changes nothing, equal sides give zero, gradients sum to zero", async () => {
  const plain = await oneRow(soft(4));
  const shifted = await oneRow(soft(4), {
    student: STUDENT.map((z) => z + 3),
    teacher: TEACHER.map((z) => z - 2),
  });
  assertNear(shifted.value, plain.value, 2e-5);
  assertAllNear(shifted.gradient, plain.gradient, 2e-5);
  const same = await oneRow(soft(4), { student: TEACHER });
  assert.ok(Math.abs(same.value) < 1e-6);
  same.gradient.forEach((value) => assert.ok(Math.abs(value) < 1e-6));
  assert.ok(Math.abs(plain.gradient.reduce((sum, each) => sum + each)) < 1e-6);
});

Deno.test("permuting classes on both sides permutes the gradient", async () => {
  const order = [2, 0, 3, 1];
  const plain = await oneRow(soft(2));
  const permuted = await oneRow(soft(2), {
    student: order.map((i) => STUDENT[i]!),
    teacher: order.map((i) => TEACHER[i]!),
  });
  assertNear(permuted.value, plain.value);
  assertAllNear(permuted.gradient, order.map((i) => plain.gradient[i]!));
});

Deno.test("reverse is KL of the student to the teacher, and not the same", async () => {
  const reverse = (temperature: number) =>
    oneRow(soft(temperature, { divergence: "reverse", scale: "none" }));
  // Σ pₛ ln(pₛ / pₜ) of the probabilities at T = 1 and 4.
  assertNear((await reverse(1)).value, 0.23156902);
  assertNear((await reverse(4)).value, 0.02071081, 2e-5);
});

Deno.test("the reverse form's gradient is what finite differences of its closed form say", async () => {
  const softmax = (z: readonly number[]) => {
    const powers = z.map(Math.exp);
    const sum = powers.reduce((a, b) => a + b);
    return powers.map((each) => each / sum);
  };
  const value = (student: readonly number[]) => {
    const [ours, theirs] = [softmax(student), softmax(TEACHER)];
    return ours.reduce((sum, p, i) => sum + p * Math.log(p / theirs[i]!), 0);
  };
  const numeric = STUDENT.map((_, i) => {
    const moved = (by: number) => value(STUDENT.map((z, k) => k === i ? z + by : z));
    return (moved(1e-5) - moved(-1e-5)) / 2e-5;
  });
  assertAllNear((await oneRow(soft(1, { divergence: "reverse" }))).gradient, numeric, 2e-5);
});

Deno.test("a batch is meaned over its rows and summed over classes, never divided by the classes", async () => {
  const twice = { student: [...STUDENT, ...TEACHER], teacher: [...TEACHER, ...TEACHER], rows: 2 };
  const found = await oneRow(soft(1), twice);
  assertNear(found.value, 0.14899124 / 2, 2e-5);
  assertAllNear(
    found.gradient.slice(0, 4),
    [-0.19927544, 0.03140865, 0.00247278, 0.16539401].map((g) => g / 2),
    2e-5,
  );
});

Deno.test("a temperature that moves is taken at the moment", async () => {
  const falling = soft(0, { temperature: { use: "linear", start: 4, end: 1 } } as never);
  assertNear((await oneRow(falling)).value, 0.30497582);
});

Deno.test("temperatures per sample: where student and teacher disagree, and where the student is unsure", async () => {
  // τ = 4 + (mean w − w), as TextBrewer's `presets.py` has it. flsw: w = 1 − z_s · z_t / ((‖z_s‖ + 1e-4) (‖z_t‖ +
  // 1e-4)) = 0.26051016 and 0.07146205; cwsm: w = 1 / (max pₛ + 1e-3) = 2.2738078 and 1.63586955. The cross-entropy is
  // the mean of −Σ pₜ ln pₛ of both samples, each at its τ.
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
    const plain = await softOf({ temperature: { use, base: 4, beta: 1, ...more }, scale: "none" });
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
      return softOf({ temperature, scale: "none" }, said);
    }));
    assertNear(plain.value, (apart[0]!.value + apart[1]!.value) / 2, 1e-4);
    assertAllNear(
      plain.gradients[0]!,
      apart.flatMap(({ gradients }) => gradients[0]!.map((g) => g / 2)),
      1e-4,
    );
  }
  // The same at T = 4 for both.
  assertNear((await softOf({ scale: "none" })).value, divergence(1.35927596, [4, 4]), 1e-4);
});

Deno.test("a teacher that is wrong has its best guess swapped with the truth; one that is right is left alone", async () => {
  const wrong = {
    student: [rows([0, 0, 0])],
    teacher: [rows([0.3, 2, 1])],
    targets: rows([0, 0, 1]),
  };
  const right = { ...wrong, teacher: [rows([0.3, 1, 2])] };
  const swapped = await softOf({ teacher_errors: "swap" }, wrong);
  assertNear(swapped.value, (await softOf({}, right)).value);
  assertNear((await softOf({ teacher_errors: "swap" }, right)).value, swapped.value);
  assert.notEqual((await softOf({}, wrong)).gradients[0]![1], swapped.gradients[0]![1]);
});

Deno.test("standardized logits at T = 2; scale and offset of either side mean nothing", async () => {
  // Each row less its mean, over its deviation (that divides by K − 1 = 3), then the mean of Σ pₜ ln(pₜ / pₛ) at T = 2.
  const standard = { temperature: 2, standardize: "sample" };
  const plain = await softOf({ ...standard, scale: "none" });
  assertNear(plain.value, 0.02942528, 2e-5);
  const stretched = (each: Numbers) => ({ ...each, values: each.values.map((z) => 7 * z - 3) });
  const said = { ...two, student: two.student.map(stretched), teacher: two.teacher };
  assertNear((await softOf({ ...standard, scale: "none" }, said)).value, 0.02942528, 2e-5);
});

Deno.test("soft-targets states what it reads and compares", () => {
  assert.deepEqual(stated.reads, {
    teacher: true,
    labels: { where: "teacher_errors", is: "swap" },
  });
  assert.equal(stated.compares, "probabilities");
});

Deno.test("a temperature is above 0, for a batch or for each sample", () => {
  const { properties } = shapeOf(stated.schema) as unknown as {
    readonly properties: { readonly temperature: Readonly<Record<string, unknown>> };
  };
  const [above, any] = [{ type: "number", exclusiveMinimum: 0 }, { type: "number" }];
  const fields = (properties: Record<string, unknown>) => ({
    ...{ type: "object", properties, required: Object.keys(properties) },
  });
  assert.deepEqual(properties.temperature, {
    default: 4,
    "x-curve": { exclusiveMinimum: 0 },
    "x-curve-also": {
      flsw: fields({ base: above, beta: any, gamma: { type: "number", minimum: 0 } }),
      cwsm: fields({ base: above, beta: any }),
    },
  });
});

Deno.test("a wrong teacher's best guess changes places with the true class, wherever that stands", async () => {
  const swap = (targets: readonly number[], teacher = TEACHER) =>
    oneRow(soft(2, { teacher_errors: "swap" }), { targets, teacher });
  const kept = (teacher: readonly number[]) => oneRow(soft(2), { teacher });
  assert.deepEqual(await swap([1, 0, 0, 0]), await kept([2, 1, 0.1, -1]));
  assert.deepEqual(await swap([0, 0, 1, 0]), await kept([0.1, 1, 2, -1]));
  assert.deepEqual(await swap([0, 0, 0, 1]), await kept([-1, 1, 0.1, 2]));
  assert.deepEqual(await swap([0, 1, 0, 0], [0, 1, 3, 2]), await kept([0, 3, 1, 2]));
});

Deno.test("several labels: the divergence of Bernoulli distributions at T, the mean over batch and labels, times T²", async () => {
  const [student, teacher] = [[1, -2, 0.5, 3, -1, 0], [2, -1, 0.1, -3, -1, 4]];
  const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
  const kl = (a: number, b: number) => {
    const [p, q] = [sigmoid(a), sigmoid(b)];
    return p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q));
  };
  const said = { student, teacher, rows: 2, task: "multi-label" } as const;
  for (const T of [1, 2, 5]) {
    const forward = student.reduce((sum, z, i) => sum + kl(teacher[i]! / T, z / T), 0) / 6;
    const found = await oneRow(soft(T), said);
    assertNear(found.value, T * T * forward);
    assertAllNear(
      found.gradient,
      student.map((z, i) => T * (sigmoid(z / T) - sigmoid(teacher[i]! / T)) / 6),
    );
    const reverse = student.reduce((sum, z, i) => sum + kl(z / T, teacher[i]! / T), 0) / 6;
    const other = await oneRow(soft(T, { divergence: "reverse", scale: "none" }), said);
    assertNear(other.value, reverse);
  }
});

Deno.test("what is of classes alone is refused where a sample may have several labels", () => {
  const labels = { kind: "dataset", task: "multi-label" } as const;
  const refused = (more: Parameters<typeof soft>[1]) =>
    stated.refusesData!(soft(4, more) as never, labels)?.field;
  assert.equal(refused({}), undefined);
  assert.equal(refused({ teacher_errors: "swap" }), "teacher_errors");
  assert.equal(refused({ standardize: "sample" }), "standardize");
  assert.equal(refused({ temperature: { use: "cwsm", base: 4, beta: 1 } as never }), "temperature");
  const classes = { kind: "dataset", task: "classification" } as const;
  assert.equal(
    stated.refusesData!(soft(4, { standardize: "sample" }) as never, classes),
    undefined,
  );
});
