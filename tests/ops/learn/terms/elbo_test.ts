/** The evidence lower bound: closed forms by hand, gradients by finite differences. */
import { elbo as stated } from "../../../../ops/learn/terms/elbo.ts";
import assert from "node:assert/strict";
import type { Room, Tensor } from "../../../../engine/tensor/mod.ts";
import type { Architecture } from "../../../../ops/model/model.ts";
import {
  assertDifferentiable,
  assertNear,
  evaluated,
  type Numbers,
  rows,
  term,
} from "./support/evaluated.ts";

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

Deno.test("elbo states what it reads and compares", () => {
  assert.deepEqual(stated.reads, { sample: true });
  assert.equal(stated.compares, undefined);
});
