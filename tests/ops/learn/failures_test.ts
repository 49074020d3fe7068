/** Trainings that go wrong say where, and what to try. */
import {
  assertContributed,
  assertFigure,
  assertFinite,
  assertFiniteWeights,
} from "../../../ops/learn/failures.ts";
import assert from "node:assert/strict";
import { ParameterError } from "../../../engine/op.ts";
import { denseModel } from "../prune/dense_model.ts";
import { fitted, sgd, tableData, training } from "./small_trainings.ts";

Deno.test("a training that runs away fails with the epoch and what to try", async () => {
  const data = tableData([[3], [5]], [[1], [2]]);
  const start = denseModel([{ kernel: [[1]] }]);
  const wild = training({ epochs: 200, optimizer: sgd(1e6) });
  await assert.rejects(fitted(start, data, wild), (error: Error & { help?: string }) => {
    assert.match(
      error.message,
      /^the training ran away: the loss became (Infinity|NaN) in epoch \d+, update \d+/,
    );
    assert.match(error.help!, /smaller learning_rate/);
    return true;
  });
});

Deno.test("a last update that leaves no number is found although the loss was one", async () => {
  const data = tableData([[3e18]], [[1]]);
  const start = denseModel([{ kernel: [[1e-18]] }]);
  await assert.rejects(
    fitted(start, data, training({ optimizer: sgd(1e30) })),
    /`dense1\/kernel` is not finite any more/,
  );
});

Deno.test("a term that never contributes fails the step", async () => {
  const data = tableData([[1]], [[1]]);
  const start = denseModel([{ kernel: [[0]] }]);
  const silent = training({
    loss: [{ use: "labels", weight: 1, smoothing: 0 }, { use: "labels", weight: 0, smoothing: 0 }],
  });
  await assert.rejects(fitted(start, data, silent), /`labels` never contributed/);
});

Deno.test("a loss that is no number names epoch, update and learning rate; a figure its epoch", () => {
  const params = training({ epochs: 4, optimizer: sgd(0.25), clip_norm: 2 });
  assertFinite(3, params, { epoch: 1.5, epochs: 4, update: 6 });
  assert.throws(
    () => assertFinite(NaN, params, { epoch: 1.5, epochs: 4, update: 6 }),
    new ParameterError(
      "diverged",
      "optimizer",
      "the training ran away: the loss became NaN in epoch 2, update 7 (learning rate 0.25)",
      "try a smaller learning_rate, a warmup of an epoch, or a clip_norm below 2",
    ),
  );
  const plain = training({ optimizer: sgd(0.12345) });
  assert.throws(
    () => assertFinite(-Infinity, plain, { epoch: 0, epochs: 1, update: 0 }),
    new ParameterError(
      "diverged",
      "optimizer",
      "the training ran away: the loss became -Infinity in epoch 1, update 1 (learning rate 0.12)",
      "try a smaller learning_rate, a warmup of an epoch, or clip_norm: 1",
    ),
  );
  assertFigure("a gradient", 0, params, 2);
  const half = { a: Float32Array.of(1), b: Float32Array.of(1, NaN) };
  assertFiniteWeights({ a: half.a }, params);
  assert.throws(
    () => assertFiniteWeights(half, params),
    /^ParameterError: the training ran away: `b` is not finite any more$/,
  );
  assert.throws(
    () => assertFigure("a gradient", Infinity, params, 2),
    /a gradient became Infinity in epoch 3/,
  );
});

Deno.test("a term contributes where weight and gradient were above 0, or its weight still rises", () => {
  const terms = [{
    use: "labels",
    weight: { use: "linear", start: 0, end: 1 },
    smoothing: 0,
  }] as never;
  const epoch = (weight: number, gradient: number) => ({
    ...{ epoch: 1, rate: 1, loss: 1, terms: [{ use: "labels", value: 1, weight, gradient }] },
  });
  assertContributed(terms, [epoch(0, 2)]);
  assert.throws(() => assertContributed(terms, [epoch(0.5, 0)]), /never contributed/);
});

Deno.test("one epoch with a weight and one with a gradient suffice, and the place of the term is told", () => {
  const epoch = (weights: readonly number[], gradients: readonly number[]) => ({
    ...{ epoch: 1, rate: 1, loss: 1 },
    terms: weights.map((weight, i) => ({
      ...{ use: "labels", value: 1, weight, gradient: gradients[i]! },
    })),
  });
  const terms = [
    { use: "labels", weight: 0, smoothing: 0 },
    { use: "logits", weight: 0, smoothing: 0 },
  ] as never;
  assertContributed(terms, [epoch([0, 0.5], [0.1, 0]), epoch([0.5, 0], [0, 0.1])]);
  assert.throws(
    () => assertContributed(terms, [epoch([1, 0], [1, 1])]),
    new ParameterError(
      "unused",
      "loss.1",
      "`logits` never contributed: its gradient or its weight was 0 in every epoch",
      "give it a weight above 0, or leave it out",
    ),
  );
});
