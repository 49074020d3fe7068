import assert from "node:assert/strict";
import { stream } from "../../../engine/tensor/random.ts";
import {
  activationFormat,
  type ActivationScheme,
} from "../../../ops/model/integers/activation_format.ts";
import {
  count,
  histogramOver,
  leastSquaresRange,
  percentileRange,
} from "../../../ops/quantize/clipping.ts";

const COUNT = 100_000;
const normal = stream(1, "noise").normals(0, COUNT);
const uniform = stream(2, "noise").uniforms(0, COUNT);
/** Laplace with b = 1, by inversion. */
const laplace = uniform.map((u) => u < 0.5 ? Math.log(2 * u + 1e-9) : -Math.log(2 - 2 * u));

function histogramOf(values: Float32Array) {
  const range = {
    minimum: values.reduce((a, b) => Math.min(a, b), 0),
    maximum: values.reduce((a, b) => Math.max(a, b), 0),
  };
  const histogram = histogramOver(range);
  count(histogram, values);
  return histogram;
}

const scheme = (bits: number, symmetry: ActivationScheme["symmetry"]): ActivationScheme => ({
  bits,
  symmetry,
  rules: "onnx",
});

Deno.test("the best clipping is where Banner et al. derive it", () => {
  // "Post training 4-bit quantization of convolutional networks" (arXiv 1810.05723), table of optimal α at 3, 4 bits.
  const published = [
    [normal, 3, 2.15],
    [normal, 4, 2.55],
    [laplace, 3, 3.89],
    [laplace, 4, 5.03],
  ] as const;
  for (const [values, bits, alpha] of published) {
    const { maximum } = leastSquaresRange(histogramOf(values), scheme(bits, "symmetric"));
    // Theirs are 2^bits cells that end at ±α; ours have the same number, of maximum/(2^(bits−1) − 1) each.
    const half = 1 << bits - 1;
    const theirs = maximum * half / (half - 1);
    assert.ok(Math.abs(theirs / alpha - 1) < 0.08, `${theirs} is not near ${alpha}`);
  }
});

Deno.test("a range without outliers is kept, one with outliers is cut, and the values are nearer for it", () => {
  const spread = histogramOf(uniform);
  assert.deepEqual(leastSquaresRange(spread, scheme(8, "asymmetric")), {
    minimum: 0,
    maximum: spread.maximum,
  });
  const heavy = uniform.map((u, i) => i % 1000 === 0 ? 5 * u : u);
  const cut = leastSquaresRange(histogramOf(heavy), scheme(4, "asymmetric"));
  assert.ok(cut.maximum < 4);
  const error = (range: { minimum: number; maximum: number }) => {
    const { scale, zero, minimum, maximum } = activationFormat(range, scheme(4, "asymmetric"));
    return heavy.reduce((sum, value) => {
      const q = Math.min(maximum, Math.max(minimum, Math.round(value / scale) + zero));
      return sum + (value - scale * (q - zero)) ** 2;
    }, 0);
  };
  assert.ok(error(cut) < 0.7 * error(histogramOf(heavy)));
});

Deno.test("percentiles of even values are where they should be", () => {
  const even = Float32Array.from({ length: 10_001 }, (_, i) => i / 1000 - 2);
  const { minimum, maximum } = percentileRange(histogramOf(even), 99);
  assert.ok(Math.abs(minimum - -1.9) < 0.005 && Math.abs(maximum - 7.9) < 0.005);
  const whole = percentileRange(histogramOf(even), 100);
  assert.ok(Math.abs(whole.minimum - -2) < 1e-6 && Math.abs(whole.maximum - 8) < 1e-6);
  // Zeros count: of values that are mostly 0 behind a relu, the 90th percentile may be 0.
  const sparse = Float32Array.from({ length: 1000 }, (_, i) => i < 950 ? 0 : i);
  assert.ok(percentileRange(histogramOf(sparse), 90).maximum < 1);
});

Deno.test("a symmetric range is cut alike at both ends, an asymmetric one at the end that has outliers", () => {
  const skewed = Float32Array.from(
    { length: 20_000 },
    (_, i) => i % 1000 === 0 ? 30 : (i * 7919 % 2001) / 1000 - 1,
  );
  const histogram = histogramOf(skewed);
  const both = leastSquaresRange(histogram, scheme(4, "symmetric"));
  assert.ok(Math.abs(both.minimum / histogram.minimum - both.maximum / histogram.maximum) < 1e-12);
  const apart = leastSquaresRange(histogram, scheme(4, "asymmetric"));
  const [low, high] = [apart.minimum / histogram.minimum, apart.maximum / histogram.maximum];
  assert.ok(high < 0.7 && low > high + 0.2, `${low} of the low end, ${high} of the high one`);
});
