import assert from "node:assert/strict";
import { emptyGraph } from "../../../../ops/formats/onnx/graph.ts";
import { layerNodes } from "../../../../ops/formats/onnx/nodes.ts";
import type { Layer } from "../../../../ops/model/model.ts";
import { floatWeight } from "../../../../ops/model/weights.ts";
import { writtenBy } from "./support/written.ts";

function written(layer: object, { inputs, shape, opset = 17 }: {
  readonly inputs: readonly (readonly number[])[];
  readonly shape: readonly number[];
  readonly opset?: number;
}) {
  const graph = emptyGraph([]);
  const source = {
    ...{ graph, opset, inputs, shape },
    read: (index: number) => `x${index}`,
    layout: () => "last",
    weight: (role: string) => role,
  };
  layerNodes({ name: "a", inputs: ["x"], ...layer } as unknown as Layer, source as never);
  return graph;
}
const window = { strides: [2, 2], padding: "same", dilations: [1, 1] } as const;

Deno.test("padding is written in numbers, at the end as much as the last window needs", () => {
  const conv = {
    kind: "conv",
    filters: 1,
    kernel: [3, 3],
    ...window,
    bias: true,
    activation: "linear",
  };
  const [node] = written(conv, { inputs: [[5, 6, 1]], shape: [3, 3, 1] }).nodes;
  // Of 5 rows three windows of 3 at stride 2 want 7, of 6 columns too: 1 + 1, and 0 + 1.
  assert.deepEqual(node!.attributes.pads, { ints: [1, 0, 1, 1] });
  assert.deepEqual(node!.inputs, ["x0", "kernel", "bias"]);
  assert.deepEqual(node!.attributes.group, { int: 1 });
});

Deno.test("only newer operator sets dilate an average", () => {
  const pool = { kind: "average-pool", size: [2, 2], ...window, dilations: [2, 2] };
  const of = { inputs: [[8, 8, 1]], shape: [4, 4, 1] };
  assert.throws(
    () => written(pool, of),
    /for ONNX: its average pooling is dilated, which operator set 17 does not know; set `opset` to 19 or higher$/,
  );
  assert.throws(() => written(pool, { ...of, opset: 18 }), RangeError);
  assert.deepEqual(written(pool, { ...of, opset: 19 }).nodes[0]!.attributes.dilations, {
    ints: [2, 2],
  });
});

Deno.test("a part of the channels is a slice; several values are added one by one", () => {
  const split = written({ kind: "split", parts: 2, part: 1 }, {
    inputs: [[4, 4, 6]],
    shape: [4, 4, 3],
  });
  assert.deepEqual(split.constants.map(({ values }) => Number(values[0])), [3, 6, 1]);
  const shape = [4];
  const add = written({ kind: "add", activation: "linear" }, {
    inputs: [shape, shape, shape],
    shape,
  });
  assert.deepEqual(add.nodes.map(({ inputs, output }) => [output, ...inputs]), [
    ["a.sum", "x0", "x1"],
    ["a", "a.sum", "x2"],
  ]);
  assert.deepEqual(written({ kind: "dropout", rate: 0.5 }, { inputs: [shape], shape }).nodes, []);
});

/** 0, 1, 2 … in a shape. */
const counted = (...shape: number[]) =>
  floatWeight(shape, Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => i));
const linesOf = (layer: object, place: Parameters<typeof writtenBy>[1]) => {
  const build = (source: Parameters<typeof layerNodes>[1]) =>
    layerNodes({ name: "a", inputs: ["x"], ...layer } as unknown as Layer, source);
  const { value, nodes, constants } = writtenBy(build, place);
  return [...nodes, ...constants, `→ ${value}`];
};
const wide = { strides: [2, 1], padding: "same", dilations: [1, 2] } as const;
const plain = { strides: [1, 1], padding: "valid", dilations: [1, 1] } as const;
const image = { inputs: [[5, 6, 2]], shape: [5, 6, 2] };

Deno.test("a convolution's kernel is [out, in, height, width], its window in numbers", () => {
  const layer = { kind: "conv", filters: 2, kernel: [3, 2] };
  const weights = { kernel: counted(1, 2, 2, 2) };
  assert.deepEqual(
    linesOf({ ...layer, ...wide, bias: true, activation: "relu6" }, { ...image, weights }),
    [
      // Rows: 3 windows of 3 at stride 2 want 7 of 5. Columns: 6 windows that reach over 3 want 8 of 6.
      "a.linear = Conv(x0.first, kernel, bias) kernel_shape:ints=3,2 strides:ints=2,1 dilations:ints=1,2 " +
      "pads:ints=1,1,1,1 group:int=1",
      "a = Clip(a.linear, 0, 6)",
      "kernel Float32 [2,2,1,2] 0 4 2 6 1 5 3 7",
      "0 Float32 [] 0",
      "6 Float32 [] 6",
      "→ a.first",
    ],
  );
  const padding = [[2, 1], [0, 3]];
  const explicit = { ...layer, ...wide, padding, bias: false, activation: "linear" };
  // 5 + 3 rows hold 3 windows, the last of which ends at 7: one row of zeros behind is not read.
  assert.deepEqual(linesOf(explicit, image), [
    "a = Conv(x0.first, kernel) kernel_shape:ints=3,2 strides:ints=2,1 dilations:ints=1,2 " +
    "pads:ints=2,0,0,3 group:int=1",
    "→ a.first",
  ]);
});

Deno.test("a depthwise convolution has a group for each channel that it reads", () => {
  const layer = { kind: "depthwise", multiplier: 2, kernel: [1, 2], ...plain, bias: true };
  const weights = { kernel: counted(1, 2, 2, 2) };
  assert.deepEqual(
    linesOf({ ...layer, activation: "linear" }, { inputs: [[5, 6, 2]], shape: [5, 5, 4], weights }),
    [
      "a = Conv(x0.first, kernel, bias) kernel_shape:ints=1,2 strides:ints=1,1 dilations:ints=1,1 " +
      "pads:ints=0,0,0,0 group:int=2",
      "kernel Float32 [4,1,1,2] 0 4 1 5 2 6 3 7",
      "→ a.first",
    ],
  );
});

Deno.test("a transposed convolution cuts what is too much, at the end first, and adds what is missing", () => {
  const layer = { kind: "conv-transpose", filters: 3, kernel: [3, 2], strides: [2, 3] };
  const same = { ...layer, padding: "same", bias: true, activation: "tanh" };
  const weights = { kernel: counted(1, 2, 2, 3) };
  // Rows: (5 − 1) · 2 + 3 = 11 for 10. Columns: (6 − 1) · 3 + 2 = 17 for 18.
  assert.deepEqual(linesOf(same, { inputs: [[5, 6, 2]], shape: [10, 18, 3], weights }), [
    "a.linear = ConvTranspose(x0.first, kernel, bias) kernel_shape:ints=3,2 strides:ints=2,3 " +
    "pads:ints=0,0,1,0 output_padding:ints=0,1",
    "a = Tanh(a.linear)",
    "kernel Float32 [2,3,1,2] 0 6 1 7 2 8 3 9 4 10 5 11",
    "→ a.first",
  ]);
  const valid = { ...layer, kernel: [2, 5], strides: [3, 2], padding: "valid", bias: false };
  assert.deepEqual(
    linesOf({ ...valid, activation: "linear" }, { inputs: [[5, 6, 2]], shape: [15, 15, 3] }),
    [
      "a = ConvTranspose(x0.first, kernel) kernel_shape:ints=2,5 strides:ints=3,2 " +
      "pads:ints=0,0,0,0 output_padding:ints=1,0",
      "→ a.first",
    ],
  );
  // Columns: (6 − 1) · 2 + 5 = 15 for 12: one before, two behind. Rows: (5 − 1) · 1 + 4 = 8 for 5, one and two.
  const cut = { ...same, kernel: [4, 5], strides: [1, 2], activation: "linear" };
  assert.deepEqual(
    linesOf(cut, { inputs: [[5, 6, 2]], shape: [5, 12, 3] })[0],
    [
      "a = ConvTranspose(x0.first, kernel, bias) kernel_shape:ints=4,5 strides:ints=1,2 " +
      "pads:ints=1,1,2,2 output_padding:ints=0,0",
    ][0],
  );
});

Deno.test("pools read channels first; an average leaves its padding out, and is dilated where it can be", () => {
  const max = { kind: "max-pool", size: [3, 2], ...wide };
  assert.deepEqual(linesOf(max, image), [
    "a = MaxPool(x0.first) kernel_shape:ints=3,2 strides:ints=2,1 dilations:ints=1,2 pads:ints=1,1,1,1",
    "→ a.first",
  ]);
  const average = { ...max, kind: "average-pool", dilations: [1, 1] };
  assert.deepEqual(linesOf(average, image), [
    "a = AveragePool(x0.first) kernel_shape:ints=3,2 strides:ints=2,1 pads:ints=1,0,1,1 " +
    "count_include_pad:int=0",
    "→ a.first",
  ]);
  assert.deepEqual(linesOf({ ...average, dilations: [1, 2] }, { ...image, opset: 19 }), [
    "a = AveragePool(x0.first) kernel_shape:ints=3,2 strides:ints=2,1 pads:ints=1,1,1,1 " +
    "count_include_pad:int=0 dilations:ints=1,2",
    "→ a.first",
  ]);
  assert.throws(
    () => linesOf({ ...average, dilations: [1, 2] }, { ...image, opset: 18 }),
    new RangeError(
      'Cannot write "a" for ONNX: its average pooling is dilated, which operator set 18 does not know; ' +
        "set `opset` to 19 or higher",
    ),
  );
  for (const [kind, op] of [["max", "GlobalMaxPool"], ["average", "GlobalAveragePool"]]) {
    assert.deepEqual(linesOf({ kind: `global-${kind}-pool` }, image), [
      `a.pooled = ${op}(x0.first)`,
      "a = Flatten(a.pooled)",
      "→ a.last",
    ]);
  }
});

/** What each is written as: by default of an image, read with its channels last. */
const moves: readonly (readonly [layer: object, lines: readonly string[], place?: object])[] = [
  [{ kind: "batchnorm", epsilon: 0.25, activation: "sigmoid" }, [
    "a.linear = BatchNormalization(x0.first, gamma, beta, mean, variance) epsilon:float=0.25",
    "a = Sigmoid(a.linear)",
    "→ a.first",
  ]],
  [{ kind: "activation", activation: "tanh" }, ["a = Tanh(x0.first)", "→ a.first"], {
    layout: "first",
  }],
  [{ kind: "activation", activation: "linear" }, ["→ x0.last.last"]],
  [{ kind: "upsample", size: [2, 3] }, [
    "a = Resize(x0.first, , a.factors)",
    "a.factors Float32 [4] 1 1 2 3",
    "→ a.first",
  ]],
  [{ kind: "flatten" }, ["a = Flatten(x0.last)", "→ a.last"]],
  [{ kind: "reshape", shape: [-1, 4] }, [
    "a = Reshape(x0.last, a.shape)",
    "a.shape BigInt64 [3] 0 15 4",
    "→ a.last",
  ], { shape: [15, 4] }],
  [{ kind: "pad", amounts: [[1, 2], [3, 4]] }, [
    "a = Pad(x0.first, a.amounts)",
    // The starts of batch, channels, rows, columns, then their ends.
    "a.amounts BigInt64 [8] 0 0 1 3 0 0 2 4",
    "→ a.first",
  ]],
  [{ kind: "crop", amounts: [[1, 2], [3, 0]] }, [
    "a = Slice(x0.first, a.start, a.end, a.axes)",
    "a.start BigInt64 [2] 1 3",
    "a.end BigInt64 [2] 3 6",
    "a.axes BigInt64 [2] 2 3",
    "→ a.first",
  ], { shape: [2, 3, 2] }],
  [{ kind: "permute", order: [2, 0, 1] }, [
    "a = Transpose(x0.last) perm:ints=0,3,1,2",
    "→ a.last",
  ]],
  [{ kind: "add", activation: "elu" }, [
    "a.linear.sum = Add(x0.first, x1.first)",
    "a.linear = Add(a.linear.sum, x2.first)",
    "a = Elu(a.linear)",
    "→ a.first",
  ], { inputs: [[2], [2], [2]], layout: "first" }],
  [{ kind: "add", activation: "linear" }, [
    "a.sum = Add(x0.last, x1.last)",
    "a.sum_ = Add(a.sum, x2.last)",
    "a = Add(a.sum_, x3.last)",
    "→ a.last",
  ], { inputs: [[2], [2], [2], [2]] }],
  [{ kind: "concat" }, ["a = Concat(x0.first, x1.first) axis:int=1", "→ a.first"], {
    inputs: [[2], [3]],
  }],
  [{ kind: "split", parts: 3, part: 1 }, [
    "a = Slice(x0.first, a.start, a.end, a.axis)",
    "a.start BigInt64 [1] 2",
    "a.end BigInt64 [1] 4",
    "a.axis BigInt64 [1] 1",
    "→ a.first",
  ]],
  [{ kind: "shuffle", groups: 2 }, [
    "a.grouped = Reshape(x0.first, a.grouped.shape)",
    "a.turned = Transpose(a.grouped) perm:ints=0,2,1,3",
    "a = Reshape(a.turned, a.shape)",
    "a.grouped.shape BigInt64 [4] 0 2 3 20",
    "a.shape BigInt64 [4] 0 6 4 5",
    "→ a.first",
  ], { inputs: [[4, 5, 6]], shape: [4, 5, 6] }],
  [{ kind: "dropout", rate: 0.5 }, ["→ x0.first.first"], { layout: "first" }],
  [{ kind: "sample" }, ["→ x0.last.last"]],
];

Deno.test("layers without products are written in the operators that ONNX has for them", () => {
  for (const [layer, lines, place] of moves) {
    assert.deepEqual(linesOf(layer, { ...image, ...place }), lines, JSON.stringify(layer));
  }
});
