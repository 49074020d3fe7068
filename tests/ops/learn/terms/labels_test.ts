/** The loss of supervised training: cross-entropy and squared errors by hand. */
import assert from "node:assert/strict";
import { labels as stated } from "../../../../ops/learn/terms/labels.ts";
import { type Room, type Tensor, withTensors } from "../../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { curveAt } from "../../../../ops/learn/curve.ts";
import { type LossTerm, termValue } from "../../../../ops/learn/terms/terms.ts";
import type { Architecture } from "../../../../ops/model/model.ts";
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

const smoothed = (smoothing = 0): LossTerm => ({ use: "labels", weight: 1, smoothing });

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

const sum = (values: readonly number[]) => values.reduce((total, each) => total + each, 0);

const ownWith = (head: Architecture["head"]) => ({
  own: {
    model: { family: "loaded", inputs: [], layers: [], outputs: [], head },
    weights: {},
  },
});

// Two samples of three pixels, logits; two latent numbers each.
const logits = rows([0.5, -1, 2], [0, 1.5, -0.5]);

const pixels = rows([1, 0, 0.25], [0.5, 1, 0]);

const mean = rows([0.5, -1], [0, 2]);

const logVariance = rows([0, 0.5], [-1, 0.25]);

const autoencoder = (head: Architecture["head"], sample: Numbers = pixels) => ({
  student: [logits, mean, logVariance],
  besides: (room: Room, [, mean, logVariance]: readonly Tensor[]) => ({
    ...ownWith(head),
    sample: room.tensor(Float32Array.from(sample.values), sample.shape),
    latents: [{ mean: mean!, logVariance: logVariance! }],
  }),
});

Deno.test("labels are cross-entropy at T = 1, and totals are plain sums", async () => {
  const hard = (await oneRow(smoothed())).value;
  // −ln of softmax(1, 0.5, −0.5, 0.2) for the first class, 0.43879091; then with 0.30497582 and 0.24862527, the
  // divergences that soft_targets_test.ts has.
  assertNear(hard, 0.82373227);
  assertNear(0.9 * (await oneRow(soft(4))).value + 0.1 * hard, 0.35685147);
  assertNear(0.5 * (await oneRow(soft(2))).value + 0.5 * hard, 0.53617877);
});

Deno.test("smoothing by 0.1 is 0.9 of the truth and 0.1 of knowing nothing", async () => {
  // Knowing nothing costs −(ln p₁ + … + ln p₄) / 4 = 1.52373227: 0.9 · 0.82373227 + 0.1 · 1.52373227.
  assertNear((await oneRow(smoothed(0.1))).value, 0.89373227);
});

Deno.test("labels of a regression are the mean squared error", async () => {
  const found = await oneRow(smoothed(), {
    task: "regression",
    student: [1, 3],
    targets: [0, 1],
    teacher: [0, 0],
  });
  assertNear(found.value, 2.5);
  assertAllNear(found.gradient, [1, 2]);
});

Deno.test("labels of a sample that is its own answer are the squared error behind the head", async () => {
  const said = autoencoder("sigmoid");
  const errors = logits.values.map((z, i) => (sigmoid(z) - pixels.values[i]!) ** 2);
  const { value } = await evaluated(term({ use: "labels" }), {
    ...said,
    besides: (room: Room, student: readonly Tensor[]) => ({
      ...said.besides(room, student),
      task: "reconstruction" as const,
    }),
  });
  assertNear(value, sum(errors) / 6);
});

Deno.test("class weights multiply each sample's loss, and the mean is still over the samples", async () => {
  const student = rows([1, 0], [0, 2], [0.5, 0.5]);
  const targets = rows([1, 0], [0, 1], [0.25, 0.75]);
  const counts = { names: ["ham", "spam"], counts: [6, 2] };
  const of = (written: object) =>
    evaluated(term({ use: "labels", ...written }), {
      student: [student],
      targets,
      besides: () => ({ classes: counts }),
    });
  const losses = [Math.log1p(Math.exp(-1)), Math.log1p(Math.exp(-2)), Math.log(2)];
  const mean = (weights: readonly number[]) =>
    losses.reduce((total, loss, i) => total + weights[i]! * loss, 0) / 3;
  assertNear((await of({ class_weights: [1, 5] })).value, mean([1, 5, 0.25 + 0.75 * 5]));
  assertNear((await of({ class_weights: { spam: 3 } })).value, mean([1, 3, 0.25 + 0.75 * 3]));
  const balanced = await of({ class_weights: "balanced" });
  assertNear(balanced.value, mean([2 / 3, 2, 0.25 * 2 / 3 + 0.75 * 2]));
  assertNear(balanced.gradients[0]![0]!, 2 / 3 * (sigmoid(1) - 1) / 3);
  // The weights of a smoothed label are those of the label itself.
  const smooth = await of({ class_weights: [1, 0], smoothing: 0.2 });
  const first = 0.9 * losses[0]! + 0.1 * Math.log1p(Math.exp(1));
  assertNear(smooth.value, (first + 0.25 * losses[2]!) / 3);
});

Deno.test("labels states what it reads and compares", () => {
  assert.deepEqual(stated.reads, { labels: true });
  assert.equal(stated.compares, undefined);
});

Deno.test("several labels: binary cross-entropy, the mean over batch and labels, smoothed between there and not", async () => {
  const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
  const student = [1, -2, 0.5, 30, -30, 0];
  const targets = [1, 0, 0, 0, 1, 1];
  const bce = (t: readonly number[]) =>
    student.reduce(
      (sum, z, i) => sum + Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - t[i]! * z,
      0,
    ) / 6;
  const said = { student, teacher: student, targets, rows: 2, task: "multi-label" } as const;
  const plain = await oneRow(term({ use: "labels" }), said);
  assertNear(plain.value, bce(targets));
  assertAllNear(plain.gradient, student.map((z, i) => (sigmoid(z) - targets[i]!) / 6));
  const soft = targets.map((t) => 0.8 * t + 0.1);
  const smooth = await oneRow(term({ use: "labels", smoothing: 0.2 }), said);
  assertNear(smooth.value, bce(soft));
  assertAllNear(smooth.gradient, student.map((z, i) => (sigmoid(z) - soft[i]!) / 6));
});
