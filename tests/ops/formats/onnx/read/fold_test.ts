import assert from "node:assert/strict";
import { constant, type Known, uniform } from "../../../../../ops/formats/onnx/read/constants.ts";
import { folded } from "../../../../../ops/formats/onnx/read/fold.ts";
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

Deno.test("constants are transposed, gathered, joined, sliced and reshaped as ONNX says", () => {
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

Deno.test("constants are cast to integers and booleans, and dequantized by row", () => {
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

Deno.test("every operator by number, of whole numbers and of others", () => {
  const two = (op: string) => (computed(op, [real(7, -7, 2), real(2, 2, 2)])![1]);
  assert.deepEqual(
    ["Add", "Sub", "Mul", "Div", "Pow", "Mod", "Min", "Max"].map((
      op,
    ) => [op, ...two(op) as number[]]),
    [
      ["Add", 9, -5, 4],
      ["Sub", 5, -9, 0],
      ["Mul", 14, -14, 4],
      ["Div", 3.5, -3.5, 1],
      ["Pow", 49, 49, 4],
      ["Mod", 1, -1, 0],
      ["Min", 2, -7, 2],
      ["Max", 7, 2, 2],
    ],
  );
  assert.deepEqual(["Equal", "Greater", "Less"].map((op) => two(op)), [
    [0, 0, 1],
    [1, 0, 0],
    [0, 1, 0],
  ]);
  const one = (op: string, ...values: number[]) => computed(op, [real(...values)])![1];
  assert.deepEqual(one("Neg", 1.5, -2), [-1.5, 2]);
  assert.deepEqual(one("Sqrt", 4, 0.25), [2, 0.5]);
  assert.deepEqual(one("Reciprocal", 4, -0.5), [0.25, -2]);
  assert.deepEqual(one("Floor", 1.5, -1.5), [1, -2]);
  assert.deepEqual(one("Ceil", 1.5, -1.5), [2, -1]);
  assert.deepEqual(one("Not", 0, 1), [1, 0]);
});

Deno.test("shapes are stretched from behind, either to the other", () => {
  const [column, row] = [constant([2, 1], Float64Array.of(1, 2)), whole(10, 20, 30)];
  const sums = [[2, 3], [11, 21, 31, 12, 22, 32]];
  assert.deepEqual([computed("Add", [column, row]), computed("Add", [row, column])], [sums, sums]);
  assert.deepEqual(computed("Sub", [uniform([2, 2], 3), whole(1, 2)]), [[2, 2], [2, 1, 2, 1]]);
  assert.deepEqual(computed("Where", [whole(1), whole(1, 2), whole(3)]), [[2], [1, 2]]);
  assert.deepEqual(computed("Where", [whole(0), whole(1, 2), whole(3)]), [[1], [3]]);
  assert.deepEqual(computed("Where", [column, row, whole(0, 0, 0)]), [[2, 3], [
    ...[10, 20, 30, 10, 20, 30],
  ]]);
});

Deno.test("a number that is everywhere stays one, in whatever shape", () => {
  // So many are not written out.
  const same = uniform([1000, 900], 7);
  assert.deepEqual(computed("Transpose", [same]), [[900, 1000], [7]]);
  assert.deepEqual(computed("Slice", [same, whole(1), whole(501), whole(1)]), [[1000, 500], [7]]);
  assert.deepEqual(computed("Expand", [whole(4), whole(1000, 900)]), [[1000, 900], [4]]);
  assert.deepEqual(computed("Concat", [uniform([2], 1), whole(2)]), [[3], [1, 1, 2]]);
});

Deno.test("axes are counted from either end, and cut by steps", () => {
  const cube = constant([2, 2, 3], Float64Array.from({ length: 12 }, (_, i) => i));
  assert.deepEqual(computed("Gather", [cube, whole(1)], { axis: 1 }), [[2, 1, 3], [
    ...[3, 4, 5, 9, 10, 11],
  ]]);
  assert.deepEqual(computed("Gather", [cube, constant([], Float64Array.of(-1))]), [[2, 3], [
    ...[6, 7, 8, 9, 10, 11],
  ]]);
  assert.deepEqual(computed("Concat", [matrix, matrix], { axis: -1 }), [[2, 6], [
    ...[1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6],
  ]]);
  assert.deepEqual(computed("Transpose", [cube], { perm: [1, 2, 0] }), [[2, 3, 2], [
    ...[0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11],
  ]]);
  const cut = [whole(0, 1), whole(9, 9), whole(0, 2), whole(1, 2)];
  assert.deepEqual(computed("Slice", [cube, ...cut]), [[2, 2, 1], [1, 4, 7, 10]]);
  assert.deepEqual(computed("Squeeze", [constant([1, 2, 1], Float64Array.of(1, 2)), whole(-1)]), [
    ...[[1, 2], [1, 2]],
  ]);
  assert.deepEqual(computed("Unsqueeze", [matrix], { axes: [0] })![0], [1, 2, 3]);
  assert.deepEqual(computed("Flatten", [cube])![0], [2, 6]);
  assert.deepEqual(computed("Flatten", [cube], { axis: 2 })![0], [4, 3]);
  assert.deepEqual(computed("Reshape", [matrix, whole(0, -1)])![0], [2, 3]);
  assert.deepEqual(computed("Reshape", [matrix, whole(0, 6)], { allowzero: 1 })![0], [0, 6]);
});

Deno.test("a Cast keeps floats, cuts to integers and makes anything but 0 a 1", () => {
  const typed = (to: number) => computed("Cast", [real(1.75, -0.25)], { to })![1];
  for (const float of [1, 10, 11, 16]) assert.deepEqual(typed(float), [1.75, -0.25]);
  for (const integer of [2, 3, 6, 7]) {
    assert.deepEqual((typed(integer) as number[]).map((each) => each + 0), [1, 0]);
  }
  assert.deepEqual(typed(9), [1, 1]);
  assert.deepEqual(computed("Cast", [real(1.75)]), [[1], [1.75]]);
});

Deno.test("integers have one scale, or one along an axis, and a zero or none", () => {
  const q = constant([2, 3], Int8Array.of(1, 2, 3, 4, 5, 6));
  const of = (axis: number, scale: Known, zero?: Known) =>
    computed("DequantizeLinear", zero ? [q, scale, zero] : [q, scale], { axis })![1];
  assert.deepEqual(of(1, real(2)), [2, 4, 6, 8, 10, 12]);
  assert.deepEqual(of(1, real(2), whole(1)), [0, 2, 4, 6, 8, 10]);
  assert.deepEqual(of(1, real(1, 2, 3), whole(0, 1, 0)), [1, 2, 9, 4, 8, 18]);
  assert.deepEqual(of(-1, real(1, 2, 3)), [1, 4, 9, 4, 10, 18]);
});

Deno.test("ranges are of whole steps, either way, and none where they lead away", () => {
  const range = (...of: number[]) => computed("Range", of.map((each) => whole(each)))![1];
  assert.deepEqual([
    range(0, 5, 2),
    range(5, 0, -2),
    range(0, 4, 2),
    range(3, 3, 1),
    range(0, 5, -1),
  ], [
    ...[[0, 2, 4], [5, 3, 1], [0, 2], [], []],
  ]);
  assert.throws(() => range(0, 5, 0), /constant of Infinity numbers/);
  assert.throws(
    () => computed("Reshape", [matrix, whole(-1, 4)]),
    /it would make a constant of shape 1.5×4/,
  );
});

Deno.test("what exporters compute of places: powers, logarithms, roundings, truths", () => {
  assert.deepEqual(computed("Pow", [whole(2, -2, 4), whole(3)]), [[3], [8, -8, 64]]);
  assert.deepEqual(computed("Log", [real(1)]), [[1], [0]]);
  assert.deepEqual(computed("Exp", [real(0)]), [[1], [1]]);
  assert.deepEqual(computed("Abs", [whole(-3, 2)]), [[2], [3, 2]]);
  assert.deepEqual(computed("And", [whole(1, 1, 0), whole(1, 0, 0)]), [[3], [1, 0, 0]]);
  assert.deepEqual(computed("Or", [whole(1, 1, 0), whole(1, 0, 0)]), [[3], [1, 1, 0]]);
  assert.deepEqual(computed("GreaterOrEqual", [whole(1, 2, 3), whole(2)]), [[3], [0, 1, 1]]);
  assert.deepEqual(computed("LessOrEqual", [whole(1, 2, 3), whole(2)]), [[3], [1, 1, 0]]);
});

Deno.test("known numbers stay those of one sample of an open batch, and one number stays one", () => {
  assert.deepEqual(computed("Expand", [whole(1, 2), whole(1_000_003, 1)]), [[1, 2], [1, 2]]);
  assert.deepEqual(computed("Expand", [whole(1, 2), whole(2, 1)]), [[2, 2], [1, 2, 1, 2]]);
  const many = computed("Sub", [constant([], Float32Array.of(1)), uniform([1_000_003, 6], 1)]);
  assert.deepEqual(many, [[1_000_003, 6], [0]]);
});

Deno.test("constants that do not fit together are a sentence", () => {
  assert.throws(() => computed("Concat", [matrix, whole(1)], { axis: 1 }), /do not fit together/);
  assert.throws(
    () => computed("Reshape", [constant([0], new Float64Array(0)), whole(0, -1)]),
    /do not fit together/,
  );
});

Deno.test("an operator without an input that it needs is refused", () => {
  const absent = undefined as unknown as Known;
  for (
    const [op, inputs] of [
      ["Add", [matrix]],
      ["Where", [matrix, matrix]],
      ["Gather", [matrix]],
      ["Gather", [absent, whole(0)]],
      ["Reshape", [matrix]],
      ["Concat", [matrix, absent]],
    ] as const
  ) assert.throws(() => computed(op, inputs), /it has no input [123]/, op);
});

Deno.test("fewer numbers than their shape says, cuts without end and axes without number are refused", () => {
  const cut = { starts: [0], ends: [9], axes: [0], steps: [1e-9] };
  assert.throws(() => computed("Slice", [matrix], cut), /constant of|do not fit/);
  assert.throws(() => computed("Reshape", [matrix, whole(7)]), /do not fit together/);
  const axes = Array.from({ length: 17 }, (_, axis) => axis);
  assert.throws(() => computed("Unsqueeze", [whole(1)], { axes }), /a constant of 18 axes/);
});
