/** One update: weights of terms, clipping, and its figures, by hand. */
import assert from "node:assert/strict";
import { denseModel } from "../prune/dense_model.ts";
import { fitted, sgd, tableData, training, valuesOf } from "./small_trainings.ts";

const neuron = () => denseModel([{ kernel: [[0.5], [-0.5]], bias: [0.1] }]);

const sample = tableData([[1, 2]], [[1]]);

// The answer is −0.4, the squared error 1.96, its gradient 2 · (−0.4 − 1) = −2.8 times [1, 2] and 1.
const GRADIENT = [-2.8, -5.6, -2.8];

async function after(params: Parameters<typeof training>[0]): Promise<number[]> {
  const { model } = await fitted(neuron(), sample, training(params));
  return [...valuesOf(model, "dense1/kernel"), ...valuesOf(model, "dense1/bias")];
}

function assertNear(actual: readonly number[], expected: readonly number[]) {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, i) =>
    assert.ok(Math.abs(value - expected[i]!) < 2e-6, `${value}, expected ${expected[i]}`)
  );
}

/** The same neuron in double precision, moved by `step` as often as asked. */
function byHand(
  epochs: number,
  step: (gradient: readonly number[], weights: readonly number[], t: number) => number[],
): number[] {
  let weights = [0.5, -0.5, 0.1];
  for (let t = 1; t <= epochs; t++) {
    const error = 2 * (weights[0]! + 2 * weights[1]! + weights[2]! - 1);
    weights = step([error, 2 * error, error], weights, t);
  }
  return weights;
}

Deno.test("a weight of a term scales its gradient, a curve of weights moves with time", async () => {
  const half = { use: "labels", weight: 0.5, smoothing: 0 } as const;
  assertNear(await after({ loss: [half] }), [0.5 + 0.14, -0.5 + 0.28, 0.1 + 0.14]);
  const falling = { ...half, weight: { use: "linear", start: 1, end: 0 } } as const;
  const expected = byHand(
    2,
    (gradient, weights, t) => weights.map((w, i) => w - 0.1 * (t === 1 ? 1 : 0.5) * gradient[i]!),
  );
  assertNear(
    await after({ epochs: 2, optimizer: sgd(0.1, { momentum: 0 }), loss: [falling] }),
    expected,
  );
});

Deno.test("clip_norm shortens a gradient that is too long and leaves a shorter one", async () => {
  const norm = Math.hypot(...GRADIENT);
  const shortened = [0.5, -0.5, 0.1].map((w, i) => w - 0.1 * GRADIENT[i]! / norm);
  assertNear(await after({ clip_norm: 1 }), shortened);
  assertNear(await after({ clip_norm: 7 }), [0.78, 0.06, 0.38]);
});

Deno.test("the note gives the loss before the update, the term's gradient norm and the rate", async () => {
  const { note } = await fitted(
    neuron(),
    sample,
    training({ loss: [{ use: "labels", weight: 0.25, smoothing: 0 }] }),
  );
  const [epoch] = note.history;
  assertNear([epoch!.loss, epoch!.terms[0]!.value, epoch!.terms[0]!.weight], [0.49, 1.96, 0.25]);
  assertNear([epoch!.terms[0]!.gradient], [Math.hypot(...GRADIENT)]);
});
