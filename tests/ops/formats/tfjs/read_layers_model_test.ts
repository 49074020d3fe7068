import assert from "node:assert/strict";
import { readLayersModel } from "../../../../ops/formats/tfjs/read_layers_model.ts";
import { assertClose, softmaxRows } from "../../../close.ts";
import { bothAnswers } from "./both_answers.ts";
import { functional, keras, layersModel, sequential } from "../../model/support/keras_json.ts";
import { modelOf } from "../../model/support/test_data.ts";

Deno.test("a functional model that tfjs itself saved answers as it does", async () => {
  const { ours, stock, layers } = await bothAnswers(({ layers: l, input, model }) => {
    const x = input({ shape: [10, 9, 3], name: "picture" });
    const padded = l.zeroPadding2d({ padding: [[1, 0], [2, 1]], name: "padded" }).apply(x);
    const one = l.separableConv2d({
      filters: 5,
      kernelSize: 3,
      depthMultiplier: 2,
      activation: "relu6",
      name: "one",
    }).apply(padded);
    const two = l.conv2d({
      filters: 5,
      kernelSize: [2, 3],
      strides: 2,
      padding: "same",
      name: "two",
    });
    const normed = l.batchNormalization({ scale: false, epsilon: 0.01, name: "normed" });
    const leaky = l.leakyReLU({ alpha: 0.2, name: "leaky" });
    const left = leaky.apply(normed.apply(two.apply(one)));
    const right = l.maxPooling2d({ poolSize: 3, strides: 2, padding: "same", name: "right" }).apply(
      one,
    );
    const joined = l.concatenate({ name: "joined" }).apply([left, right] as never);
    const averaged = l.averagePooling2d({ poolSize: 2, name: "averaged" }).apply(joined);
    const pooled = l.globalAveragePooling2d({ name: "pooled" } as never).apply(averaged);
    const answer = l.dense({ units: 4, activation: "sigmoid", name: "answer" }).apply(pooled);
    return model({ inputs: x, outputs: answer as never });
  }, [10, 9, 3]);
  assert.deepEqual(layers, [
    "padded pad",
    "one.depthwise depthwise",
    "one.pointwise conv",
    "two conv",
    "normed batchnorm",
    "right max-pool",
    "joined concat",
    "averaged average-pool",
    "pooled global-average-pool",
    "answer dense",
  ]);
  const sigmoid = [...ours].map((z) => 1 / (1 + Math.exp(-z)));
  assertClose(sigmoid, stock, 1e-6);
});

Deno.test("a sequential model with a model inside answers as in tfjs", async () => {
  const { ours, stock, layers } = await bothAnswers(({ layers: l, sequential }) => {
    const inner = sequential({ name: "inner" });
    inner.add(l.dense({ units: 6, inputShape: [5], activation: "tanh", name: "second" }));
    inner.add(l.reLU({ maxValue: 6, name: "limit" }));
    const outer = sequential({ name: "outer" });
    outer.add(l.dense({ units: 5, inputShape: [4], name: "first" }));
    outer.add(inner);
    outer.add(l.dropout({ rate: 0.5, name: "drop" }));
    outer.add(l.reshape({ targetShape: [2, 3], name: "rows" }));
    outer.add(l.flatten({ name: "flat" }));
    outer.add(l.dense({ units: 3, name: "last" }));
    outer.add(l.softmax({ name: "head" }));
    return outer;
  }, [4]);
  assert.deepEqual(layers, [
    "first dense",
    "inner.second dense",
    "inner.limit activation",
    "drop dropout",
    "rows reshape",
    "flat flatten",
    "last dense",
  ]);
  assertClose(softmaxRows(ours, 3), stock, 1e-6);
});

const dense = (name: string, config: object = {}, inputs?: readonly string[]) =>
  keras("Dense", name, { units: 2, "batch_input_shape": [null, 2], ...config }, inputs);
const weightsOf = (name: string) => [
  { name: `${name}/kernel`, shape: [2, 2], values: [1, 2, 3, 4] },
  { name: `${name}/bias`, shape: [2], values: [5, 6] },
];

Deno.test("weights stored in 8 and 16 bits and in half precision are decoded", () => {
  const topology = { "model_config": sequential("s", [dense("a"), dense("b")]) };
  const { weights } = modelOf(layersModel(topology, [
    {
      name: "a/kernel",
      shape: [2, 2],
      values: Uint8Array.of(0, 1, 2, 255),
      quantization: { dtype: "uint8", scale: 0.5, min: -1 },
    },
    {
      name: "a/bias",
      shape: [2],
      // 1 and 65535, little-endian.
      values: Uint8Array.of(1, 0, 255, 255),
      quantization: { dtype: "uint16", scale: 2, min: 3 },
    },
    {
      name: "b/kernel:0",
      shape: [2, 2],
      // 1, −2, 65504, the smallest subnormal.
      values: Uint8Array.of(0x00, 0x3c, 0x00, 0xc0, 0xff, 0x7b, 0x01, 0x00),
      quantization: { dtype: "float16", "original_dtype": "float32" },
    },
    { name: "outer/b/bias", shape: [2], values: [7, 8] },
  ]));
  assert.deepEqual([...weights["a/kernel"]!.data], [-1, -0.5, 0, 126.5]);
  assert.deepEqual([...weights["a/bias"]!.data], [5, 131_073]);
  assert.deepEqual([...weights["b/kernel"]!.data], [1, -2, 65_504, 2 ** -24]);
  assert.deepEqual([...weights["b/bias"]!.data], [7, 8]);
});

Deno.test("rescaling of the input becomes the preprocessing, a last softmax the head", () => {
  const layers = [
    keras("InputLayer", "in", { "batch_input_shape": [null, 2] }, []),
    keras("Rescaling", "scaled", { scale: 0.5, offset: -1 }, ["in"]),
    dense("d", { "kernel_regularizer": { "class_name": "L2", config: { l2: 0.1 } } }, ["scaled"]),
    keras("Activation", "soft", { activation: "softmax" }, ["d"]),
  ];
  const model = modelOf(layersModel(functional(layers, ["in"], ["soft"]), weightsOf("d")));
  assert.deepEqual(model.preprocess, { scale: [0.5], offset: [-1] });
  assert.equal(model.head, "softmax");
  assert.deepEqual(model.outputs, ["d"]);
  assert.deepEqual(model.layers.map((layer) => layer.inputs), [["in"]]);
});

Deno.test("an activation joins its layer only if nothing else reads that layer", () => {
  const layers = [
    keras("InputLayer", "in", { "batch_input_shape": [null, 2] }, []),
    dense("d", {}, ["in"]),
    keras("Activation", "same", { activation: "linear" }, ["d"]),
    keras("ReLU", "r", {}, ["same"]),
    keras("Add", "sum", {}, ["r", "d"]),
    keras("ReLU", "last", { "max_value": 6 }, ["sum"]),
  ];
  const model = modelOf(layersModel(functional(layers, ["in"], ["last"]), weightsOf("d")));
  const shown = model.layers.map((layer) =>
    `${layer.name} ${"activation" in layer ? layer.activation : ""} ${layer.inputs}`
  );
  assert.deepEqual(shown, ["d linear in", "r relu d", "sum relu6 r,d"]);
});

Deno.test("what cannot be read is a sentence with the layer's name", () => {
  const input = keras("InputLayer", "in", { "batch_input_shape": [null, 4, 4, 2] }, []);
  const refused = (layer: object, reason: RegExp, weights = weightsOf("x")) => {
    const files = layersModel(functional([input, layer], ["in"], ["x"]), weights);
    assert.throws(() => modelOf(files), reason);
  };
  refused(
    keras("Hashing", "x", {}, ["in"]),
    /layer "x" \(Hashing\): it hashes what is written, and nothing here does; save the model/,
  );
  refused(
    keras("CLAHE", "x", {}, ["in"]),
    /layer "x" \(CLAHE\): this kind of layer cannot be read/,
  );
  refused(
    keras("Conv2D", "x", { filters: 2, "kernel_size": 3, groups: 3 }, ["in"]),
    /layer "x" \(Conv2D\): its 3 groups do not divide its channels/,
  );
  refused(
    keras("Conv2D", "x", { filters: 2, "kernel_size": 1, "data_format": "channels_first" }, ["in"]),
    /only data_format channels_last/,
  );
  refused(keras("Dense", "x", { units: 2 }, ["in"]), /the file has no weight `kernel` for it/, []);
  refused(keras("Dense", "x", { units: 3 }, ["in"]), /"x\/kernel": its shape is 2×2, .* needs 2×3/);
  refused(keras("ReLU", "x", { "max_value": "3" }, ["in"]), /`max_value` is "3", it should be a/);
  refused(keras("LeakyReLU", "x", { alpha: [] }, ["in"]), /`alpha` is \[\], it should be a number/);
  refused(keras("BatchNormalization", "x", { axis: 0 }, ["in"]), /its axis is 0/);
});

Deno.test("what is no layers-model is a sentence too", () => {
  const refused = (value: Parameters<typeof readLayersModel>[0], reason: RegExp) =>
    assert.throws(() => readLayersModel(value, () => new Uint8Array()), reason);
  refused({}, /its weightsManifest is missing/);
  const weightsManifest: unknown[] = [];
  refused({ weightsManifest }, /it has no modelTopology/);
  refused({ modelTopology: { "class_name": "Ensemble" }, weightsManifest }, /class "Ensemble"/);
  const open = keras("InputLayer", "in", { "batch_input_shape": [null, null, 3] }, []);
  const modelTopology = functional([open], ["in"], ["in"]);
  refused({ modelTopology, weightsManifest }, /the input's shape is open: \[null,3\]/);
  const twice = [...weightsOf("d"), ...weightsOf("d")];
  const doubled = layersModel(sequential("s", [dense("d")]), twice);
  assert.throws(() => modelOf(doubled), /"d\/kernel": the file has two of this name/);
  const cut = layersModel(sequential("s", [dense("d")]), weightsOf("d"));
  assert.throws(
    () => modelOf({ ...cut, "w.bin": cut["w.bin"]!.slice(0, 20) }),
    /"d\/bias": w.bin has 20 bytes, it ends at 24/,
  );
});
