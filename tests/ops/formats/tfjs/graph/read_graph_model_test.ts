import assert from "node:assert/strict";
import { readGraphModel } from "../../../../../ops/formats/tfjs/graph/read_graph_model.ts";
import { assertClose, softmaxRows } from "../../../../close.ts";
import { answersOf } from "../../onnx/read/one_graph.ts";
import { converted } from "./converted.ts";
import {
  assertAsConverter,
  b,
  type Build,
  graphFiles,
  graphModel,
  i,
  ints,
  kindsOf,
  s,
  texts,
} from "./one_graph.ts";

const SPACE = { strides: ints(1, 1, 1, 1), padding: s("SAME"), dilations: ints(1, 1, 1, 1) };

/** A block of a MobileNet with its head, as tfjs-converter writes one, and its input scaled. */
const net: Build = (g) => {
  const scaled = g.node("net/scale/mul", "Mul", [g.x, g.floats("two", [], [2])]);
  const moved = g.node("net/scale/sub", "Sub", [scaled, g.floats("one", [], [1])]);
  const fused = { ...SPACE, "num_args": i(1), "fused_ops": texts("BiasAdd", "Relu6") };
  const first = g.node("net/expand/Relu6", "_FusedConv2D", [
    moved,
    g.floats("k", [1, 1, 3, 6]),
    g.floats("b", [6]),
  ], fused);
  const deep = g.node("net/depth/Relu6", "FusedDepthwiseConv2dNative", [
    first,
    g.floats("d", [3, 3, 6, 1]),
    g.floats("c", [6]),
  ], fused);
  const last = g.node("net/project/BiasAdd", "_FusedConv2D", [
    deep,
    g.floats("p", [1, 1, 6, 6]),
    g.floats("e", [6]),
  ], {
    ...fused,
    "fused_ops": texts("BiasAdd"),
  });
  const sum = g.node("net/add/add", "AddV2", [first, last]);
  const pooled = g.node("net/pool/Mean", "Mean", [sum, g.whole("axes", [1, 2])], {
    "keep_dims": b(false),
  });
  const logits = g.node("net/logits/BiasAdd", "_FusedMatMul", [
    pooled,
    g.floats("w", [6, 4]),
    g.floats("v", [4]),
  ], {
    ...{ "num_args": i(1), "fused_ops": texts("BiasAdd") },
  });
  return g.node("Identity", "Identity", [g.node("net/logits/Softmax", "Softmax", [logits])]);
};

Deno.test("a network of TensorFlow is one of layers: named, headed, its input prepared", async () => {
  const model = await assertAsConverter([5, 4, 3], net);
  assert.deepEqual(model.layers.map(({ name }, at) => `${name} ${kindsOf(model)[at]}`), [
    ...["expand conv+relu6", "depth depthwise+relu6", "project conv", "add add"],
    ...["pool global-average-pool", "logits dense"],
  ]);
  assert.equal(model.head, "softmax");
  assert.deepEqual(model.inputs, [{ name: "x", shape: [5, 4, 3] }]);
  assertClose(model.preprocess!.scale, [2], 0);
  assertClose(model.preprocess!.offset, [-1], 0);
});

Deno.test("sizes that the graph leaves out are those of the signature; open ones are named", () => {
  const { json, shard } = graphFiles([2], (g) => g.node("y", "Relu", [g.x]));
  const node = json.modelTopology.node.map((each) => ({ ...each, attr: {} }));
  const tensorShape = { dim: [{ size: "-1" }, { size: "2" }] };
  const signature = { ...json.signature, inputs: { x: { name: "x:0", tensorShape } } };
  const model = readGraphModel({ ...json, modelTopology: { node }, signature }, () => shard);
  assert.deepEqual(model.inputs, [{ name: "x", shape: [2] }]);
  assert.throws(
    () => graphModel([null, null, 3], (g) => g.node("y", "Relu", [g.x])),
    (error: Error & { hint?: { help?: string } }) => {
      assert.match(error.message, /input "x": besides the batch it leaves open: axis 1, axis 2/);
      assert.match(error.hint!.help!, /give its size in the recipe: input: \[/);
      return true;
    },
  );
});

Deno.test("operators that are none of ours are named with those that are, and not where nothing needs them", () => {
  assert.throws(
    () => graphModel([2], (g) => g.node("y", "TopKV2", [g.x])),
    (error: Error & { hint?: { help?: string } }) => {
      assert.match(error.message, /node "y" \(TopKV2\): no layer does that/);
      assert.match(error.hint!.help!, /operators that can be read: .*_FusedConv2D/);
      return true;
    },
  );
  const model = graphModel([2], (g) => {
    g.node("idle", "TopKV2", [g.x]);
    return g.node("y", "Relu", [g.x]);
  });
  assert.deepEqual(kindsOf(model), ["activation+relu"]);
});

for (
  const [name, kinds] of [
    ["mobile", ["depthwise", "add", "combine", "dense"]],
    ["decoder", ["prelu", "conv-transpose", "resize", "concat", "pad"]],
    ["encoder", ["layer-norm", "add", "dense"]],
    ["dilated", ["conv", "average-pool", "depthwise", "global-max-pool"]],
  ] as const
) {
  Deno.test(`${name} of tensorflowjs_converter answers as TensorFlow does`, async () => {
    const { json, weights, x, y } = converted[name]!;
    assert.equal(json.weightsManifest.flatMap(({ paths }) => paths).length, 1);
    const model = readGraphModel(json, () => Uint8Array.fromBase64(weights));
    const logits = await answersOf(model, 2, x);
    const found = model.head === "softmax"
      ? softmaxRows(logits, y.length / 2)
      : model.head === "sigmoid"
      ? logits.map((z) => 1 / (1 + Math.exp(-z)))
      : logits;
    assertClose(found, y, 1e-5);
    const there = new Set(model.layers.map(({ kind }) => kind as string));
    for (const kind of kinds) assert.ok(there.has(kind), kind);
  });
}

Deno.test("any node can be what leaves, so that what follows is not read", () => {
  const { json, shard } = graphFiles(
    [2],
    (g) => g.node("y", "TopKV2", [g.node("r", "Relu", [g.x])]),
  );
  assert.throws(() => readGraphModel(json, () => shard), /node "y" \(TopKV2\)/);
  const model = readGraphModel(json, () => shard, { output: "r" });
  assert.deepEqual(kindsOf(model), ["activation+relu"]);
});

Deno.test("sizes are those that are asked for, of the input that reads the samples", () => {
  const { json, shard } = graphFiles([null, null, 3], (g) => g.node("y", "Relu", [g.x]));
  const { inputs } = readGraphModel(json, () => shard, { input: [4, 5, 3] });
  assert.deepEqual(inputs, [{ name: "x", shape: [4, 5, 3] }]);
  assert.throws(
    () => readGraphModel(json, () => shard, { input: [4, 5] }),
    /The model reads samples of 3 axes, not of 2/,
  );
  const { json: two } = graphFiles([2], (g) => g.node("y", "AddV2", [g.x, "z"]));
  const [placeholder] = two.modelTopology.node as [object];
  two.modelTopology.node.push({ ...placeholder, name: "z" });
  const names = (asked: object) =>
    readGraphModel(two, () => new Uint8Array(), asked).inputs.map(({ name }) => name);
  assert.deepEqual([names({}), names({ inputs: { x: 0 } })], [["x", "z"], ["z", "x"]]);
});

Deno.test("numbers that the manifest has not are a sentence", () => {
  const { json, shard } = graphFiles([2], (g) => g.node("y", "Mul", [g.x, g.floats("k", [2])]));
  const weightsManifest = [{ paths: ["w.bin"], weights: [] }];
  assert.throws(
    () => readGraphModel({ ...json, weightsManifest }, () => shard),
    /node "k" \(Const\): its numbers are not among the weights "weightsManifest" lists/,
  );
});
