import assert from "node:assert/strict";
import type { Files } from "../../../../engine/kind.ts";
import { stream } from "../../../../engine/tensor/random.ts";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { encodeTfjs } from "../../../../ops/formats/tfjs/encode.ts";
import { stockLogits } from "../../../../ops/formats/tfjs/run_stock.ts";
import { inferLogits } from "../../../../ops/model/infer.ts";
import { initialModel } from "../../../../ops/model/initialize.ts";
import { sizeOf } from "../../../../ops/model/layers.ts";
import type { Layer, Model } from "../../../../ops/model/model.ts";
import { floatWeight, mapWeights } from "../../../../ops/model/weights.ts";
import { mlp } from "../../../../ops/model/zoo/mlp.ts";
import { mobilenetV1 } from "../../../../ops/model/zoo/mobilenet_v1.ts";
import { livelyModel } from "../../lively_model.ts";
import { assertClose } from "../../../close.ts";
import { modelOf } from "../../model/support/test_data.ts";
import { withHalves, withIntegers } from "../quantized_by_hand.ts";

const native = { storage: "native", shard: 1 << 22 } as const;

const small = livelyModel(mobilenetV1.build([12, 12, 2], 6, { depth: 3, width: 0.25 }));

/** A convolution with bias and relu, a depthwise one with multiplier 2, a dense one: all that can carry scales. */
const biased = livelyModel({
  family: "loaded",
  inputs: [{ name: "input", shape: [6, 6, 2] }],
  layers: biasedLayers(),
  outputs: ["out"],
  head: "softmax",
});

function biasedLayers(): Layer[] {
  const window = { strides: [1, 1], padding: "same", dilations: [1, 1] } as const;
  const kernel = [3, 3] as const;
  return [
    {
      name: "a",
      kind: "conv",
      inputs: ["input"],
      filters: 3,
      kernel,
      ...window,
      bias: true,
      activation: "relu",
    },
    {
      name: "b",
      kind: "depthwise",
      inputs: ["a"],
      kernel,
      multiplier: 2,
      ...window,
      bias: true,
      activation: "leaky-relu",
    },
    { name: "c", kind: "flatten", inputs: ["b"] },
    { name: "out", kind: "dense", inputs: ["c"], units: 4, bias: true, activation: "linear" },
  ];
}

/** Asserts that the files compute, in stock tfjs and read again by us, what the model computes. */
async function assertSameFunction(model: Model, files: Files, tolerance: number): Promise<void> {
  const { shape } = model.inputs[0]!;
  const x = stream(6, "noise").uniforms(0, 4 * sizeOf(shape)).map((u) => u * 255);
  const part = { count: 4, x, y: null };
  await withTensors(async (room) => {
    const expected = await inferLogits(room, model, part);
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const stock = await stockLogits(room, files, { x, shape, headed: model.head !== "none" });
    assertClose(stock, expected, tolerance * largest);
    assertClose(await inferLogits(room, modelOf(files), part), expected, tolerance * largest);
  });
}

const cases: Record<string, Model> = {
  "float32 weights": small,
  "half precision": withHalves(small),
  "integers per channel, batch normalisation behind": withIntegers(small),
  "integers per channel, biases inside": withIntegers(biased),
  "scale and offset for all": { ...small, preprocess: { scale: [1 / 255], offset: [-0.5] } },
  "scale and offset per channel": {
    ...withIntegers(biased),
    preprocess: { scale: [0.01, 0.02], offset: [-1, 0.25] },
  },
};

for (const [name, model] of Object.entries(cases)) {
  Deno.test(`${name}: files, stock tfjs and reader compute what the model does`, async () => {
    await assertSameFunction(model, encodeTfjs(model, native), 2e-6);
  });
}

Deno.test("a pruned model keeps its zeros in the file", () => {
  const mask = Uint8Array.from({ length: 5 * 4 }, (_, at) => at % 3 === 0 ? 0 : 1);
  const dense = livelyModel(mlp.build([5], 3, { hidden: [4], dropout: 0 }));
  const pruned = mapWeights(dense, (weight, name) => {
    if (name !== "dense1/kernel") return weight;
    return floatWeight(
      weight.shape,
      (weight.data as Float32Array).map((v, i) => v * mask[i]!),
      mask,
    );
  });
  for (const model of [pruned, withIntegers(pruned)]) {
    const kernel = modelOf(encodeTfjs(model, native)).weights["dense1/kernel"]!.data;
    assert.deepEqual([...kernel].map((value) => value === 0 ? 0 : 1), [...mask]);
  }
});

Deno.test("equal models give equal bytes; shards are as large as asked", () => {
  const model = { ...withIntegers(small), classes: ["a", "b", "c", "d", "e", "f"] };
  const files = encodeTfjs(model, { storage: "native", shard: 300 });
  const weights = Object.fromEntries(Object.entries(model.weights).reverse());
  assert.deepEqual(encodeTfjs({ ...model, weights }, { storage: "native", shard: 300 }), files);
  const sizes = Object.entries(files).filter(([path]) => path !== "model.json")
    .map(([, bytes]) => bytes.length);
  assert.ok(sizes.length > 3 && sizes.slice(0, -1).every((size) => size === 300));
  assert.deepEqual(modelOf(files).classes, model.classes);
  assert.equal(modelOf(files).head, "softmax");
});

Deno.test("what tfjs cannot express is refused with the layer's name", () => {
  const pool: Layer = {
    name: "p",
    kind: "max-pool",
    inputs: ["input"],
    size: [2, 2],
    strides: [1, 1],
    padding: [[1, 0], [1, 0]],
    dilations: [1, 1],
  };
  const model = initialModel({
    family: "loaded",
    inputs: [{ name: "input", shape: [4, 4, 1] }],
    layers: [pool],
    outputs: ["p"],
    head: "none",
  }, 0);
  assert.throws(() => encodeTfjs(model, native), /Cannot write "p" for tfjs/);
});

/** The topology that is written, in lines: name, class, what it reads. */
function topologyOf(model: Model) {
  const json = JSON.parse(new TextDecoder().decode(encodeTfjs(model, native)["model.json"]));
  const { layers } = json.modelTopology.config;
  return {
    json,
    lines: layers.map(
      (layer: { name: string; class_name: string; inbound_nodes: [string][][] }) =>
        `${layer.name} ${layer.class_name} < ${
          layer.inbound_nodes.flat().map(([name]) => name).join(" ")
        }`,
    ) as readonly string[],
    configs: layers.map(({ config }: { config: object }) => config) as readonly object[],
  };
}

Deno.test("a model.json says what wrote it, what enters and leaves, and its classes where it has any", () => {
  const activation = { kind: "activation", inputs: ["input"], activation: "relu" } as const;
  const model = livelyModel({
    family: "loaded",
    inputs: [{ name: "input", shape: [3] }],
    layers: [{ name: "a", ...activation }],
    outputs: ["a"],
    head: "none",
  });
  const { json } = topologyOf(model);
  assert.deepEqual(json, {
    format: "layers-model",
    generatedBy: "Decant",
    convertedBy: null,
    modelTopology: {
      "class_name": "Model",
      config: {
        name: "model",
        layers: [
          {
            "class_name": "InputLayer",
            name: "input",
            config: { name: "input", "batch_input_shape": [null, 3], dtype: "float32" },
            "inbound_nodes": [],
          },
          {
            "class_name": "Activation",
            name: "a",
            config: { name: "a", activation: "relu" },
            "inbound_nodes": [[["input", 0, 0, {}]]],
          },
        ],
        "input_layers": [["input", 0, 0]],
        "output_layers": [["a", 0, 0]],
      },
      "keras_version": "2",
      backend: "tensorflow",
    },
    weightsManifest: [{ paths: ["group1-shard1of1.bin"], weights: [] }],
  });
  const named = topologyOf({ ...model, classes: ["one"] });
  assert.deepEqual(named.json.userDefinedMetadata, { classes: ["one"] });
});

Deno.test("a layer that is added never has the name of one of the model's", () => {
  const relu = { kind: "activation", activation: "relu" } as const;
  const model = livelyModel({
    family: "loaded",
    inputs: [{ name: "rescaling", shape: [3] }, { name: "other", shape: [3] }],
    layers: [
      { name: "add", kind: "add", inputs: ["rescaling", "other"], activation: "tanh" },
      { name: "add.activation", ...relu, inputs: ["add"] },
      { name: "add.activation_", ...relu, inputs: ["add.activation"] },
      { name: "add.activation_.softmax", ...relu, inputs: ["add.activation_"] },
    ],
    outputs: ["add.activation_", "add.activation_.softmax"],
    head: "softmax",
  });
  const preprocess = { scale: [2], offset: [0.5] };
  const { lines, configs, json } = topologyOf({ ...model, preprocess });
  assert.deepEqual(lines, [
    "rescaling InputLayer < ",
    // Preprocessing is of the first input alone.
    "rescaling_ Rescaling < rescaling",
    "other InputLayer < ",
    "add Add < rescaling_ other",
    "add.activation__ Activation < add",
    "add.activation Activation < add.activation__",
    "add.activation_ Activation < add.activation",
    "add.activation_.softmax Activation < add.activation_",
    "add.activation_.softmax_ Activation < add.activation_",
    "add.activation_.softmax.softmax Activation < add.activation_.softmax",
  ]);
  assert.deepEqual(configs[1], { name: "rescaling_", scale: 2, offset: 0.5 });
  assert.deepEqual(configs.at(-1), {
    name: "add.activation_.softmax.softmax",
    activation: "softmax",
  });
  assert.deepEqual(json.modelTopology.config.output_layers, [
    ["add.activation_.softmax_", 0, 0],
    ["add.activation_.softmax.softmax", 0, 0],
  ]);
});

Deno.test("two layers that are added never have one name", () => {
  const { lines } = topologyOf(livelyModel({
    family: "loaded",
    inputs: [{ name: "input", shape: [2, 2] }],
    layers: [
      { name: "a", kind: "attention", inputs: ["input", "input", "input"], heads: 1 },
      { name: "a.keys.head1", kind: "first", inputs: ["a"] },
    ],
    outputs: ["a.keys.head1"],
    head: "none",
  }));
  const keys = lines.filter((line) => line.startsWith("a.keys"));
  assert.deepEqual(keys, [
    "a.keys Reshape < input",
    "a.keys.head1.cut Cropping2D < a.keys",
    "a.keys.head1_ Reshape < a.keys.head1.cut",
    "a.keys.head1.rows Reshape < a",
    "a.keys.head1.cut_ Cropping2D < a.keys.head1.rows",
    "a.keys.head1 Flatten < a.keys.head1.cut_",
  ]);
});

Deno.test("preprocessing is a rescaling, a normalisation by channel, or nothing where it does nothing", () => {
  const model = livelyModel({
    family: "loaded",
    inputs: [{ name: "input", shape: [2, 3] }],
    layers: [{ name: "a", kind: "flatten", inputs: ["input"] }],
    outputs: ["a"],
    head: "none",
  });
  const second = (scale: readonly number[], offset: readonly number[]) => {
    const { lines, configs, json } = topologyOf({ ...model, preprocess: { scale, offset } });
    return [lines[1], json.weightsManifest[0].weights.length, configs[1]];
  };
  const nothing = ["a Flatten < input", 0, { name: "a" }];
  assert.deepEqual(second([1], [0]), nothing);
  assert.deepEqual(second([1, 1, 1], [0, 0, 0]), nothing);
  const simple = (scale: number, offset: number) => [
    "rescaling Rescaling < input",
    0,
    { name: "rescaling", scale, offset },
  ];
  assert.deepEqual(second([2], [0]), simple(2, 0));
  assert.deepEqual(second([1], [0.5]), simple(1, 0.5));
  assert.deepEqual(second([0], [0]), simple(0, 0));
  const normal = [
    "preprocess BatchNormalization < input",
    4,
    { name: "preprocess", axis: -1, epsilon: 0 },
  ];
  assert.deepEqual(second([1, 2, 1], [0]), normal);
  assert.deepEqual(second([1], [0, 0, 3]), normal);
  const files = encodeTfjs({ ...model, preprocess: { scale: [2], offset: [4, 5, 6] } }, native);
  const floats = new Float32Array(files["group1-shard1of1.bin"]!.slice(0, 24).buffer);
  assert.deepEqual([...floats], [2, 2, 2, 4, 5, 6]);
});

Deno.test("a tied layer is a further use of its owner's, or a copy where it ends in another activation", async () => {
  const dense = (
    name: string,
    input: string,
    activation: "relu" | "tanh",
    tied?: string,
  ): Layer => ({
    ...{ name, kind: "dense", inputs: [input], units: 3, bias: true, activation },
    ...tied === undefined ? {} : { tied },
  });
  const model = livelyModel({
    ...{ family: "loaded", inputs: [{ name: "x", shape: [3] }], outputs: ["c"], head: "none" },
    layers: [dense("a", "x", "relu"), dense("b", "a", "relu", "a"), dense("c", "b", "tanh", "a")],
  });
  const files = encodeTfjs(model, { storage: "native", shard: 1 << 20 });
  const json = JSON.parse(new TextDecoder().decode(files["model.json"]));
  const { layers, output_layers: outputs } = json.modelTopology.config;
  assert.deepEqual(
    layers.map((layer: Record<string, unknown>) => [layer.name, layer.inbound_nodes]),
    [
      ["x", []],
      ["a", [[["x", 0, 0, {}]], [["a", 0, 0, {}]]]],
      ["c", [[["a", 1, 0, {}]]]],
    ],
  );
  assert.deepEqual(outputs, [["c", 0, 0]]);
  const x = Float32Array.of(0.5, -1, 2);
  await withTensors(async (room) => {
    const stock = await stockLogits(room, files, { x, shape: [3], headed: false });
    for (const each of [model, modelOf(files)]) {
      const ours = await inferLogits(room, each, { count: 1, x, y: null });
      assertClose(ours, [...stock], 1e-6);
    }
  });
  const shards = Object.entries(files).filter(([name]) => name !== "model.json");
  // Twice the nine and three numbers of one.
  assert.deepEqual(shards.map(([, { length }]) => length), [2 * 4 * 12]);
});
