import assert from "node:assert/strict";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { exportFiles } from "../../../ops/formats/export.ts";
import { checkExport } from "../../../ops/formats/check_export.ts";
import { encodeFiles } from "../../../ops/formats/encode_files.ts";
import type { FormatParams } from "../../../ops/formats/formats.ts";
import type { Model, Weight } from "../../../ops/model/model.ts";
import { livelyModel } from "../lively_model.ts";
import { recordingContext } from "../run_context.ts";
import { zooNetworks } from "../zoo_networks.ts";
import { quantizedNetwork, withExactScales } from "./onnx/support/quantized_network.ts";

refuseLeaks(true);

const format: FormatParams = { use: "onnx", form: "qdq", opset: 17, tolerance: 0.001 };
const network = zooNetworks["resnet"]!;

async function checked(model: Model, changed: Partial<FormatParams> = {}) {
  const { context, notes } = recordingContext();
  const params = { ...format, ...changed } as FormatParams;
  await exportFiles.run({ model, data: undefined }, params, context);
  return notes.check as Record<string, number>;
}

Deno.test("a float model is compared in the runtime that the file is for", async () => {
  const check = await checked(livelyModel(network));
  const { runtime, samples, difference, agreement } = check;
  assert.deepEqual([runtime, samples], ["onnxruntime-web 1.30.0, WebAssembly", 64]);
  assert.ok(difference! < 1e-5 && agreement === 1);
});

Deno.test("where the data have no test samples, files are compared on noise as where there are no data", async () => {
  const model = livelyModel(network);
  const [{ shape }] = model.inputs as readonly [Model["inputs"][number]];
  const meta = { ...{ input: shape, type: "float32", task: "classification" }, classes: [] };
  const none = { count: 0, x: new Float32Array(0), y: null };
  const data = { meta: { ...meta, normalize: model.preprocess }, parts: { test: none } };
  const { context, notes } = recordingContext();
  await exportFiles.run({ model, data: data as never }, format, context);
  assert.deepEqual(notes.check, await checked(model));
});

Deno.test("an integer model is checked by its integers in the form qdq, by floats in the form float", async () => {
  const model = quantizedNetwork(network);
  const qdq = await checked(model);
  assert.deepEqual([qdq.agreement, qdq.integers], [1, 1]);
  assert.ok(qdq.difference! < 1e-5);
  const float = await checked(model, { form: "float" });
  assert.ok(float.difference! < 1e-5 && float.agreement === 1 && float.integers! <= 1);
});

Deno.test("integers of other rules are checked by ONNX's; how often both answer alike is noted", async () => {
  const { difference, agreement, integers } = await checked(
    quantizedNetwork(network, { rules: "tflite", bits: 4 }),
  );
  assert.ok(difference! < 0.001 && agreement! > 0.95);
  assert.ok(integers! > 0.5 && integers! < 1);
});

Deno.test("the file of another model fails the step", async () => {
  for (const make of [livelyModel, quantizedNetwork]) {
    const model = make(network);
    const [name, weight] = Object.entries(model.weights)[0]!;
    const weights = { ...model.weights, [name]: { ...weight, data: weight.data.toReversed() } };
    const files = await encodeFiles({ ...model, weights }, format);
    await assert.rejects(
      checkExport(model, files, format, { data: undefined, signal: new AbortController().signal }),
      /the files do not compute what the model does: in onnxruntime-web .* is tolerated/,
    );
  }
});

Deno.test("numbers half-way between two integers may become either: each integer is compared alone, the logits are not", async () => {
  const model = withExactScales(quantizedNetwork(zooNetworks["wide-resnet"]!, { weightBits: 4 }));
  const { difference, rounding, agreement } = await checked(model);
  assert.ok(difference! > 0.01, `${difference}`);
  assert.ok(rounding! >= 0.5 && rounding! < 0.5001, `${rounding}`);
  assert.equal(agreement, 1);
});

/** What goes wrong in a file: little, and in one layer. */
const mistakes: Readonly<Record<string, (model: Model) => Model>> = {
  "a scale of one channel is 2 % off": changed("block2.pointwise/kernel", (weight) => {
    const { encoding } = weight;
    assert.ok(encoding.use === "affine");
    return {
      ...weight,
      encoding: {
        ...encoding,
        scale: encoding.scale.map((scale, c) => c === 1 ? 1.02 * scale : scale),
      },
    };
  }),
  "a kernel has two filters in each other's place": changed("block3.pointwise/kernel", (weight) => {
    const filters = weight.shape.at(-1)!;
    const data = weight.data.map((_, i) => {
      const filter = i % filters;
      return weight.data[filter < 2 ? i - filter + 1 - filter : i]!;
    });
    return { ...weight, data };
  }),
  "a kernel is turned": changed("block1.depthwise/kernel", (weight) => ({
    ...weight,
    data: weight.data.toReversed(),
  })),
  "a bias is dropped": changed("block2.depthwise/bias", (weight) => ({
    ...weight,
    data: weight.data.map(() => 0),
  })),
  "the bias of the last layer is dropped": changed("head.dense/bias", (weight) => ({
    ...weight,
    data: weight.data.map(() => 0),
  })),
  "the scale of a value is 1 % off": (model) => valued(model, "block2.depthwise", { scale: 1.01 }),
  "the scale of the input is 1 % off": (model) => valued(model, "input", { scale: 1.01 }),
  "the zero point of a value is one off": (model) => valued(model, "block3.depthwise", { zero: 1 }),
};

function changed(name: string, change: (weight: Weight) => Weight): (model: Model) => Model {
  return (model) => {
    const weight = model.weights[name];
    assert.ok(weight !== undefined, name);
    return { ...model, weights: { ...model.weights, [name]: change(weight) } };
  };
}

function valued(model: Model, name: string, { scale = 1, zero = 0 }): Model {
  const quantization = model.quantization!;
  const format = quantization.activations[name];
  assert.ok(format !== undefined, name);
  const activations = {
    ...quantization.activations,
    [name]: { ...format, scale: format.scale * scale, zero: format.zero + zero },
  };
  return { ...model, quantization: { ...quantization, activations } };
}

for (const [what, mistaken] of Object.entries(mistakes)) {
  Deno.test(`a file in which ${what} is refused`, async () => {
    const model = quantizedNetwork(zooNetworks["mobilenet-v1"]!);
    const files = await encodeFiles(mistaken(model), format);
    await assert.rejects(
      checkExport(model, files, format, { data: undefined, signal: new AbortController().signal }),
      /do not compute what the model does: in onnxruntime-web .* from the same values.* is tolerated/,
    );
  });
}

Deno.test("rows that find their ranges are checked by what enters them", async () => {
  const dynamic = { bits: 8, symmetry: "asymmetric" } as const;
  const model: Model = {
    ...quantizedNetwork(zooNetworks.bert!),
    quantization: { rules: "onnx", activations: {}, dynamic },
  };
  const { rounding, agreement } = await checked(model);
  assert.deepEqual([rounding, agreement], [0, 1]);
  const name = Object.keys(model.weights).find((name) => /block2.*kernel/.test(name))!;
  const mistaken = changed(name, (weight) => ({ ...weight, data: weight.data.toReversed() }));
  const files = await encodeFiles(mistaken(model), format);
  await assert.rejects(
    checkExport(model, files, format, { data: undefined, signal: new AbortController().signal }),
    /onnxruntime-web .* are not those that the model computes from the same values: they differ by/,
  );
});
