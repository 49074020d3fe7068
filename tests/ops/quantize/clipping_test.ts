import assert from "node:assert/strict";
import { stream } from "../../../engine/tensor/random.ts";
import {
  activationFormat,
  type ActivationScheme,
} from "../../../ops/model/integers/activation_format.ts";
import {
  count,
  errorOf,
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

/** 2048 bins of width 1, the first from `minimum` on, with so many values in some of them. */
function binned(minimum: number, counts: Readonly<Record<number, number>>, zeros = 0) {
  const histogram = histogramOver({ minimum, maximum: minimum + 2048 });
  for (const [bin, many] of Object.entries(counts)) histogram.counts[Number(bin)] = many;
  histogram.zeros = zeros;
  return histogram;
}

Deno.test("values are counted in the bin that they are in, the largest in the last, zeros apart", () => {
  const histogram = histogramOver({ minimum: -1, maximum: 1 });
  assert.equal(histogram.zeros, 0);
  count(histogram, Float32Array.of(-1, 0, 1, 0.5, 0.5, -0.25));
  const counted = [...histogram.counts.entries()].filter(([, many]) => many > 0);
  assert.deepEqual(counted, [[0, 1], [768, 1], [1536, 2], [2047, 1]]);
  assert.deepEqual([histogram.zeros, histogram.counts.length], [1, 2048]);
});

Deno.test("an error is that of the middles of bins; what lies outside costs its distance, zeros nothing", () => {
  // From 0 to 255 in steps of 1: 10.5 becomes 10, 300.5 becomes 255.
  const error = errorOf(binned(0, { 10: 2, 300: 1 }, 1000), scheme(8, "asymmetric"));
  assert.equal(error({ minimum: 0, maximum: 255 }), 2 * 0.25 + 45.5 ** 2);
  // In steps of 2 it is 10 as well, and 300 is there.
  assert.equal(error({ minimum: 0, maximum: 510 }), 2 * 0.25 + 0.25);
  // −99.5 of a symmetric range to 127 is −100 or −99.
  const below = errorOf(binned(-1000, { 900: 3 }), scheme(8, "symmetric"));
  assert.equal(below({ minimum: -127, maximum: 0 }), 3 * 0.25);
});

/** As documented: the best of 100 upper ends with the lower one whole, then of lower ones, then both again. */
function searched(
  [minimum, maximum]: readonly [number, number],
  values: readonly (readonly [value: number, count: number])[],
  way: ActivationScheme,
) {
  const cost = (low: number, high: number) => {
    const range = { minimum: minimum * low / 100, maximum: maximum * high / 100 };
    const { scale, zero, ...ends } = activationFormat(range, way);
    return values.reduce((sum, [value, many]) => {
      const nearest = Math.round(value / scale) + zero;
      const q = Math.min(ends.maximum, Math.max(ends.minimum, nearest));
      return sum + many * (value - scale * (q - zero)) ** 2;
    }, 0);
  };
  const ends = Array.from({ length: 100 }, (_, i) => 100 - i);
  const best = (of: (k: number) => number) =>
    ends.reduce((chosen, k) => of(k) < of(chosen) ? k : chosen);
  if (way.symmetry === "symmetric") {
    const both = best((k) => cost(k, k));
    return { minimum: minimum * both / 100, maximum: maximum * both / 100 };
  }
  let [low, high] = [100, 100];
  for (const _ of ["once", "again"]) {
    high = best((k) => cost(low, k));
    if (minimum < 0) low = best((k) => cost(k, high));
  }
  return { minimum: minimum * low / 100, maximum: maximum * high / 100 };
}

Deno.test("the range is found as it is said: one end, the other, and both again", () => {
  const rows = [
    [-1000, { 700: 3, 990: 20, 1300: 9, 1400: 2 }],
    [-600, { 100: 8, 300: 2, 620: 30, 2000: 1 }],
    [-1800, { 20: 1, 900: 40, 1500: 30, 1900: 9 }],
    [0, { 5: 90, 200: 4, 1700: 1 }],
    [-2048, { 5: 2, 1700: 9, 1900: 80 }],
  ] as const;
  for (const [minimum, counts] of rows) {
    const values = Object.entries<number>(counts).map(([bin, many]) =>
      [minimum + Number(bin) + 0.5, many] as const
    );
    for (const way of [scheme(2, "asymmetric"), scheme(3, "asymmetric"), scheme(3, "symmetric")]) {
      assert.deepEqual(
        leastSquaresRange(binned(minimum, counts), way),
        searched([minimum, minimum + 2048], values, way),
      );
    }
  }
  // Where all ends cost nothing, the widest stays.
  assert.deepEqual(leastSquaresRange(binned(-5, {}, 7), scheme(8, "asymmetric")), {
    minimum: -5,
    maximum: 2043,
  });
});

Deno.test("percentiles are linear inside a bin, zeros count in theirs, and the histogram stays as it is", () => {
  const ten = binned(-1024, { 0: 10, 2047: 10 }, 80);
  const found = (percentile: number, histogram = ten) => {
    const { minimum, maximum } = percentileRange(histogram, percentile);
    return [minimum, maximum].map((end) => Math.round(end * 1e6) / 1e6 + 0);
  };
  assert.deepEqual(found(100), [-1024, 1024]);
  assert.deepEqual(found(95), [-1023.5, 1023.5]);
  assert.deepEqual(found(50), [0, 0.5]);
  assert.equal(ten.counts[1024], 0);
  // Below 0 alone, zeros are in the last bin.
  assert.deepEqual(found(75, binned(-2048, { 0: 10 }, 10)), [-2047.5, 0]);
  assert.deepEqual(found(75, binned(0, { 2047: 10 }, 10)), [0, 2047.5]);
  // Nothing was seen.
  assert.deepEqual(found(75, binned(-24, {})), [0, 0]);
});

Deno.test("a range may be a hundredth of the values', where next to all of them lie in it", () => {
  const histogram = histogramOver({ minimum: 0, maximum: 100 });
  // Bins are 100/2048 wide: the first twenty end at 0.98. A hundredth more of range moves the outlier by 1, and costs
  // each of the others some (1/255)² / 4 more.
  histogram.counts.fill(1e9, 0, 20);
  histogram.counts[histogram.counts.length - 1] = 1;
  for (const symmetry of ["symmetric", "asymmetric"] as const) {
    assert.deepEqual(leastSquaresRange(histogram, scheme(8, symmetry)), { minimum: 0, maximum: 1 });
  }
});
