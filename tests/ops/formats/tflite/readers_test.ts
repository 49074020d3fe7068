/** Operators as they lie in files of others, a graph for each. */
import assert from "node:assert/strict";
import type { TfliteGraph } from "../../../../ops/formats/tflite/graph.ts";
import { PASSING, READERS } from "../../../../ops/formats/tflite/readers.ts";
import { decodeWeight } from "../../../../ops/model/weights.ts";
import {
  borders,
  floats,
  made,
  numbers,
  type One,
  readFrom,
  readOne,
  whole,
} from "./support/one_graph.ts";

Deno.test("arithmetic on the input is preprocessing, step by step", () => {
  const { preprocess, layers } = readFrom([2], (graph, x) => {
    const [a, b, y] = [made(graph, [2], "a"), made(graph, [2], "b"), made(graph, [2])];
    graph.node("SUB", [x, numbers(graph, 1, 3)], [a], { activation: 0 });
    graph.node("MUL", [a, numbers(graph, 0.5)], [b], { activation: 0 });
    graph.node("RELU", [b], [y]);
    return y;
  });
  assert.deepEqual(preprocess, { scale: [0.5, 0.5], offset: [-0.5, -1.5] });
  assert.deepEqual(layers.map(({ kind, inputs }) => [kind, inputs]), [["activation", ["input"]]]);
});

Deno.test("a factor and a shift behind a layer are one batch normalisation, with its activation", () => {
  const { layers, weights } = readFrom([1, 1, 2], (graph, x) => {
    const [p, a, y] = [made(graph, [2], "p"), made(graph, [2], "a"), made(graph, [2])];
    const axes = graph.constant("axes", Int32Array.of(1, 2), [2]);
    graph.node("MEAN", [x, axes], [p], { keepsAxes: false });
    graph.node("MUL", [p, numbers(graph, 2, 3)], [a], { activation: 0 });
    graph.node("ADD", [a, numbers(graph, 5, 7)], [y], { activation: 1 });
    return y;
  });
  assert.deepEqual(layers.map(({ kind }) => kind), ["global-average-pool", "batchnorm"]);
  assert.equal((layers[1] as { activation: string }).activation, "relu");
  assert.deepEqual([...decodeWeight(weights["a/gamma"]!)], [2, 3]);
  assert.deepEqual([...decodeWeight(weights["a/beta"]!)], [5, 7]);
});

Deno.test("axes of a mean may be counted from the last, and may stay as extents of one", () => {
  for (const keepsAxes of [false, true]) {
    const { layers } = readFrom([2, 2, 3], (graph, x) => {
      const y = made(graph, keepsAxes ? [1, 1, 3] : [3]);
      const axes = graph.constant("axes", Int32Array.of(-2, -3), [2]);
      graph.node("MEAN", [x, axes], [y], { keepsAxes });
      return y;
    });
    const kept = keepsAxes ? ["reshape"] : [];
    assert.deepEqual(layers.map(({ kind }) => kind), ["global-average-pool", ...kept]);
  }
});

Deno.test("a kernel [units, inputs] is turned; an image that is multiplied is flattened first", () => {
  const { layers, weights } = readFrom([1, 2, 1], (graph, x) => {
    const y = made(graph, [3]);
    const kernel = graph.constant("k", Float32Array.of(1, 2, 3, 4, 5, 6), [3, 2]);
    graph.node("FULLY_CONNECTED", [x, kernel, -1], [y], { activation: 3, weightsFormat: 0 });
    return y;
  });
  assert.deepEqual(layers.map(({ name, kind }) => [name, kind]), [
    ["y.flat", "flatten"],
    ["y", "dense"],
  ]);
  assert.deepEqual([...decodeWeight(weights["y/kernel"]!)], [1, 3, 5, 2, 4, 6]);
});

Deno.test("what has no meaning here is refused by name", () => {
  const refused = (why: RegExp, build: (graph: TfliteGraph, x: number) => number) =>
    assert.throws(() => readFrom([2, 2, 2], build), why);
  refused(/^UnreadableModelError: Cannot read "y" \(MEAN\): it reduces axes 3;/, (graph, x) => {
    const y = made(graph, [2, 2]);
    graph.node("MEAN", [x, graph.constant("a", Int32Array.of(3), [1])], [y], {});
    return y;
  });
  refused(/the activation 2 that it ends in is not read/, (graph, x) => {
    const y = made(graph, [2, 2, 2]);
    graph.node("ADD", [x, x], [y], { activation: 2 });
    return y;
  });
  refused(/it gives 2×2×2, the file says 3/, (graph, x) => {
    const y = made(graph, [3]);
    graph.node("RELU", [x], [y]);
    return y;
  });
  refused(/Cannot read "y" \(FULLY_CONNECTED\): its kernel is 3×2×1/, (graph, x) => {
    const y = made(graph, [3]);
    const kernel = graph.constant("k", new Float32Array(6), [3, 2, 1]);
    graph.node("FULLY_CONNECTED", [x, kernel, -1], [y], { activation: 0, weightsFormat: 0 });
    return y;
  });
  refused(/nothing makes its output/, (_graph, x) => x);
});

Deno.test("operators that are read have readers of their own, and none of them passes as well", () => {
  for (const op of Object.keys(READERS)) assert.ok(!PASSING.has(op as "CAST"), op);
});

const windows = { padding: 0, strideX: 2, strideY: 1 };
const image = [4, 6, 2];

/** Operator → the graph around it, and the layer that is read. */
const layersOf: Readonly<Record<string, readonly [keyof typeof READERS, One, object]>> = {
  "a convolution with a bias": ["CONV_2D", {
    ...{ shape: image, output: [4, 3, 5], options: { ...windows, activation: 1, dilationX: 2 } },
    constants: (g) => [floats(g, 5, 3, 2, 2), numbers(g, 1, 2, 3, 4, 5)],
  }, {
    ...{ kind: "conv", filters: 5, kernel: [3, 2], strides: [1, 2], padding: "same" },
    ...{ dilations: [1, 2], bias: true, activation: "relu" },
  }],
  "a depthwise convolution of two filters": ["DEPTHWISE_CONV_2D", {
    ...{ shape: image, output: [2, 6, 4], options: { padding: 1, strideX: 1, strideY: 1 } },
    constants: (g) => [floats(g, 1, 3, 1, 4)],
  }, {
    ...{ kind: "depthwise", multiplier: 2, kernel: [3, 1], strides: [1, 1], padding: "valid" },
    ...{ dilations: [1, 1], bias: false, activation: "linear" },
  }],
  "a transposed convolution": ["TRANSPOSE_CONV", {
    ...{ shape: image, output: [4, 12, 3], options: windows, place: 2 },
    constants: (g) => [whole(g, 1, 4, 12, 3), floats(g, 3, 1, 2, 2), numbers(g, 1, 2, 3)],
  }, {
    ...{ kind: "conv-transpose", filters: 3, kernel: [1, 2], strides: [1, 2], padding: "same" },
    ...{ bias: true, activation: "linear" },
  }],
  "a maximum over windows": ["MAX_POOL_2D", {
    ...{ shape: image, output: [2, 3, 2] },
    options: { padding: 1, strideX: 2, strideY: 2, width: 2, height: 2 },
  }, {
    ...{ kind: "max-pool", size: [2, 2], strides: [2, 2], padding: "valid", dilations: [1, 1] },
  }],
  "a mean over windows": ["AVERAGE_POOL_2D", {
    ...{ shape: image, output: [2, 6, 2] },
    options: { padding: 0, strideX: 1, strideY: 2, width: 1, height: 3 },
  }, {
    ...{ kind: "average-pool", size: [3, 1], strides: [2, 1], padding: "same", dilations: [1, 1] },
  }],
  "borders": ["PAD", {
    ...{ shape: image, output: [7, 13, 2] },
    constants: (g) => [borders(g, [0, 0], [1, 2], [3, 4], [0, 0])],
  }, { kind: "pad", amounts: [[1, 2], [3, 4]] }],
  "another order of axes": ["TRANSPOSE", {
    ...{ shape: image, output: [2, 4, 6], constants: (g) => [whole(g, 0, 3, 1, 2)] },
  }, { kind: "permute", order: [2, 0, 1] }],
  "another shape": ["RESHAPE", { shape: image, output: [8, 6] }, {
    ...{ kind: "reshape", shape: [8, 6] },
  }],
  "a row": ["SQUEEZE", { shape: [1, 1, 3], output: [3] }, { kind: "flatten" }],
  "a half of the channels": ["SLICE", {
    ...{ shape: [2, 3, 6], output: [2, 3, 2] },
    constants: (g) => [whole(g, 0, 0, 0, 4), whole(g, -1, -1, -1, 2)],
  }, { kind: "split", parts: 3, part: 2 }],
  "a part of an image": ["SLICE", {
    ...{ shape: [5, 7, 2], output: [3, 2, 2] },
    constants: (g) => [whole(g, 0, 1, 3, 0), whole(g, -1, 3, 2, -1)],
  }, { kind: "crop", amounts: [[1, 1], [3, 2]] }],
  "all of an image": ["SLICE", {
    ...{ shape: [5, 7, 2], output: [5, 7, 2] },
    constants: (g) => [whole(g, 0, 0, 0, 0), whole(g, -1, -1, -1, -1)],
  }, { kind: "crop", amounts: [[0, 0], [0, 0]] }],
  "a softmax inside": ["SOFTMAX", { shape: [3], output: [3], options: { beta: 1 } }, {
    ...{ kind: "softmax", log: false },
  }],
  "its logarithm": ["LOG_SOFTMAX", { shape: [3], output: [3] }, { kind: "softmax", log: true }],
  ...Object.fromEntries(
    Object.entries({ LOGISTIC: "sigmoid", RELU: "relu", RELU6: "relu6", TANH: "tanh", ELU: "elu" })
      .map(([op, activation]): [string, readonly [keyof typeof READERS, One, object]] => [
        op,
        [op as "RELU", { shape: [3], output: [3] }, { kind: "activation", activation }],
      ]),
  ),
  "a gelu": ["GELU", { shape: [3], output: [3], options: { approximate: false } }, {
    ...{ kind: "activation", activation: "gelu" },
  }],
  "a gelu by tanh": ["GELU", { shape: [3], output: [3], options: { approximate: true } }, {
    ...{ kind: "function", function: "gelu-tanh", parameters: [] },
  }],
  "the usual slope": ["LEAKY_RELU", { shape: [3], output: [3], options: { slope: 0.2 } }, {
    ...{ kind: "activation", activation: "leaky-relu" },
  }],
  "another slope": ["LEAKY_RELU", { shape: [3], output: [3], options: { slope: 0.25 } }, {
    ...{ kind: "function", function: "leaky-relu", parameters: [0.25] },
  }],
  "slopes that are learned": ["PRELU", {
    ...{ shape: [4, 2], output: [4, 2], constants: (g) => [floats(g, 1, 2)] },
  }, { kind: "prelu" }],
  "whole factors": ["RESIZE_NEAREST_NEIGHBOR", {
    ...{ shape: [2, 3, 1], output: [4, 9, 1], constants: (g) => [whole(g, 4, 9)] },
    options: { alignCorners: false, halfPixel: false },
  }, { kind: "upsample", size: [2, 3] }],
  "other factors": ["RESIZE_NEAREST_NEIGHBOR", {
    ...{ shape: [2, 3, 1], output: [4, 5, 1], constants: (g) => [whole(g, 4, 5)] },
    options: { alignCorners: false, halfPixel: true },
  }, { kind: "resize", size: [4, 5], by: "nearest" }],
  "whole factors between pixels": ["RESIZE_BILINEAR", {
    ...{ shape: [2, 3, 1], output: [4, 9, 1], constants: (g) => [whole(g, 4, 9)] },
    options: { alignCorners: false, halfPixel: true },
  }, { kind: "resize", size: [4, 9], by: "bilinear" }],
  "rows from the last": ["REVERSE_V2", {
    ...{ shape: [4, 2], output: [4, 2], constants: (g) => [whole(g, 1)] },
  }, { kind: "reverse" }],
};

for (const [name, [op, one, layer]] of Object.entries(layersOf)) {
  Deno.test(`an operator is a layer: ${name} (${op})`, () => {
    assert.deepEqual(readOne(op, one).layers, [{ name: "y", inputs: ["e"], ...layer }]);
  });
}

Deno.test("kernels have their filters last", () => {
  const of = (name: string) => {
    const [op, one] = layersOf[name]!;
    return readOne(op, one).weights["y/kernel"]!;
  };
  for (
    const [name, [height, width, channels, filters]] of [
      ["a convolution with a bias", [3, 2, 2, 5]],
      ["a transposed convolution", [1, 2, 2, 3]],
    ] as const
  ) {
    const { shape, data } = of(name);
    assert.deepEqual(shape, [height, width, channels, filters]);
    // The file has filters first: f, then row, column and channel.
    const expected = Array.from({ length: height * width * channels * filters }, (_, at) => {
      const [place, filter] = [Math.floor(at / filters), at % filters];
      return 1 + filter * height * width * channels + place;
    });
    assert.deepEqual([...data as Float32Array], expected, name);
  }
  const { shape, data } = of("a depthwise convolution of two filters");
  assert.deepEqual(
    [shape, ...data as Float32Array],
    [[3, 1, 2, 2], ...Array(12).keys()].map(
      (each, at) => at === 0 ? each : Number(each) + 1,
    ),
  );
});

Deno.test("a looked-up row is one of the table's", () => {
  const { layers, weights } = readFrom([3], (graph, x) => {
    const y = made(graph, [3, 2]);
    graph.node("GATHER", [floats(graph, 5, 2), x], [y], { axis: 0 });
    return y;
  });
  assert.deepEqual(layers, [
    { name: "y", kind: "embedding", inputs: ["input"], vocabulary: 5, size: 2 },
  ]);
  assert.deepEqual([...decodeWeight(weights["y/kernel"]!)], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

Deno.test("values are joined along the last axis, with an activation behind them", () => {
  const joined = (axis: number, activation = 0) =>
    readFrom([2, 3], (graph, x) => {
      const [a, y] = [made(graph, [2, 3], "a"), made(graph, [2, 6])];
      graph.node("EXP", [x], [a]);
      graph.node("CONCATENATION", [a, x], [y], { axis, activation });
      return y;
    }).layers.slice(1);
  const concat = { name: "y", kind: "concat", inputs: ["a", "input"] };
  assert.deepEqual([joined(2), joined(-1)], [[concat], [concat]]);
  const relu = { name: "y.relu", kind: "activation", inputs: ["y"], activation: "relu" };
  assert.deepEqual(joined(2, 1), [concat, relu]);
  assert.throws(() => joined(1), /\(CONCATENATION\): it joins along axis 1, not the last/);
});

Deno.test("on the way out a softmax or a sigmoid is the head", () => {
  const head = (op: "SOFTMAX" | "LOGISTIC") =>
    readFrom([2], (graph, x) => {
      const [a, y] = [made(graph, [2], "a"), made(graph, [2])];
      graph.node("EXP", [x], [a]);
      graph.node(op, [a], [y], op === "SOFTMAX" ? { beta: 1 } : {});
      return y;
    });
  for (const [op, expected] of [["SOFTMAX", "softmax"], ["LOGISTIC", "sigmoid"]] as const) {
    const { head: found, layers } = head(op);
    assert.deepEqual([found, layers.map(({ name }) => name)], [expected, ["a"]]);
  }
});
