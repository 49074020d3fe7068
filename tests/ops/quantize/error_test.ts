/** What a quantization did, and what rounding cost, by hand. */
import assert from "node:assert/strict";
import type { Model, Weight } from "../../../ops/model/model.ts";
import { effectOfQuantizing, roundingErrors } from "../../../ops/quantize/error.ts";
import { denseModel } from "../prune/dense_model.ts";

const exact = denseModel([{ kernel: [[3], [4]], bias: [1] }, { kernel: [[0]] }]);

const integers = (shape: readonly number[], data: readonly number[], bits = 8): Weight => ({
  shape,
  encoding: {
    use: "affine",
    bits,
    axis: null,
    symmetry: "symmetric",
    scale: Float32Array.of(0.5),
    zero: Int32Array.of(0),
  },
  data: Int8Array.from(data),
});
const withWeights = (weights: Readonly<Record<string, Weight>>): Model => ({
  ...exact,
  weights: { ...exact.weights, ...weights },
});

Deno.test("the error is the root of the lost squares over the kernel's own", () => {
  // 3 and 4 become 3 and 3.
  const rounded = withWeights({ "dense1/kernel": integers([2, 1], [6, 6]) });
  assert.deepEqual(roundingErrors(exact, rounded), { dense1: Math.sqrt(1 / 25) });
  // 3 and 4 become 0 and 0: all is lost.
  const gone = withWeights({ "dense1/kernel": integers([2, 1], [0, 0]) });
  assert.deepEqual(roundingErrors(exact, gone), { dense1: 1 });
});

Deno.test("a kernel of zeros loses nothing, one that was not rounded is not told of", () => {
  const rounded = withWeights({ "dense2/kernel": integers([1, 1], [0]) });
  assert.deepEqual(roundingErrors(exact, rounded), { dense2: 0 });
  assert.deepEqual(roundingErrors(exact, exact), {});
});

Deno.test("the effect is the number format of each layer whose kernel is stored in another one", () => {
  const half: Weight = {
    shape: [1, 1],
    encoding: { use: "f16" },
    data: Uint16Array.of(0),
  };
  const after = withWeights({
    "dense1/kernel": integers([2, 1], [6, 8], 4),
    "dense1/bias": integers([1], [2]),
    "dense2/kernel": half,
  });
  assert.deepEqual(effectOfQuantizing(exact, after), {
    formats: { dense1: "int4", dense2: "float16" },
  });
  assert.equal(effectOfQuantizing(after, after), undefined);
  assert.equal(
    effectOfQuantizing(exact, withWeights({ "dense1/bias": integers([1], [2]) })),
    undefined,
  );
});
