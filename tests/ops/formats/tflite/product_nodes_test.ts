import assert from "node:assert/strict";
import {
  convNodes,
  denseNodes,
  depthwiseNodes,
  transposedConvolution,
} from "../../../../ops/formats/tflite/product_nodes.ts";
import { emptyGraph } from "../../../../ops/formats/tflite/graph.ts";
import { operatorCoded } from "../../../../ops/formats/tflite/operators.ts";
import type { TfliteSource } from "../../../../ops/formats/tflite/source.ts";
import type { Weight } from "../../../../ops/model/model.ts";
import { floatWeight } from "../../../../ops/model/weights.ts";

Deno.test("a kernel [inputs, units] is written [units, inputs]; further axes are kept", () => {
  const graph = emptyGraph();
  const layer = { name: "d", kind: "dense", inputs: ["x"], units: 2, bias: false } as const;
  const source = {
    ...{ graph, name: "d", inputs: [[4, 3]], shape: [4, 2] },
    read: () => graph.tensor("x", { shape: [1, 4, 3], type: "float32" }),
    weight: () => 0,
    decoded: () => new Float32Array(),
    operands(
      arrange: (
        kernel: ReturnType<typeof floatWeight>,
      ) => { shape: readonly number[]; data: unknown },
    ) {
      const { shape, data } = arrange(floatWeight([3, 2], Float32Array.of(1, 2, 3, 4, 5, 6)));
      assert.deepEqual([shape, data], [[2, 3], Float32Array.of(1, 3, 5, 2, 4, 6)]);
      return [0, 0] as const;
    },
  };
  denseNodes({ ...layer, activation: "relu" }, source as never);
  const file = graph.file({ name: "g", inputs: [], outputs: [], description: "" });
  assert.deepEqual(file.subgraphs[0]!.operators[0]!.options, {
    activation: 1,
    weightsFormat: 0,
    keepsAxes: true,
  });
});

/** The operators that a layer becomes, by name, with their options, and its kernel as it is arranged. */
function written(
  kernel: Weight,
  { shapes: [input, shape], integers = false, build }: {
    readonly shapes: readonly [readonly number[], readonly number[]];
    readonly integers?: boolean;
    build(source: TfliteSource): unknown;
  },
) {
  const graph = emptyGraph();
  const format = { scale: 0.5, zero: 1 } as never;
  let arranged: Weight | undefined;
  build({
    ...{ graph, name: "l", inputs: [input], shape },
    ...integers && { integers: { inputs: [format], output: format } },
    read: () => graph.tensor("x", { shape: [1, ...input], type: integers ? "int8" : "float32" }),
    weight: () => 0,
    decoded: () => new Float32Array(),
    operands(arrange) {
      arranged = arrange(kernel);
      return [0, 0];
    },
  });
  const file = graph.file({ name: "g", inputs: [], outputs: [], description: "" });
  const operators = file.subgraphs[0]!.operators.map(({ code, options }) => [
    operatorCoded(file.codes[code]!.code),
    options,
  ]);
  return {
    operators,
    arranged: arranged!,
    shapes: file.subgraphs[0]!.tensors.map(({ shape }) => shape),
  };
}

const window = { strides: [2, 3], dilations: [1, 2], padding: "same", bias: true } as const;

Deno.test("windows are written with their columns apart from their rows", () => {
  const kernel = floatWeight([3, 2, 2, 5], Float32Array.from({ length: 60 }, (_, i) => i));
  const layer = {
    ...{ name: "l", kind: "conv", inputs: ["x"], filters: 5, kernel: [3, 2] },
    ...window,
    activation: "relu6",
  } as const;
  const found = written(kernel, {
    shapes: [[8, 9, 2], [4, 3, 5]],
    build: (source) => convNodes(layer as never, source),
  });
  assert.deepEqual(found.operators, [["CONV_2D", {
    ...{ padding: 0, strideX: 3, strideY: 2, dilationX: 2, dilationY: 1, activation: 3 },
  }]]);
  assert.deepEqual(found.arranged.shape, [5, 3, 2, 2]);
});

Deno.test("a depthwise kernel lies in a row of outputs, each with the scale of its channel or of its filter", () => {
  const data = Int8Array.from({ length: 6 }, (_, i) => i);
  const integers = (axis: number, scale: readonly number[]): Weight => ({
    shape: [1, 1, 2, 3],
    data,
    encoding: {
      ...{ use: "affine", bits: 8, axis, scale: Float32Array.from(scale) },
      zero: Int32Array.from(scale, (each) => each * 10),
    } as never,
  });
  const layer = {
    ...{ name: "l", kind: "depthwise", inputs: ["x"], multiplier: 3, kernel: [1, 1] },
    ...{ strides: [1, 1], dilations: [1, 1], padding: "valid", bias: true, activation: "linear" },
  } as const;
  const arranged = (kernel: Weight) =>
    written(kernel, {
      shapes: [[4, 4, 2], [4, 4, 6]],
      build: (source) => depthwiseNodes(layer as never, source),
    });
  const { operators } = arranged(integers(2, [1, 2]));
  assert.deepEqual(operators, [["DEPTHWISE_CONV_2D", {
    ...{ padding: 1, strideX: 1, strideY: 1, dilationX: 1, dilationY: 1 },
    ...{ multiplier: 3, activation: 0 },
  }]]);
  for (
    const [axis, scale, expected] of [
      [2, [1, 2], [1, 1, 1, 2, 2, 2]],
      [3, [1, 2, 3], [1, 2, 3, 1, 2, 3]],
    ] as const
  ) {
    const { shape, data: kept, encoding } = arranged(integers(axis, scale)).arranged;
    assert.deepEqual([shape, kept], [[1, 1, 1, 6], data]);
    assert.ok(encoding.use === "affine");
    assert.equal(encoding.axis, 3);
    assert.deepEqual([...encoding.scale], expected);
    assert.deepEqual([...encoding.zero], expected.map((each) => each * 10));
  }
  const floats = floatWeight([1, 1, 2, 3], new Float32Array(6));
  assert.deepEqual(arranged(floats).arranged.encoding, floats.encoding);
});

Deno.test("rows of integers are multiplied as pixels of an image", () => {
  const layer = {
    ...{ name: "l", kind: "dense", inputs: ["x"], units: 2, bias: true, activation: "relu" },
  } as const;
  const kernel = floatWeight([3, 2], Float32Array.of(1, 2, 3, 4, 5, 6));
  const { operators, arranged, shapes } = written(kernel, {
    shapes: [[4, 5, 3], [4, 5, 2]],
    integers: true,
    build: (source) => denseNodes(layer as never, source),
  });
  assert.deepEqual(operators, [
    ["RESHAPE", { shape: [-1, 1, 20, 3] }],
    ["CONV_2D", {
      ...{ padding: 1, strideX: 1, strideY: 1, dilationX: 1, dilationY: 1, activation: 1 },
    }],
    ["RESHAPE", { shape: [-1, 4, 5, 2] }],
  ]);
  assert.deepEqual([arranged.shape, [...arranged.data]], [[2, 1, 1, 3], [1, 3, 5, 2, 4, 6]]);
  assert.ok(shapes.some((shape) => shape.join() === "1,1,20,2"));
});

Deno.test("a transposed convolution is written whole, then cut and grown to what the layer gives", () => {
  const kernel = floatWeight([3, 2, 1, 2], Float32Array.from({ length: 12 }, (_, i) => i));
  const read = (padding: unknown, output: readonly number[]) => {
    const layer = {
      ...{ name: "l", kind: "conv-transpose", inputs: ["x"], filters: 2, kernel: [3, 2] },
      ...{ strides: [2, 3], padding, bias: true, activation: "relu" },
    };
    return written(kernel, {
      shapes: [[2, 4, 1], output],
      build: (source) => transposedConvolution(layer as never, source),
    });
  };
  // Rows (2 − 1) · 2 + 3, columns (4 − 1) · 3 + 2.
  const whole = read("valid", [5, 11, 2]);
  assert.deepEqual(whole.operators[0], ["TRANSPOSE_CONV", { padding: 1, strideX: 3, strideY: 2 }]);
  assert.ok(whole.shapes.some((shape) => shape.join() === "1,5,11,2"));
  assert.deepEqual(whole.arranged.shape, [2, 3, 2, 1]);
  assert.deepEqual(whole.operators.at(-1), ["ADD", { activation: 1 }]);
  assert.ok(!whole.operators.some(([op]) => op === "PAD"));
  // As large as input times stride: a row less, and a column more.
  const same = read("same", [4, 12, 2]);
  assert.deepEqual(same.operators.map(([op]) => op), ["TRANSPOSE_CONV", "SLICE", "PAD", "ADD"]);
});
