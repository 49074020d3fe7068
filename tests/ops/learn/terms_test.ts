/**
 * Published vectors K1–K8 of the project's oracle table (computed in double precision, checked by finite
 * differences): z_t = [2, 1, 0.1, −1], z_s = [1, 0.5, −0.5, 0.2], y = 0.
 */
import assert from "node:assert/strict";
import { type Room, withTensors } from "../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { type LossTerm, termValue } from "../../../ops/learn/terms/terms.ts";
import { curveAt } from "../../../ops/learn/curve.ts";

refuseLeaks(true);

const TEACHER = [2, 1, 0.1, -1];
const STUDENT = [1, 0.5, -0.5, 0.2];

interface Said {
  readonly student?: readonly number[];
  readonly teacher?: readonly number[];
  readonly targets?: readonly number[];
  readonly rows?: number;
  readonly task?: "classification" | "regression";
}

/** Value of a term and its gradient for the student's logits; a gradient for the teacher would be an error. */
async function evaluated(
  term: LossTerm,
  said: Said = {},
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

function assertNear(actual: number, expected: number, relative = 1e-5) {
  const allowed = relative * Math.max(Math.abs(expected), 1e-2);
  assert.ok(Math.abs(actual - expected) <= allowed, `${actual}, expected ${expected}`);
}

function assertAllNear(actual: readonly number[], expected: readonly number[], relative = 1e-5) {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, i) => assertNear(value, expected[i]!, relative));
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
const labels = (smoothing = 0): LossTerm => ({ use: "labels", weight: 1, smoothing });
const logits = (distance: "mse" | "l1"): LossTerm => ({ use: "logits", weight: 1, distance });

Deno.test("soft targets are T² KL with gradient T (p_s − p_t) at T = 1, 2, 4, 20", async () => {
  const vectors: [temperature: number, value: number, gradient: number[]][] = [
    [1, 0.14899124, [-0.19927544, 0.03140865, 0.00247278, 0.16539401]],
    [2, 0.24862527, [-0.21778065, -0.01415748, -0.02560695, 0.25754507]],
    [4, 0.30497582, [-0.21179006, -0.04253341, -0.05450218, 0.30882565]],
    [20, 0.34660572, [-0.19825701, -0.06394263, -0.08520002, 0.34739967]],
  ];
  for (const [temperature, value, gradient] of vectors) {
    const found = await evaluated(soft(temperature));
    assertNear(found.value, value, temperature > 4 ? 1e-4 : 1e-5);
    assertAllNear(found.gradient, gradient, temperature > 4 ? 1e-4 : 1e-5);
  }
});

Deno.test("logits by l1 have no gradient where both sides are equal, as torch has none", async () => {
  const found = await evaluated(logits("l1"), { student: [2, 1, 0, 0], teacher: [2, 0, 0, 1] });
  assertNear(found.value, 0.5);
  assertAllNear(found.gradient, [0, 0.25, 0, -0.25]);
});

Deno.test("without the scale the value is the divergence itself", async () => {
  for (const [temperature, value] of [[2, 0.06215632], [4, 0.01906099]] as const) {
    assertNear((await evaluated(soft(temperature, { scale: "none" }))).value, value, 2e-5);
  }
});

Deno.test("a high temperature tends to half the squared centred difference over K", async () => {
  // The divergence itself is 3.4e-3 and 1.4e-4 here: float32 keeps fewer and fewer of its digits.
  assertNear((await evaluated(soft(10))).value, 0.33677469, 1e-4);
  assertNear((await evaluated(soft(50))).value, 0.35226881, 2e-3);
  const found = await evaluated(soft(100));
  const limit = [-0.19375, -0.06875, -0.09375, 0.35625];
  found.gradient.forEach((value, i) => assert.ok(Math.abs(value - limit[i]!) < 2e-3));
});

Deno.test("labels are cross-entropy at T = 1, and totals are plain sums", async () => {
  const hard = (await evaluated(labels())).value;
  assertNear(hard, 0.82373227);
  assertNear(0.9 * (await evaluated(soft(4))).value + 0.1 * hard, 0.35685147);
  assertNear(0.5 * (await evaluated(soft(2))).value + 0.5 * hard, 0.53617877);
});

Deno.test("shifting either side's logits changes nothing, equal sides give zero, gradients sum to zero", async () => {
  const plain = await evaluated(soft(4));
  const shifted = await evaluated(soft(4), {
    student: STUDENT.map((z) => z + 3),
    teacher: TEACHER.map((z) => z - 2),
  });
  assertNear(shifted.value, plain.value, 2e-5);
  assertAllNear(shifted.gradient, plain.gradient, 2e-5);
  const same = await evaluated(soft(4), { student: TEACHER });
  assert.ok(Math.abs(same.value) < 1e-6);
  same.gradient.forEach((value) => assert.ok(Math.abs(value) < 1e-6));
  assert.ok(Math.abs(plain.gradient.reduce((sum, each) => sum + each)) < 1e-6);
});

Deno.test("permuting classes on both sides permutes the gradient", async () => {
  const order = [2, 0, 3, 1];
  const plain = await evaluated(soft(2));
  const permuted = await evaluated(soft(2), {
    student: order.map((i) => STUDENT[i]!),
    teacher: order.map((i) => TEACHER[i]!),
  });
  assertNear(permuted.value, plain.value);
  assertAllNear(permuted.gradient, order.map((i) => plain.gradient[i]!));
});

Deno.test("reverse is KL of the student to the teacher, and not the same", async () => {
  const reverse = (temperature: number) =>
    evaluated(soft(temperature, { divergence: "reverse", scale: "none" }));
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
  assertAllNear((await evaluated(soft(1, { divergence: "reverse" }))).gradient, numeric, 2e-5);
});

Deno.test("a batch is meaned over its rows and summed over classes, never divided by the classes", async () => {
  const twice = { student: [...STUDENT, ...TEACHER], teacher: [...TEACHER, ...TEACHER], rows: 2 };
  const found = await evaluated(soft(1), twice);
  assertNear(found.value, 0.14899124 / 2, 2e-5);
  assertAllNear(
    found.gradient.slice(0, 4),
    [-0.19927544, 0.03140865, 0.00247278, 0.16539401].map((g) => g / 2),
    2e-5,
  );
});

Deno.test("logits are the mean squared difference, which a common shift does change", async () => {
  const found = await evaluated(logits("mse"));
  assertNear(found.value, 0.7625);
  assertAllNear(found.gradient, [-0.5, -0.25, -0.3, 0.6]);
  assertNear(
    (await evaluated(logits("mse"), { student: STUDENT.map((z) => z + 1) })).value,
    1.3125,
  );
  const absolute = await evaluated(logits("l1"));
  assertNear(absolute.value, (1 + 0.5 + 0.6 + 1.2) / 4);
  assertAllNear(absolute.gradient, [-0.25, -0.25, -0.25, 0.25]);
});

Deno.test("smoothing by 0.1 is 0.9 of the truth and 0.1 of knowing nothing", async () => {
  assertNear((await evaluated(labels(0.1))).value, 0.89373227);
});

Deno.test("labels of a regression are the mean squared error", async () => {
  const found = await evaluated(labels(), {
    task: "regression",
    student: [1, 3],
    targets: [0, 1],
    teacher: [0, 0],
  });
  assertNear(found.value, 2.5);
  assertAllNear(found.gradient, [1, 2]);
});

Deno.test("a temperature that moves is taken at the moment", async () => {
  const falling = soft(0, { temperature: { use: "linear", start: 4, end: 1 } } as never);
  assertNear((await evaluated(falling)).value, 0.30497582);
});
