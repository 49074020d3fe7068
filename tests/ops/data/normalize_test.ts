import assert from "node:assert/strict";
import { keepStored, learnNormalization, type Normalize } from "../../../ops/data/normalize.ts";
import { stored } from "../stored.ts";
import type { Samples } from "../../../ops/data/samples.ts";

const table: Samples = {
  count: 4,
  input: [3],
  x: Float32Array.of(0, 5, 10, 2, 5, 30, 4, 5, 10, 2, 5, 30),
  y: null,
};
const image: Samples = { count: 1, input: [1, 2, 2], x: Uint8Array.of(0, 255, 51, 255), y: null };

const applied = (normalize: Normalize, samples: Samples) => {
  const { scale, offset } = learnNormalization(normalize, samples);
  const channels = samples.input.at(-1)!;
  return Array.from(samples.x, (value, i) => {
    const c = scale.length === 1 ? 0 : i % channels;
    return Math.round((value * scale[c]! + offset[c]!) * 1e9) / 1e9;
  });
};

Deno.test("unit brings bytes to 0…1 by their range, and features by theirs in train", () => {
  assert.deepEqual(applied({ use: "unit" }, image), [0, 1, 0.2, 1]);
  assert.deepEqual(applied({ use: "unit" }, table), [0, 0, 0, 0.5, 0, 1, 1, 0, 0, 0.5, 0, 1]);
});

Deno.test("range brings the smallest to low and the largest to high", () => {
  assert.deepEqual(applied({ use: "range", low: -1, high: 1 }, image), [-1, 1, -0.6, 1]);
});

Deno.test("standard gives each feature mean 0 and deviation 1, and 0 to one that never varies", () => {
  const root = Math.round(Math.SQRT2 * 1e9) / 1e9;
  assert.deepEqual(applied({ use: "standard" }, table), [
    -root,
    0,
    -1,
    0,
    0,
    1,
    root,
    0,
    -1,
    0,
    0,
    1,
  ]);
});

Deno.test("fixed takes published figures, which count bytes as 0…1", () => {
  assert.deepEqual(applied({ use: "fixed", mean: [0.5], deviation: [0.25] }, image), [
    -2,
    2,
    -1.2,
    2,
  ]);
  assert.deepEqual(applied({ use: "fixed", mean: [0, 0.5], deviation: [1, 0.5] }, image), [
    0,
    1,
    0.2,
    1,
  ]);
  assert.throws(
    () => learnNormalization({ use: "fixed", mean: [1, 2, 3], deviation: [1] }, image),
    /3 values of `mean`/,
  );
});

Deno.test("none leaves values as they are", () => {
  assert.deepEqual(applied({ use: "none" }, image), [0, 255, 51, 255]);
});

Deno.test("channels are those of the last axis, one figure may stand for all", () => {
  const wide: Samples = {
    count: 2,
    input: [1, 1, 3],
    x: Float32Array.of(1, 2, 3, 3, 6, 9),
    y: null,
  };
  assert.deepEqual(applied({ use: "standard" }, wide), [-1, -1, -1, 1, 1, 1]);
  assert.deepEqual(applied({ use: "range", low: 1, high: 3 }, wide), [1, 1, 1, 3, 3, 3]);
  const fixed = (mean: number[], deviation: number[]) =>
    applied({ use: "fixed", mean, deviation }, wide);
  assert.deepEqual(fixed([1, 2, 3], [2]), [0, 0, 0, 1, 2, 3]);
  assert.deepEqual(fixed([1], [2, 1, 3]), [0, 1, 0.666666667, 1, 5, 2.666666667]);
  assert.throws(
    () => fixed([1], [1, 2]),
    new RangeError(
      "Cannot normalise with 2 values of `deviation`: the samples have 3 channels; give one, or one per channel",
    ),
  );
});

Deno.test("features that stand for something are kept as stored, one figure for all is one for each other", () => {
  const each = { scale: [2, 3, 4], offset: [1, 5, 6] };
  assert.deepEqual(keepStored(each, [false, true, false]), {
    scale: [2, 1, 4],
    offset: [1, 0, 6],
  });
  assert.deepEqual(keepStored({ scale: [2], offset: [7] }, [true, false]), {
    scale: [1, 2],
    offset: [0, 7],
  });
});

Deno.test("bytes of a file give the figures of an array, to the bit", () => {
  // Three channels, and no whole number of pixels in a megabyte.
  const x = Uint8Array.from({ length: 3 * 400_000 }, (_, i) => (i * 7919) % 253);
  const input = [1000, 400, 3];
  for (
    const normalize of [
      { use: "standard" },
      { use: "unit" },
      { use: "range", low: -1, high: 1 },
      { use: "fixed", mean: [0.5], deviation: [0.25] },
    ] as const
  ) {
    const file = stored(x);
    assert.deepEqual(
      learnNormalization(normalize, { input, x: file }),
      learnNormalization(normalize, { input, x }),
    );
    assert.equal(file.reads, normalize.use === "standard" ? 4 : 0);
  }
});
