import assert from "node:assert/strict";
import { denseNodes } from "../../../../ops/formats/onnx/dense_nodes.ts";
import { emptyGraph } from "../../../../ops/formats/onnx/graph.ts";
import type { Weight } from "../../../../ops/model/model.ts";
import { floatWeight } from "../../../../ops/model/weights.ts";
import { writtenBy } from "./support/written.ts";

const sourceOf = (inputs: readonly (readonly number[])[], shape: readonly number[]) => {
  const graph = emptyGraph([]);
  const names: string[] = [];
  return {
    graph,
    opset: 17,
    inputs,
    shape,
    read: (index: number) => `x${index}`,
    layout: () => "last" as const,
    weight(role: string, arrange: (weight: Weight) => Weight = (weight) => weight) {
      const sizes: Record<string, readonly number[]> = { kernel: [3, 4], bias: [4] };
      const size = sizes[role] ?? [1];
      const count = size.reduce((a, b) => a * b);
      const values = Float32Array.from({ length: count }, (_, i) => i);
      const weight = arrange(floatWeight(size, values));
      names.push(role);
      return graph.constant(role, weight.data as Float32Array, weight.shape);
    },
  };
};
const ops = ({ graph }: ReturnType<typeof sourceOf>) =>
  graph.nodes.map(({ op, output }) => `${op} ${output}`);

const layer = { name: "a", kind: "dense", inputs: ["x"], units: 4, activation: "linear" } as const;

Deno.test("a row is one product with its bias, each position of a longer shape a product and a sum", () => {
  const written = (input: readonly number[], bias: boolean) => {
    const source = sourceOf([input], [4]);
    denseNodes({ ...layer, bias }, source as never);
    return ops(source);
  };
  assert.deepEqual(written([3], true), ["Gemm a"]);
  assert.deepEqual(written([3], false), ["Gemm a"]);
  assert.deepEqual(written([5, 3], true), ["MatMul a.product", "Add a"]);
  assert.deepEqual(written([5, 3], false), ["MatMul a"]);
});

Deno.test("rows that find their ranges are integers while they are multiplied; columns are summed before", () => {
  const source = sourceOf([[2]], [2]);
  const encoding = {
    use: "affine",
    bits: 8,
    axis: 1,
    symmetry: "symmetric",
    scale: Float32Array.of(1, 1),
    zero: Int32Array.of(0, 0),
  } as const;
  const kernel = { shape: [2, 2], encoding, data: Int8Array.of(1, 2, 3, 4) };
  const integers = { kernel, dynamic: { bits: 8, symmetry: "asymmetric" } };
  denseNodes({ ...layer, bias: false }, { ...source, integers } as never);
  const sums = source.graph.constants.find(({ name }) => name === "a.sums")!;
  assert.deepEqual([...sums.values], [4, 6]);
  assert.ok(ops(source).includes("MatMulInteger a.products"));
  assert.equal(ops(source).at(-1), "Mul a");
});

const place = { inputs: [[3]], shape: [2] };
const linesOf = (
  changed: { readonly bias: boolean; readonly activation: "linear" | "relu" },
  given: Partial<Parameters<typeof writtenBy>[1]> = {},
) => {
  const { value, nodes, constants } = writtenBy(
    (source) => denseNodes({ ...layer, ...changed }, source),
    { ...place, ...given },
  );
  assert.equal(value, "a.last");
  return [...nodes, ...constants];
};

Deno.test("a bias comes before the activation, behind the product of each position", () => {
  assert.deepEqual(linesOf({ bias: true, activation: "relu" }), [
    "a.linear = Gemm(x0.last, kernel, bias)",
    "a = Relu(a.linear)",
  ]);
  assert.deepEqual(linesOf({ bias: true, activation: "relu" }, { inputs: [[5, 3]] }), [
    "a.linear.product = MatMul(x0.last, kernel)",
    "a.linear = Add(a.linear.product, bias)",
    "a = Relu(a.linear)",
  ]);
  assert.deepEqual(linesOf({ bias: false, activation: "linear" }, { inputs: [[5, 3]] }), [
    "a = MatMul(x0.last, kernel)",
  ]);
  assert.deepEqual(linesOf({ bias: false, activation: "linear" }), ["a = Gemm(x0.last, kernel)"]);
});

/** A kernel of integers 1 to 6, three rows of two columns, and what rows become. */
const integersOf = (
  zero: readonly number[],
  axis: number | null,
  dynamic: NonNullable<Parameters<typeof writtenBy>[1]["integers"]>["dynamic"],
) => {
  const encoding = {
    ...{ use: "affine", bits: 8, axis, symmetry: "asymmetric" } as const,
    scale: Float32Array.from(zero, (_, c) => 0.5 + c),
    zero: Int32Array.from(zero),
  };
  return { kernel: { shape: [3, 2], encoding, data: Int8Array.of(1, 2, 3, 4, 5, 6) }, dynamic };
};
/** The smallest normal float32, 2 to the power of −126. */
const SMALLEST = 2 ** -126;

Deno.test("each row's range holds 0; its integers of 8 bits are raised to unsigned ones", () => {
  const integers = integersOf([0, 1], 1, { bits: 8, symmetry: "asymmetric" });
  assert.deepEqual(linesOf({ bias: true, activation: "relu" }, { integers }), [
    "a.linear.product.minimum = ReduceMin(x0.last) axes:ints=-1",
    "a.linear.product.least = Min(a.linear.product.minimum, 0)",
    "a.linear.product.maximum = ReduceMax(x0.last) axes:ints=-1",
    "a.linear.product.most = Max(a.linear.product.maximum, 0)",
    "a.linear.product.extent = Sub(a.linear.product.most, a.linear.product.least)",
    "a.linear.product.step = Div(a.linear.product.extent, 255)",
    `a.linear.product.row-scale = Max(a.linear.product.step, ${SMALLEST})`,
    "a.linear.product.lowest = Div(a.linear.product.least, a.linear.product.row-scale)",
    "a.linear.product.offset = Sub(-128, a.linear.product.lowest)",
    "a.linear.product.nearest = Round(a.linear.product.offset)",
    "a.linear.product.zero = Clip(a.linear.product.nearest, -128, 127)",
    "a.linear.product.ratio = Div(x0.last, a.linear.product.row-scale)",
    "a.linear.product.rounded = Round(a.linear.product.ratio)",
    "a.linear.product.shifted = Add(a.linear.product.rounded, a.linear.product.zero)",
    "a.linear.product.inside = Clip(a.linear.product.shifted, -128, 127)",
    "a.linear.product.raised = Add(a.linear.product.inside, 128)",
    // TensorProto: UINT8 is 2, INT32 is 6, FLOAT is 1.
    "a.linear.product.rows = Cast(a.linear.product.raised) to:int=2",
    "a.linear.product.products = MatMulInteger(a.linear.product.rows, a.linear.product.kernel, , a.linear.product.kernel.zero)",
    "a.linear.product.raised-zero = Add(a.linear.product.zero, 128)",
    "a.linear.product.level = Cast(a.linear.product.raised-zero) to:int=6",
    "a.linear.product.excess = Mul(a.linear.product.level, a.linear.product.sums)",
    "a.linear.product.centred = Sub(a.linear.product.products, a.linear.product.excess)",
    "a.linear.product.exact = Cast(a.linear.product.centred) to:int=1",
    "a.linear.product.scaled = Mul(a.linear.product.exact, a.linear.product.row-scale)",
    "a.linear.product = Mul(a.linear.product.scaled, a.linear.product.scale)",
    "a.linear = Add(a.linear.product, bias)",
    "a = Relu(a.linear)",
    "0 Float32 [] 0",
    "255 Float32 [] 255",
    `${SMALLEST} Float32 [] ${SMALLEST}`,
    "-128 Float32 [] -128",
    "127 Float32 [] 127",
    "128 Float32 [] 128",
    "a.linear.product.kernel Int8 [3,2] 1 2 3 4 5 6",
    "a.linear.product.kernel.zero Int8 [2] 0 1",
    // 1 + 3 + 5, and 2 + 4 + 6 less three times 1.
    "a.linear.product.sums Int32 [2] 9 9",
    "a.linear.product.scale Float32 [2] 0.5 1.5",
  ]);
});

Deno.test("symmetric rows reach as far below 0 as above; from operator set 18 on axes are an input", () => {
  const integers = integersOf([0], null, { bits: 4, symmetry: "symmetric" });
  assert.deepEqual(linesOf({ bias: false, activation: "linear" }, { integers, opset: 18 }), [
    "a.minimum = ReduceMin(x0.last, int64.-1x1)",
    "a.least = Min(a.minimum, 0)",
    "a.maximum = ReduceMax(x0.last, int64.-1x1)",
    "a.most = Max(a.maximum, 0)",
    "a.depth = Neg(a.least)",
    "a.reach = Max(a.depth, a.most)",
    "a.step = Div(a.reach, 7)",
    `a.row-scale = Max(a.step, ${SMALLEST})`,
    "a.ratio = Div(x0.last, a.row-scale)",
    "a.rounded = Round(a.ratio)",
    "a.shifted = Add(a.rounded, 0)",
    "a.inside = Clip(a.shifted, -8, 7)",
    "a.raised = Add(a.inside, 8)",
    "a.rows = Cast(a.raised) to:int=2",
    "a.products = MatMulInteger(a.rows, a.kernel)",
    "a.raised-zero = Add(0, 8)",
    "a.level = Cast(a.raised-zero) to:int=6",
    "a.excess = Mul(a.level, a.sums)",
    "a.centred = Sub(a.products, a.excess)",
    "a.exact = Cast(a.centred) to:int=1",
    "a.scaled = Mul(a.exact, a.row-scale)",
    "a = Mul(a.scaled, a.scale)",
    "int64.-1x1 BigInt64 [1] -1",
    "0 Float32 [] 0",
    "7 Float32 [] 7",
    `${SMALLEST} Float32 [] ${SMALLEST}`,
    "-8 Float32 [] -8",
    "8 Float32 [] 8",
    "a.kernel Int8 [3,2] 1 2 3 4 5 6",
    "a.sums Int32 [2] 9 12",
    "a.scale Float32 [] 0.5",
  ]);
});

Deno.test("one zero of a whole kernel is a scalar, taken from every integer of every column", () => {
  const integers = integersOf([2], null, { bits: 8, symmetry: "symmetric" });
  const lines = linesOf({ bias: false, activation: "linear" }, { integers, opset: 17 });
  assert.equal(lines[0], "a.minimum = ReduceMin(x0.last) axes:ints=-1");
  assert.ok(lines.includes("a.products = MatMulInteger(a.rows, a.kernel, , a.kernel.zero)"));
  assert.deepEqual(lines.slice(-4), [
    "a.kernel Int8 [3,2] 1 2 3 4 5 6",
    "a.kernel.zero Int8 [] 2",
    // 1 + 3 + 5 and 2 + 4 + 6, each less three times 2.
    "a.sums Int32 [2] 3 6",
    "a.scale Float32 [] 0.5",
  ]);
  const floats = { ...integers, kernel: floatWeight([3, 2], new Float32Array(6)) };
  assert.throws(
    () => linesOf({ bias: false, activation: "linear" }, { integers: floats }),
    { message: 'internal: the kernel of "a" is no integers' },
  );
});
