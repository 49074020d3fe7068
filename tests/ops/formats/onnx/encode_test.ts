import assert from "node:assert/strict";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { DataType, fromBinary, ModelProtoSchema } from "../../../../engine/deps/onnx_buf.ts";
import {
  encodeOnnx,
  type OnnxOptions,
  roundedValues,
} from "../../../../ops/formats/onnx/encode.ts";
import { inferLogits } from "../../../../ops/model/infer.ts";
import type { Architecture, Layer, Model, Weight } from "../../../../ops/model/model.ts";
import { mapWeights } from "../../../../ops/model/weights.ts";
import { livelyModel } from "../../lively_model.ts";
import { zooNetworks } from "../../zoo_networks.ts";
import { withHalves } from "../quantized_by_hand.ts";
import { assertNear, bothLogits, flat, samples } from "./support/both_logits.ts";
import { quantizedNetwork } from "./support/quantized_network.ts";

const network = zooNetworks["mobilenet-v1"]!;
const options: OnnxOptions = { form: "qdq", opset: 17 };
const bytesOf = (model: Model, changed: Partial<OnnxOptions> = {}): Uint8Array =>
  encodeOnnx(model, { ...options, ...changed })["model.onnx"]!;
const protoOf = (model: Model, changed: Partial<OnnxOptions> = {}) =>
  fromBinary(ModelProtoSchema, bytesOf(model, changed));

Deno.test("the same model gives the same bytes", () => {
  assert.deepEqual(bytesOf(quantizedNetwork(network)), bytesOf(quantizedNetwork(network)));
});

Deno.test("the file says what it is, what it reads and gives, and which classes there are", () => {
  const model = { ...livelyModel(network), classes: ["zero", "one", 'more "or" less'] };
  const proto = protoOf(model, { name: "small" });
  assert.equal(proto.graph!.name, "small");
  assert.equal(protoOf(model).graph!.name, "mobilenet-v1");
  assert.equal(proto.irVersion, 8n);
  assert.deepEqual(proto.opsetImport.map(({ domain, version }) => [domain, version]), [["", 17n]]);
  assert.deepEqual(
    proto.metadataProps.map(({ key, value }) => [key, JSON.parse(value)]),
    [["classes", model.classes]],
  );
  const edges = [...proto.graph!.input, ...proto.graph!.output].map(({ name, type }) => {
    const { value } = type!;
    assert.ok(value.case === "tensorType" && value.value.elemType === 1);
    return [name, ...value.value.shape!.dim.map(({ value }) => value.value)];
  });
  assert.deepEqual(edges, [
    ["input", "batch", 12n, 12n, 1n],
    ["probabilities", "batch", 3n],
    ["logits", "batch", 3n],
  ]);
});

Deno.test("every convolution reads unsigned integers straight from where they are made: runtimes fuse only those", () => {
  const convolutional = Object.entries(zooNetworks).filter(([, { layers }]) =>
    layers.some(({ kind }) => kind === "conv")
  );
  assert.ok(convolutional.length > 10);
  for (const [name, network] of convolutional) {
    const { node, initializer } = protoOf(quantizedNetwork(network)).graph!;
    const maker = new Map(node.map((each) => [each.output[0]!, each]));
    const type = new Map(initializer.map(({ name, dataType }) => [name, dataType]));
    for (const { opType, input, output } of node) {
      if (opType !== "Conv") continue;
      const read = maker.get(input[0]!)!;
      const made = maker.get(read.input[0]!)!;
      const found = [read.opType, made.opType, type.get(read.input[2]!)];
      assert.deepEqual(
        found,
        ["DequantizeLinear", "QuantizeLinear", DataType.UINT8],
        `${name}: ${output}`,
      );
    }
  }
});

Deno.test("names that the file needs are never a layer's", async () => {
  const dense = { kind: "dense", units: 4, bias: true, activation: "relu" } as const;
  const layers: Layer[] = [
    { name: "logits", ...dense, inputs: ["input"] },
    { name: "probabilities", ...dense, inputs: ["logits"] },
    { name: "logits.linear", ...dense, inputs: ["probabilities"], activation: "linear" },
  ];
  const outputs = ["logits.linear"];
  const inputs = [{ name: "input", shape: [3] }];
  const model = livelyModel({ family: "named", inputs, layers, outputs, head: "softmax" });
  const x = flat(samples(model, 2));
  const engine = await withTensors((room) => inferLogits(room, model, { count: 2, x, y: null }));
  assertNear((await bothLogits(model, x)).all, engine, 1e-5);
});

/** Every kernel by its two nearest of 16 centroids. */
function withCodes(model: Model): Model {
  const centroids = Float32Array.from({ length: 16 }, (_, k) => (k - 8) / 8);
  return mapWeights(model, (weight, name): Weight => {
    if (!name.endsWith("/kernel")) return weight;
    const data = Uint8Array.from(
      weight.data,
      (value) => Math.min(15, Math.max(0, Math.round(value * 8) + 8)),
    );
    return { shape: weight.shape, encoding: { use: "codebook", bits: 4, centroids }, data };
  });
}

const stored: readonly (readonly [format: string, model: Model])[] = [
  ["half precision", withHalves(livelyModel(network))],
  ["a codebook", withCodes(livelyModel(network))],
  ["integers between floats", { ...quantizedNetwork(network), quantization: null }],
];

for (const [format, model] of stored) {
  Deno.test(`weights in ${format} stay so in the file, decoded in the form float`, async () => {
    const x = flat(samples(model, 3));
    const engine = await withTensors((room) => inferLogits(room, model, { count: 3, x, y: null }));
    const native = await bothLogits(model, x);
    const decoded = await bothLogits(model, x, { form: "float" });
    for (const found of [native, decoded]) {
      assertNear(found.disabled, engine, 1e-5);
      assertNear(found.all, engine, 1e-5);
    }
    const constants = protoOf(model).graph!.initializer;
    for (const [name, { data }] of Object.entries(model.weights)) {
      if (!name.endsWith("/kernel")) continue;
      const stored = constants.filter((each) => each.name.startsWith(`${name}.`));
      assert.ok(stored.some(({ rawData }) => rawData.length === data.byteLength), name);
    }
    for (const { name, dataType } of protoOf(model, { form: "float" }).graph!.initializer) {
      assert.equal(dataType, 1, `${name} is float32`);
    }
  });
}

Deno.test("in the form float an integer model is what its decoded weights compute in floats", async () => {
  const model = quantizedNetwork(network);
  const x = flat(samples(model, 3));
  const floats = { ...model, quantization: null };
  const engine = await withTensors((room) => inferLogits(room, floats, { count: 3, x, y: null }));
  assertNear((await bothLogits(model, x, { form: "float" })).all, engine, 1e-5);
});

Deno.test("in integers a weight is one byte", () => {
  const model = quantizedNetwork(network);
  for (const { name, dataType, rawData, dims } of protoOf(model).graph!.initializer) {
    const count = dims.reduce((product, extent) => product * Number(extent), 1);
    if (name.endsWith("/kernel.integers")) assert.deepEqual([dataType, rawData.length], [3, count]);
    if (name.endsWith("/bias.integers")) {
      assert.deepEqual([dataType, rawData.length], [6, 4 * count]);
    }
    assert.ok(!name.endsWith("/kernel") && !name.endsWith("/bias"), `${name} is not in floats`);
  }
});

Deno.test("what the operator set cannot express is said in a sentence", () => {
  const pool: Layer = {
    name: "wide",
    kind: "average-pool",
    inputs: ["input"],
    size: [2, 2],
    strides: [1, 1],
    padding: "valid",
    dilations: [2, 2],
  };
  const inputs = [{ name: "input", shape: [5, 5, 1] }];
  const pooled: Architecture = {
    family: "pool",
    inputs,
    layers: [pool],
    outputs: ["wide"],
    head: "none",
  };
  const model = livelyModel(pooled);
  assert.throws(() => bytesOf(model), {
    name: "RangeError",
    message:
      'Cannot write "wide" for ONNX: its average pooling is dilated, which operator set 17 does not know; ' +
      "set `opset` to 19 or higher",
  });
  assert.ok(bytesOf(model, { opset: 19 }).length > 0);
  assert.throws(
    () => bytesOf(livelyModel(network), { opset: 12 }),
    /operator set 12 of ONNX: 13 to 22 are known/,
  );
  const wide = { bits: 16, scale: 1, zero: 0, minimum: -32768, maximum: 32767 };
  const quantization = { rules: "onnx", activations: { input: wide } } as const;
  assert.throws(
    () => bytesOf({ ...model, quantization }, { opset: 19 }),
    /"input" .* 8 bits are all/,
  );
});

/** What a model's graph does, `output = Op(inputs)`, and the names of its constants. */
function graphOf(model: Model, changed: Partial<OnnxOptions> = {}) {
  const { node, initializer } = protoOf(model, changed).graph!;
  return {
    nodes: node.map(({ opType, input, output, attribute }) =>
      `${output.join()} = ${opType}(${input.join(", ")})${
        attribute.map(({ name, i }) => ` ${name}:${i}`).join("")
      }`
    ),
    constants: initializer.map(({ name }) => name),
  };
}
/** Two inputs that are added. */
const sum = livelyModel({
  family: "sum",
  inputs: [{ name: "one", shape: [2] }, { name: "two", shape: [2] }],
  layers: [{ name: "a", kind: "add", inputs: ["one", "two"], activation: "linear" }],
  outputs: ["a"],
  head: "none",
});

Deno.test("preprocessing is of the first input: a factor, an offset, each only where it does something", () => {
  const written = (scale: number[], offset: number[]) =>
    graphOf({ ...sum, preprocess: { scale, offset } });
  const end = "logits = Identity(a)";
  assert.deepEqual(written([1, 1], [0, 0]), {
    nodes: ["a = Add(one, two)", end],
    constants: [],
  });
  assert.deepEqual(written([1, 2], [0]), {
    nodes: ["one.scaled = Mul(one, one.factor)", "a = Add(one.scaled, two)", end],
    constants: ["one.factor"],
  });
  assert.deepEqual(written([1], [0, 3]), {
    nodes: ["one.prepared = Add(one, one.offset)", "a = Add(one.prepared, two)", end],
    constants: ["one.offset"],
  });
  assert.deepEqual(written([0], [1]), {
    nodes: [
      "one.scaled = Mul(one, one.factor)",
      "one.prepared = Add(one.scaled, one.offset)",
      "a = Add(one.prepared, two)",
      end,
    ],
    constants: ["one.factor", "one.offset"],
  });
});

Deno.test("a head is computed from the logits; one class is said, none are not", () => {
  const nodes = (head: Architecture["head"]) => graphOf({ ...sum, head }).nodes.slice(1);
  assert.deepEqual(nodes("none"), ["logits = Identity(a)"]);
  assert.deepEqual(nodes("softmax"), [
    "logits = Identity(a)",
    "probabilities = Softmax(logits) axis:-1",
  ]);
  assert.deepEqual(nodes("sigmoid"), [
    "logits = Identity(a)",
    "probabilities = Sigmoid(logits)",
  ]);
  assert.deepEqual(protoOf(sum).metadataProps, []);
  assert.equal(protoOf({ ...sum, classes: ["x"] }).metadataProps[0]!.value, '["x"]');
});

Deno.test("the values that a file rounds are those with a format, and rows that find their ranges", () => {
  const format = { bits: 8, scale: 1, zero: 0, minimum: -128, maximum: 127 };
  const quantization = { rules: "onnx", activations: { one: format, two: format } } as const;
  const integers = { ...sum, quantization };
  assert.deepEqual([...roundedValues(integers, options)], [
    ["one", { layout: "last", value: "one.quantized", raised: 128, held: "integers" }],
    ["two", { layout: "last", value: "two.quantized", raised: 128, held: "integers" }],
  ]);
  assert.deepEqual([...roundedValues(integers, { ...options, form: "float" })], []);
  const dense = { kind: "dense", inputs: ["one"], units: 2, bias: false } as const;
  const product = quantizedNetwork({
    ...sum,
    inputs: [{ name: "one", shape: [2] }],
    layers: [{ name: "a", ...dense, activation: "linear" }],
  });
  const dynamic = {
    ...product,
    quantization: {
      rules: "onnx",
      activations: {},
      dynamic: { bits: 8, symmetry: "asymmetric" },
    },
  } as const;
  assert.deepEqual([...roundedValues(dynamic, options)], [
    ["one", { value: "one", layout: "last", held: "reals" }],
  ]);
  assert.deepEqual([...roundedValues(dynamic, { ...options, form: "float" })], []);
});
