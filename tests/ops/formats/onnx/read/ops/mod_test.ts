import assert from "node:assert/strict";
import type { Attributes, OnnxGraph } from "../../../../../../ops/formats/onnx/graph.ts";
import { READ } from "../../../../../../ops/formats/onnx/read/ops/mod.ts";
import { assertAsRuntime, graphModel, kindsOf } from "../one_graph.ts";

const series = (length: number) =>
  Float32Array.from({ length }, (_, i) => Math.cos(i * 0.9) + (i % 3) / 4);
const ints = (...values: number[]) => BigInt64Array.from(values, BigInt);
const put = (
  g: OnnxGraph,
  shape: readonly number[],
  values = series(shape.reduce((a, b) => a * b, 1)),
) => g.constant("c", values, shape);

type Case = readonly [
  shape: readonly number[],
  build: (g: OnnxGraph, x: string) => string,
  kinds: string,
  options?: Parameters<typeof assertAsRuntime>[2],
];

/** An operator on images that gives images. */
const image = (
  op: string,
  attributes: Attributes,
  kinds: string,
  answers: readonly number[],
  constants: readonly (readonly number[])[] = [],
): Case => [
  [4, 6, 5],
  (g, x) => g.node("n", op, [x, ...constants.map((shape) => put(g, shape))], attributes),
  kinds,
  { answers },
];

/** An operator on rows. */
const row = (op: string, attributes: Attributes, kinds: string, opset?: number): Case => [
  [6],
  (g, x) => g.node("n", op, [x], attributes),
  kinds,
  opset === undefined ? {} : { opset },
];

const two = (ints: readonly number[]) => ({ ints });

const cases: Readonly<Record<string, Case>> = {
  "a convolution with zeros around": image(
    "Conv",
    { pads: two([1, 0, 2, 1]), strides: two([2, 1]) },
    "conv",
    [3, 4, 4],
    [[3, 4, 3, 3], [3]],
  ),
  "a dilated one as large as before": image(
    "Conv",
    { dilations: two([2, 1]), pads: two([2, 1, 2, 1]) },
    "conv",
    [2, 6, 5],
    [[2, 4, 3, 3]],
  ),
  "channels apart": image("Conv", { group: { int: 4 } }, "depthwise", [8, 4, 3], [[8, 1, 3, 3]]),
  "channels in groups": image(
    "Conv",
    { group: { int: 2 } },
    "split conv split conv concat",
    [6, 5, 4],
    [[6, 2, 2, 2], [6]],
  ),
  "a transposed convolution": image(
    "ConvTranspose",
    { strides: two([2, 2]), pads: two([1, 1, 1, 1]) },
    "conv-transpose",
    [3, 12, 10],
    [[4, 3, 4, 4], [3]],
  ),
  "one that is cut more": image(
    "ConvTranspose",
    { strides: two([2, 2]), pads: two([1, 1, 1, 1]), ["output_padding"]: two([1, 0]) },
    "conv-transpose crop",
    [3, 12, 9],
    [[4, 3, 3, 3]],
  ),
  "maxima with a last window that reaches out": image(
    "MaxPool",
    { ["kernel_shape"]: two([3, 2]), strides: two([2, 2]), ["ceil_mode"]: { int: 1 } },
    "max-pool",
    [4, 3, 3],
  ),
  "means with zeros counted": image(
    "AveragePool",
    { ["kernel_shape"]: two([3, 3]), pads: two([1, 1, 1, 1]), ["count_include_pad"]: { int: 1 } },
    "pad average-pool",
    [4, 6, 5],
  ),
  "means without": image(
    "AveragePool",
    { ["kernel_shape"]: two([3, 3]), pads: two([1, 1, 1, 1]) },
    "average-pool",
    [4, 6, 5],
  ),
  "a mean of all": image("GlobalAveragePool", {}, "global-average-pool reshape", [4, 1, 1]),
  "a maximum of all": image("GlobalMaxPool", {}, "global-max-pool reshape", [4, 1, 1]),
  "a softmax over channels": [
    [4, 3, 3],
    (g, x) => g.node("n", "Softmax", [g.node("r", "Tanh", [x])], { axis: { int: 1 } }),
    "activation+tanh",
    { answers: [4, 3, 3], head: "softmax" },
  ],
  "gelu by tanh": row("Gelu", { approximate: { string: "tanh" } }, "function", 20),
  "pixels between pixels": [
    [2, 3, 3],
    (g, x) =>
      g.node("n", "Resize", [x, "", put(g, [4], Float32Array.of(1, 1, 2, 2))], {
        mode: { string: "linear" },
      }),
    "resize",
    { answers: [2, 6, 6] },
  ],
  "as large as before, the more zeros before": image(
    "Conv",
    { ["auto_pad"]: { string: "SAME_LOWER" }, strides: two([2, 2]) },
    "conv",
    [2, 3, 3],
    [[2, 4, 3, 3]],
  ),
  "as large as before, the more zeros behind": image(
    "Conv",
    { ["auto_pad"]: { string: "SAME_UPPER" }, strides: two([2, 2]) },
    "conv",
    [2, 3, 3],
    [[2, 4, 3, 3]],
  ),
  "leaky": row("LeakyRelu", { alpha: { float: 0.3 } }, "function"),
  "leaky as a kernel has it": row("LeakyRelu", { alpha: { float: 0.2 } }, "activation+leaky-relu"),
  "elu": row("Elu", { alpha: { float: 1 } }, "activation+elu"),
  "another elu": row("Elu", { alpha: { float: 2 } }, "function"),
  "celu": row("Celu", { alpha: { float: 2 } }, "function"),
  "selu": row("Selu", {}, "function"),
  "softplus": row("Softplus", {}, "function"),
  "softsign": row("Softsign", {}, "function"),
  "tanh": row("Tanh", {}, "activation+tanh"),
  "hard sigmoid": row("HardSigmoid", { alpha: { float: 0.3 } }, "function"),
  "hard swish": row("HardSwish", {}, "function"),
  "a power of e": row("Exp", {}, "function"),
  "the negative": row("Neg", {}, "function"),
  "thresholded": row("ThresholdedRelu", { alpha: { float: 0.5 } }, "function"),
  "mish": row("Mish", {}, "function", 18),
  "gelu": row("Gelu", {}, "activation+gelu", 20),
  "log softmax": row("LogSoftmax", {}, "softmax"),
  "limits": [
    [6],
    (g, x) =>
      g.node("n", "Clip", [x, put(g, [], Float32Array.of(-1)), put(g, [], Float32Array.of(0.5))]),
    "function",
  ],
  "limits of 0 and 6": [
    [6],
    (g, x) =>
      g.node("n", "Clip", [x, put(g, [], Float32Array.of(0)), put(g, [], Float32Array.of(6))]),
    "activation+relu6",
  ],
  "slopes by channel": image("PRelu", {}, "prelu", [4, 6, 5], [[4, 1, 1]]),
  "zeros around an image": [
    [2, 3, 3],
    (g, x) => g.node("n", "Pad", [x, put(g, [8], ints(0, 0, 1, 0, 0, 0, 2, 1) as never)]),
    "pad",
    { answers: [2, 6, 4] },
  ],
  "pixels repeated": [
    [2, 3, 3],
    (g, x) => g.node("n", "Resize", [x, "", put(g, [4], Float32Array.of(1, 1, 2, 3))]),
    "upsample",
    { answers: [2, 6, 9] },
  ],
  "a layer normalisation": [
    [3, 4],
    (g, x) => g.node("n", "LayerNormalization", [x, put(g, [4]), put(g, [4])]),
    "layer-norm",
  ],
  "one over two axes": [
    [3, 4],
    (g, x) =>
      g.node("n", "LayerNormalization", [x, put(g, [3, 4]), put(g, [3, 4])], { axis: { int: 1 } }),
    "reshape layer-norm reshape",
  ],
  "an instance normalisation": image(
    "InstanceNormalization",
    {},
    "permute reshape standardize reshape permute depthwise",
    [4, 6, 5],
    [[4], [4]],
  ),
  "a product of a matrix": [[3, 4], (g, x) => g.node("n", "MatMul", [x, put(g, [4, 5])]), "dense"],
  "a general product": [
    [4],
    (g, x) =>
      g.node("n", "Gemm", [x, put(g, [5, 4]), put(g, [5])], {
        ...{ transB: { int: 1 }, alpha: { float: 0.5 }, beta: { float: 2 } },
      }),
    "dense",
  ],
  "a square": [[4], (g, x) => g.node("n", "Pow", [x, put(g, [], Float32Array.of(2))]), "combine"],
  "a part of the channels": [
    [4, 3, 3],
    (g, x) =>
      g.node("n", "Slice", [x, ...[2, 4, 1].map((each) => put(g, [1], ints(each) as never))]),
    "split",
    { answers: [2, 3, 3] },
  ],
  "a part of the rows": [
    [4, 3],
    (g, x) =>
      g.node("n", "Slice", [x, ...[1, -1, 1].map((each) => put(g, [1], ints(each) as never))]),
    "reshape crop reshape",
  ],
  "the last row": [
    [4, 3],
    (g, x) => g.node("n", "Gather", [x, put(g, [], ints(-1) as never)], { axis: { int: 1 } }),
    "reshape crop flatten",
  ],
  "the first row": [
    [4, 3],
    (g, x) => g.node("n", "Gather", [x, put(g, [], ints(0) as never)], { axis: { int: 1 } }),
    "first",
  ],
};

for (const [name, [shape, build, kinds, options]] of Object.entries(cases)) {
  if (name === "a softmax over columns" || /strings/.test(JSON.stringify(build.toString()))) {
    continue;
  }
  Deno.test(`ONNX Runtime agrees on ${name}`, async () => {
    const model = await assertAsRuntime(shape, build, options);
    if (kinds !== "") assert.equal(kindsOf(model).join(" "), kinds);
  });
}

Deno.test("an operator that no layer does is named with those that are read", () => {
  assert.throws(
    () => graphModel([4], (g, x) => g.node("up", "Round", [x])),
    (error: Error & { hint?: { help?: string } }) => {
      assert.equal(error.message, 'Cannot read node "up" (Round): no layer does that');
      assert.ok(READ.every((op) => error.hint!.help!.includes(op)));
      return true;
    },
  );
  assert.throws(
    () => graphModel([4], (g, x) => g.node("q", "DynamicQuantizeLSTM", [x])),
    (error: Error & { hint?: { help?: string } }) =>
      /before it was quantized/.test(error.hint!.help!),
  );
});

Deno.test("a constant is a tensor, a list or a number, whichever it names", () => {
  const added = (attributes: Attributes) =>
    graphModel([2], (g, x) => {
      const known = g.node("c", "Constant", [], attributes);
      return g.node("n", "Add", [g.node("t", "Tanh", [x]), known]);
    }).layers.slice(1).map((layer) => layer.kind === "function" ? layer.parameters : layer.kind);
  assert.deepEqual(added({ ["value_float"]: { float: 0.5 } }), [[1, 0.5]]);
  assert.deepEqual(added({ ["value_int"]: { int: 3 } }), [[1, 3]]);
  assert.deepEqual(added({ ["value_floats"]: { floats: [2.5] } }), [[1, 2.5]]);
  assert.deepEqual(added({ ["value_ints"]: { ints: [4] } }), [[1, 4]]);
});
