import assert from "node:assert/strict";
import { ParameterError } from "../../../engine/op.ts";
import type { Model, Weight } from "../../../ops/model/model.ts";
import { decodeWeight, floatWeight } from "../../../ops/model/weights.ts";
import { rewound } from "../../../ops/prune/rewound.ts";
import { denseModel } from "./dense_model.ts";

const trained = denseModel([{ kernel: [[1, 2], [3, 4]], bias: [5, 6] }]);
const early = denseModel([{ kernel: [[-1, -2], [-3, -4]], bias: [0.5, 0.25] }]);

const withKernel = (model: Model, weight: Weight): Model => ({
  ...model,
  weights: { ...model.weights, "dense1/kernel": weight },
});
const masked = withKernel(
  trained,
  floatWeight([2, 2], Float32Array.of(1, 0, 3, 4), Uint8Array.of(1, 0, 1, 1)),
);

Deno.test("survivors take back what they were, masked weights are 0 and stay masked, biases return too", () => {
  const back = rewound(masked, early);
  const kernel = back.weights["dense1/kernel"]!;
  assert.deepEqual([...decodeWeight(kernel)], [-1, 0, -3, -4]);
  assert.deepEqual([...kernel.mask!], [1, 0, 1, 1]);
  assert.deepEqual([...decodeWeight(back.weights["dense1/bias"]!)], [0.5, 0.25]);
  assert.equal(back.weights["dense1/bias"]!.mask, undefined);
  // The earlier model is not written into.
  assert.deepEqual([...decodeWeight(early.weights["dense1/kernel"]!)], [-1, -2, -3, -4]);
});

Deno.test("what the earlier model had beside these weights is not taken over", () => {
  const more = denseModel([{ kernel: [[9, 9], [9, 9]], bias: [0, 0] }, { kernel: [[1], [1]] }]);
  assert.deepEqual(Object.keys(rewound(trained, more).weights), Object.keys(trained.weights));
});

function refused(model: Model, earlier: Model): ParameterError {
  try {
    rewound(model, earlier);
  } catch (error) {
    assert.ok(error instanceof ParameterError, String(error));
    assert.equal(error.path, "rewind");
    return error;
  }
  throw new Error("nothing was refused");
}

Deno.test("a weight of another shape, or that was not there, is named with both", () => {
  const wide = denseModel([{ kernel: [[1, 2, 3], [4, 5, 6]], bias: [0, 0, 0] }]);
  const other = refused(trained, wide);
  assert.equal(
    other.message,
    "`dense1/kernel` is 2×2 here, and in the earlier model it is 2×3",
  );
  assert.equal(other.help, "rewind to a model of the same shape: one from before channels went");
  const bare = denseModel([{ kernel: [[1, 2], [3, 4]] }]);
  const absent = refused(trained, bare);
  assert.equal(absent.code, "shape-mismatch");
  assert.equal(
    absent.message,
    "`dense1/bias` is 2 here, and in the earlier model it is not there",
  );
});

Deno.test("weights that are rounded on either side cannot take back what they were", () => {
  const rounded: Weight = {
    shape: [2, 2],
    encoding: {
      use: "affine",
      bits: 8,
      axis: null,
      symmetry: "symmetric",
      scale: Float32Array.of(1),
      zero: Int32Array.of(0),
    },
    data: Int8Array.of(1, 2, 3, 4),
  };
  for (
    const { code, message, help } of [
      refused(withKernel(trained, rounded), early),
      refused(trained, withKernel(early, rounded)),
    ]
  ) {
    assert.deepEqual([code, message, help], [
      "order",
      "`dense1/kernel` shares values or is rounded, so it cannot take back what it was",
      "prune before cluster and quantize",
    ]);
  }
});
