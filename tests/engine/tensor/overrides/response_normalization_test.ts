/** Local response normalisation against its formula, and its gradient against differences. */
import assert from "node:assert/strict";
import { responseNormalizationOverrides } from "../../../../engine/tensor/overrides/response_normalization.ts";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { assertRegistered } from "../support/compare.ts";
import { assertClose, noise } from "../support/stock.ts";

refuseLeaks(true);

const [radius, bias, alpha, beta] = [2, 1, 0.5, 0.75] as const;

/** Krizhevsky et al. 2012, § 3.3, for the channels of one pixel. */
const formula = (x: readonly number[]): number[] =>
  x.map((value, i) => {
    const near = x.filter((_, k) => Math.abs(k - i) <= radius);
    const sum = near.reduce((total, each) => total + each * each, 0);
    return value / (bias + alpha * sum) ** beta;
  });

Deno.test("values are the formula's, channel by channel, and the gradient is its slope", async () => {
  const channels = 7;
  const data = noise(channels, 1).map((value) => 2 * value);
  const weights = [...noise(channels, 2)];
  const [y, dx] = await withTensors(({ tf, values }) =>
    tf.tidy(() => {
      const x = tf.tensor4d(data, [1, 1, 1, channels]);
      const layer = (x: typeof x4) => tf.localResponseNormalization(x, radius, bias, alpha, beta);
      const x4 = x;
      const dy = tf.tensor4d(weights, [1, 1, 1, channels]);
      return [values(layer(x4)), values(tf.grad((x) => layer(x as typeof x4))(x4, dy))];
    })
  );
  const x = [...data];
  assertClose(y!, formula(x), 1e-6, "value");
  const step = 1e-5;
  const weighted = (x: readonly number[]) =>
    formula(x).reduce((total, value, i) => total + value * weights[i]!, 0);
  const slopes = x.map((_, i) => {
    const moved = (by: number) => weighted(x.map((value, k) => k === i ? value + by : value));
    return (moved(step) - moved(-step)) / (2 * step);
  });
  assertClose(dx!, slopes, 1e-5, "gradient");
});

Deno.test("these are the kernels of ours that tfjs runs", async () => {
  await assertRegistered(responseNormalizationOverrides, ["LRN", "LRNGrad"]);
});

Deno.test("each pixel is normalised alone, and so is its gradient", async () => {
  const data = noise(15, 3).map((value) => 2 * value);
  const run = (values_: Float32Array, pixels: number) =>
    withTensors(({ tf, values }) =>
      tf.tidy(() => {
        const x = tf.tensor4d(values_, [1, pixels, 1, 5]);
        const layer = (x: typeof x4) => tf.localResponseNormalization(x, 1, bias, alpha, beta);
        const x4 = x;
        return [layer(x4), tf.grad((x) => layer(x as typeof x4))(x4)].map(values);
      })
    );
  const [y, dx] = await run(data, 3);
  for (const pixel of [0, 1, 2]) {
    const part = (all: Float32Array) => all.slice(5 * pixel, 5 * pixel + 5);
    assert.deepEqual(await run(part(data), 1), [part(y!), part(dx!)]);
  }
});
