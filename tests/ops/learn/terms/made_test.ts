/** Terms about what a model makes: closed forms by hand, gradients by finite differences. */
import assert from "node:assert/strict";
import type { Room, Tensor } from "../../../../engine/tensor/mod.ts";
import type { Architecture } from "../../../../ops/model/model.ts";
import type { TermBatch } from "../../../../ops/learn/terms/term.ts";
import {
  assertDifferentiable,
  assertNear,
  evaluated,
  type Numbers,
  rows,
  term,
} from "./evaluated.ts";

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
const sum = (values: readonly number[]) => values.reduce((total, each) => total + each, 0);

const ownWith = (head: Architecture["head"]) => ({
  own: {
    model: { family: "loaded", inputs: [], layers: [], outputs: [], head },
    weights: {},
  },
});

/** A judge whose layers give 2x and x², and whose verdict is the sum of a row. */
const judge = ({ tf }: Room): NonNullable<TermBatch["auxiliary"]> => ({
  features: (x, layers) => layers.map((layer) => layer === "double" ? tf.mul(x, 2) : tf.square(x)),
  logits: (x) => tf.sum(x, 1, true),
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

/** KL(N(μ, e^v) ‖ N(0, 1)) summed, over two samples. */
const divergence = sum(mean.values.map((m, i) => {
  const v = logVariance.values[i]!;
  return 0.5 * (Math.exp(v) + m * m - 1 - v);
})) / 2;

Deno.test("elbo is the pixels' cross-entropy, summed, plus β times the latent's divergence", async () => {
  const surprise = sum(logits.values.map((z, i) => {
    const x = pixels.values[i]!;
    return -x * Math.log(sigmoid(z)) - (1 - x) * Math.log(1 - sigmoid(z));
  })) / 2;
  for (const beta of [1, 0, 4]) {
    const found = await evaluated(term({ use: "elbo", beta }), autoencoder("sigmoid"));
    assertNear(found.value, surprise + beta * divergence);
  }
  await assertDifferentiable(term({ use: "elbo", beta: 2 }), autoencoder("sigmoid"));
});

Deno.test("without a head elbo's pixels are normal: half the squared error, summed", async () => {
  const errors = sum(logits.values.map((z, i) => (z - pixels.values[i]!) ** 2)) / 2 / 2;
  const found = await evaluated(term({ use: "elbo" }), autoencoder("none"));
  assertNear(found.value, errors + divergence);
  await assertDifferentiable(term({ use: "elbo" }), autoencoder("none"));
});

Deno.test("a standard normal latent costs nothing", async () => {
  const nothing = rows([0, 0], [0, 0]);
  const one = autoencoder("sigmoid");
  const { value } = await evaluated(term({ use: "elbo" }), {
    ...one,
    student: [logits, nothing, nothing],
  });
  const { value: without } = await evaluated(term({ use: "elbo", beta: 0 }), one);
  assertNear(value, without);
});

Deno.test("logits that no probability can hold leave elbo finite", async () => {
  const said = autoencoder("sigmoid", rows([1, 0, 1], [0, 1, 0]));
  const far = rows([80, -90, -100], [100, 30, 0]);
  const { value, gradients } = await evaluated(term({ use: "elbo", beta: 0 }), {
    ...said,
    student: [far, mean, logVariance],
  });
  // −log σ(−100) = 100 and −log(1 − σ(100)) = 100, and log 2 where nothing is known.
  assertNear(value, (100 + 100 + Math.log(2)) / 2);
  assert.ok(gradients.flat().every(Number.isFinite));
});

const theirs = rows([1, -0.5, 0], [0.25, 1, -2]);
const twins = (head: Architecture["head"]) => ({
  student: [logits],
  teacher: [theirs],
  besides: (room: Room) => ({ ...ownWith(head), auxiliary: judge(room) }),
});
const both = logits.values.map((z, i) => [z, theirs.values[i]!] as const);

Deno.test("output is the mean distance of both behind their head", async () => {
  const value = async (distance: string, head: Architecture["head"]) =>
    (await evaluated(term({ use: "output", distance }), twins(head))).value;
  const squares = both.map(([a, b]) => (sigmoid(a) - sigmoid(b)) ** 2);
  assertNear(await value("mse", "sigmoid"), sum(squares) / 6);
  assertNear(await value("l1", "none"), sum(both.map(([a, b]) => Math.abs(a - b))) / 6);
  const surprise = both.map(([a, b]) =>
    -sigmoid(b) * Math.log(sigmoid(a)) - (1 - sigmoid(b)) * Math.log(1 - sigmoid(a))
  );
  assertNear(await value("cross-entropy", "sigmoid"), sum(surprise) / 6);
  for (const distance of ["mse", "cross-entropy"]) {
    await assertDifferentiable(term({ use: "output", distance }), twins("sigmoid"));
  }
});

Deno.test("l1 of outputs has no gradient where both sides are equal, nor has it through a third model", async () => {
  const same = { ...twins("none"), teacher: [rows([0.5, 5, -5], [0, 1.5, -2])] };
  const output = await evaluated(term({ use: "output", distance: "l1" }), same);
  assert.deepEqual(output.gradients[0]!.map((g) => Math.sign(Math.fround(6 * g))).map(Math.abs), [
    ...[0, 1, 1],
    ...[0, 0, 1],
  ]);
  const seen = { use: "perceptual", through: "judge", layers: ["double"], distance: "l1" };
  const perceptual = await evaluated(term(seen), same);
  perceptual.gradients[0]!.forEach((g, i) => assertNear(g, 2 * output.gradients[0]![i]!));
});

Deno.test("an output at its copy costs nothing", async () => {
  const same = { ...twins("sigmoid"), teacher: [logits] };
  assert.equal((await evaluated(term({ use: "output" }), same)).value, 0);
  const seen = term({ use: "perceptual", through: "judge", layers: ["double", "square"] });
  assert.equal((await evaluated(seen, same)).value, 0);
});

Deno.test("perceptual adds up what a third model sees, layer by layer", async () => {
  const seen = (layers: readonly string[], distance = "mse") =>
    term({ use: "perceptual", through: "judge", layers, distance });
  const value = async (layers: readonly string[], distance?: string) =>
    (await evaluated(seen(layers, distance), twins("none"))).value;
  const doubles = sum(both.map(([a, b]) => (2 * a - 2 * b) ** 2)) / 6;
  const squares = sum(both.map(([a, b]) => (a * a - b * b) ** 2)) / 6;
  assertNear(await value(["double"]), doubles);
  assertNear(await value(["double", "square"]), doubles + squares);
  const lengths = sum(both.map(([a, b]) => Math.abs(a * a - b * b))) / 6;
  assertNear(await value(["square"], "l1"), lengths);
  await assertDifferentiable(seen(["square"]), twins("sigmoid"));
});

Deno.test("adversarial wants the critic to take each output for real, by three objectives", async () => {
  const verdicts = [1.5, 1];
  const value = async (objective: string) =>
    (await evaluated(term({ use: "adversarial", through: "judge", objective }), twins("none")))
      .value;
  assertNear(await value("cross-entropy"), sum(verdicts.map((d) => -Math.log(sigmoid(d)))) / 2);
  assertNear(await value("hinge"), -sum(verdicts) / 2);
  assertNear(await value("least-squares"), sum(verdicts.map((d) => (d - 1) ** 2 / 2)) / 2);
  for (const objective of ["cross-entropy", "hinge", "least-squares"]) {
    const chosen = term({ use: "adversarial", through: "judge", objective });
    await assertDifferentiable(chosen, twins("sigmoid"));
  }
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
