import assert from "node:assert/strict";
import { constant, type Known, uniform } from "../../../../../ops/formats/onnx/read/constants.ts";
import { folded, sliceOf, targetShape } from "../../../../../ops/formats/onnx/read/fold.ts";
import type { NodeReading } from "../../../../../ops/formats/onnx/read/node_reading.ts";

/** Computed: shape and numbers. Attributes are those of the operator set 17. */
function computed(
  op: string,
  inputs: readonly Known[],
  attributes: Readonly<Record<string, number | readonly number[]>> = {},
) {
  const reading = {
    ...{ op, inputs },
    int: (name: string, otherwise: number) => attributes[name] ?? otherwise,
    ints: (name: string) => attributes[name],
    tensor: () => undefined,
    listed: (input: number, name: string) =>
      inputs[input] ? [...inputs[input].values] : attributes[name],
    axis: (axis: number, rank: number) => axis < 0 ? axis + rank : axis,
    wrong: (what: string) => new Error(what),
  } as unknown as NodeReading;
  const result = folded(reading);
  return result && [result.shape, [...result.values]];
}

const whole = (...values: number[]) => constant([values.length], Float64Array.from(values));
const real = (...values: number[]) => constant([values.length], Float32Array.from(values));
const matrix = constant([2, 3], Float64Array.of(1, 2, 3, 4, 5, 6));

Deno.test("arithmetic stretches shapes, and divides whole numbers as such", () => {
  assert.deepEqual(computed("Add", [matrix, whole(10, 20, 30)]), [[2, 3], [
    11,
    22,
    33,
    14,
    25,
    36,
  ]]);
  assert.deepEqual(computed("Div", [whole(7, -7), whole(2)]), [[2], [3, -3]]);
  assert.deepEqual(computed("Div", [real(7), real(2)]), [[1], [3.5]]);
  assert.deepEqual(computed("Max", [whole(1, 5), whole(3)]), [[2], [3, 5]]);
  assert.deepEqual(computed("Equal", [whole(1, 5), whole(5)]), [[2], [0, 1]]);
  assert.deepEqual(computed("Where", [whole(0, 1), whole(1, 2), whole(3)]), [[2], [3, 2]]);
  assert.throws(() => computed("Add", [whole(1, 2), whole(1, 2, 3)]), /of shapes 2 and 3/);
});

Deno.test("shapes and places", () => {
  assert.deepEqual(computed("Transpose", [matrix]), [[3, 2], [1, 4, 2, 5, 3, 6]]);
  assert.deepEqual(computed("Gather", [matrix, whole(-1, 0)], { axis: 1 }), [[2, 2], [3, 1, 6, 4]]);
  assert.deepEqual(computed("Concat", [matrix, matrix], { axis: 1 })![0], [2, 6]);
  assert.deepEqual(computed("Concat", [whole(1), whole(2, 3)]), [[3], [1, 2, 3]]);
  assert.deepEqual(computed("Slice", [matrix, whole(1), whole(3), whole(1)]), [[2, 2], [
    2,
    3,
    5,
    6,
  ]]);
  assert.deepEqual(computed("Slice", [whole(1, 2, 3), whole(-1), whole(-9), whole(0), whole(-2)]), [
    [2],
    [3, 1],
  ]);
  assert.deepEqual(computed("Slice", [whole(1, 2, 3), whole(3), whole(9)]), [[0], []]);
  assert.deepEqual(computed("Reshape", [matrix, whole(-1, 2)])![0], [3, 2]);
  assert.deepEqual(computed("Flatten", [matrix], { axis: 0 })![0], [1, 6]);
  assert.deepEqual(computed("Unsqueeze", [matrix, whole(0, 3)])![0], [1, 2, 3, 1]);
  // Places in what comes of it, in whatever order they are named.
  assert.deepEqual(computed("Unsqueeze", [whole(5, 6), whole(2, 0)])![0], [1, 2, 1]);
  assert.deepEqual(computed("Squeeze", [constant([1, 2], Float64Array.of(1, 2))])![0], [2]);
  assert.deepEqual(computed("Expand", [whole(1, 2), whole(2, 2)]), [[2, 2], [1, 2, 1, 2]]);
  assert.deepEqual(computed("Range", [whole(1), whole(6), whole(2)]), [[3], [1, 3, 5]]);
  assert.deepEqual(computed("ReduceProd", [whole(2, 3)]), [[], [6]]);
});

Deno.test("types and integers", () => {
  assert.deepEqual(computed("Cast", [real(1.9, -1.9)], { to: 7 }), [[2], [1, -1]]);
  assert.deepEqual(computed("Cast", [real(0.5, 0)], { to: 9 }), [[2], [1, 0]]);
  // (q − zero) · scale, by row.
  const q = constant([2, 2], Int8Array.of(1, 2, 3, 4));
  assert.deepEqual(
    computed("DequantizeLinear", [q, real(0.5, 2), whole(1, 0)], { axis: 0 }),
    [[2, 2], [0, 0.5, 6, 8]],
  );
});

Deno.test("what depends on a sample, or is no operator of these, is not computed", () => {
  assert.equal(computed("Relu", [whole(1)]), undefined);
  assert.equal(computed("Add", [whole(1), { use: "view" } as never]), undefined);
  assert.equal(computed("Add", []), undefined);
});

Deno.test("no constant takes more room than files give it", () => {
  assert.deepEqual(computed("ConstantOfShape", [whole(1e5, 1e5)]), [[1e5, 1e5], [0]]);
  const huge = uniform([1e6, 1e6], 2);
  assert.deepEqual(computed("Mul", [huge, huge])![1], [4]);
  assert.throws(
    () => computed("Range", [whole(0), whole(1e9), whole(1)]),
    /constant of 1000000000/,
  );
  assert.throws(() => computed("Add", [huge, whole(...Array(100).keys())]), /shapes|constant of/);
});

Deno.test("a cut of an axis, and a shape that is asked for", () => {
  assert.deepEqual(sliceOf(5, 1, 99, 2), [1, 2]);
  assert.deepEqual(sliceOf(5, -2, 99, 1), [3, 2]);
  assert.deepEqual(targetShape([2, 3, 4], [0, -1], false), [2, 12]);
  assert.deepEqual(targetShape([0, 3], [0, 3], true), [0, 3]);
});
