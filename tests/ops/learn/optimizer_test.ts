/** Updates of one weight, by the papers' equations. */
import { shapeOf } from "../declared.ts";
import { assertListed } from "../../listed.ts";
import { kernelOf, optimizerField, updateAt } from "../../../ops/learn/optimizer.ts";
import assert from "node:assert/strict";
import { denseModel } from "../prune/dense_model.ts";
import { adam, fitted, sgd, tableData, training, valuesOf } from "./small_trainings.ts";
import { assertClose } from "../../close.ts";

const neuron = () => denseModel([{ kernel: [[0.5], [-0.5]], bias: [0.1] }]);

const sample = tableData([[1, 2]], [[1]]);

async function after(params: Parameters<typeof training>[0]): Promise<number[]> {
  const { model } = await fitted(neuron(), sample, training(params));
  return [...valuesOf(model, "dense1/kernel"), ...valuesOf(model, "dense1/bias")];
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

Deno.test("one step of descent is the learning rate times the gradient", async () => {
  assertClose(await after({ optimizer: sgd(0.1) }), [0.78, 0.06, 0.38], 2e-6);
});

Deno.test("weight decay pulls the kernel and leaves the bias alone", async () => {
  assertClose(
    await after({ optimizer: sgd(0.1, { weight_decay: 0.5 }) }),
    [0.755, 0.085, 0.38],
    2e-6,
  );
});

Deno.test("momentum keeps a share of the last step, Nesterov looks ahead", async () => {
  for (const use of ["sgd", "nesterov"] as const) {
    const velocity = [0, 0, 0];
    const expected = byHand(3, (gradient, weights) =>
      weights.map((w, i) => {
        velocity[i] = 0.9 * velocity[i]! + gradient[i]!;
        return w - 0.01 * (use === "sgd" ? velocity[i]! : gradient[i]! + 0.9 * velocity[i]!);
      }));
    assertClose(
      await after({ epochs: 3, optimizer: { ...sgd(0.01), use } as never }),
      expected,
      2e-6,
    );
  }
});

Deno.test("Adam's first step is the learning rate against the sign, later ones follow Kingma and Ba", async () => {
  assertClose(await after({ optimizer: adam(0.01) }), [0.51, -0.49, 0.11], 2e-6);
  const [m, v] = [[0, 0, 0], [0, 0, 0]];
  const expected = byHand(4, (gradient, weights, t) =>
    weights.map((w, i) => {
      m[i] = 0.9 * m[i]! + 0.1 * gradient[i]!;
      v[i] = 0.999 * v[i]! + 0.001 * gradient[i]! * gradient[i]!;
      const corrected = [m[i]! / (1 - Math.pow(0.9, t)), v[i]! / (1 - Math.pow(0.999, t))] as const;
      return w - 0.05 * corrected[0] / (Math.sqrt(corrected[1]) + 1e-8);
    }));
  assertClose(await after({ epochs: 4, optimizer: adam(0.05) }), expected, 2e-6);
});

Deno.test("AdamW takes decay from the kernel itself, not through the moments", async () => {
  const decayed = [0.5 * (1 - 0.01 * 0.3) + 0.01, -0.5 * (1 - 0.01 * 0.3) + 0.01, 0.11];
  assertClose(
    await after({ optimizer: { ...adam(0.01, { weight_decay: 0.3 }), use: "adamw" } as never }),
    decayed,
    2e-6,
  );
});

Deno.test("the learning rate is the curve's value at the time of the update", async () => {
  const rates = [0.1, 0.05];
  const expected = byHand(
    2,
    (gradient, weights, t) => weights.map((w, i) => w - rates[t - 1]! * gradient[i]!),
  );
  const linear = { use: "linear", start: 0.1, end: 0 } as const;
  assertClose(
    await after({ epochs: 2, optimizer: sgd(linear as never, { momentum: 0 }) }),
    expected,
    2e-6,
  );
});

Deno.test("an update's settings are those of its moment; kernels alone decay, AdamW apart from the gradient", () => {
  const moment = { epoch: 1, epochs: 4, update: 9 };
  const rate = { use: "linear", start: 0.4, end: 0 } as never;
  const descent = sgd(rate, { weight_decay: 0.01 } as never);
  assert.deepEqual(updateAt(descent, moment, true), {
    ...{ use: "sgd", learningRate: 0.4 + (0 - 0.4) * 0.25, momentum: 0.9, weightDecay: 0.01 },
  });
  assert.equal(updateAt(descent, moment, false).weightDecay, 0);
  const moments = { ...adam(0.1, { weight_decay: 0.01 } as never), use: "adamw" } as never;
  assert.equal(kernelOf(moments), "adam");
  assert.deepEqual(updateAt(moments, moment, true), {
    ...{ use: "adam", learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    ...{ weightDecay: 0.01, decoupled: true, step: 10 },
  });
});

Deno.test("each optimizer has its settings, their limits, and the papers' own where nothing is said", () => {
  const rate = { "x-curve": { minimum: 0 } };
  const share = (preset: number) => ({
    ...{ type: "number", minimum: 0, exclusiveMaximum: 1, default: preset },
  });
  const decay = (preset: number) => ({ type: "number", minimum: 0, default: preset });
  const epsilon = { type: "number", exclusiveMinimum: 0, default: 1e-8 };
  const found = shapeOf(optimizerField) as {
    readonly default: unknown;
    readonly "x-choice": {
      readonly alternatives: Readonly<Record<string, { readonly properties: unknown }>>;
    };
  };
  assert.deepEqual(found.default, { use: "adam" });
  const settings = Object.fromEntries(
    Object.entries(found["x-choice"].alternatives).map((
      [use, { properties }],
    ) => [use, properties]),
  );
  const descent = { "learning_rate": rate, momentum: share(0.9), "weight_decay": decay(0) };
  const moments = (weightDecay: number) => ({
    ...{ learning_rate: { ...rate, default: 0.001 }, beta1: share(0.9), beta2: share(0.999) },
    ...{ epsilon, weight_decay: decay(weightDecay) },
  });
  assertListed(settings, {
    ...{ sgd: descent, nesterov: descent, adam: moments(0), adamw: moments(0.01) },
    rmsprop: { learning_rate: { ...rate, default: 0.001 }, decay: share(0.9), epsilon },
  });
  const { alternatives } = JSON.parse(JSON.stringify(optimizerField))["x-choice"];
  for (const use in settings) assert.ok(alternatives[use].description, use);
});
