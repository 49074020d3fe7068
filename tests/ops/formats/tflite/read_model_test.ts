/** Files are read back into models: those written here, and those that their publishers made with TensorFlow. */
import assert from "node:assert/strict";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { largestDifference } from "../../../../ops/formats/compare.ts";
import { UnreadableModelError } from "../../../../ops/formats/format.ts";
import { encodeTflite, TFLITE_FILE, tfliteGraph } from "../../../../ops/formats/tflite/encode.ts";
import { decodeFile, encodeFile } from "../../../../ops/formats/tflite/flatbuffer.ts";
import { readTflite } from "../../../../ops/formats/tflite/read_model.ts";
import { runTflite } from "../../../../ops/formats/tflite/run_tflite.ts";
import { inferLogits } from "../../../../ops/model/infer.ts";
import { quantizedWeight } from "../../../../ops/model/integers/weight_format.ts";
import type { Model } from "../../../../ops/model/model.ts";
import { unsoundness } from "../../../../ops/model/sound.ts";
import { livelyModel } from "../../lively_model.ts";
import { testWith } from "../../model/support/test_data.ts";
import { zooNetworks } from "../../zoo_networks.ts";
import { flat, samples } from "../onnx/support/both_logits.ts";
import { quantizedNetwork } from "../onnx/support/quantized_network.ts";

const logitsOf = (model: Model, x: Float32Array, count: number) =>
  withTensors((room) => inferLogits(room, model, { count, x, y: null }));

const named = ["mlp", "cnn", "lenet5", "resnet", "mobilenet-v2", "shufflenet-v2", "text-cnn"];
for (const name of [...named, "wide-resnet", "cvae", "dcgan-generator"]) {
  Deno.test(`${name}: what is written is read back, with the same logits`, async () => {
    const model = livelyModel(zooNetworks[name]!);
    const again = readTflite(encodeTflite(model, { form: "float" })[TFLITE_FILE]!, name);
    assert.equal(unsoundness(again), undefined);
    assert.equal(again.head, model.head);
    const x = flat(samples(model, 4));
    const difference = largestDifference(await logitsOf(again, x, 4), await logitsOf(model, x, 4));
    assert.ok(difference < 1e-5, `${difference}`);
  });
}

Deno.test("integers are read as the reals that they stand for", async () => {
  const model = quantizedNetwork(zooNetworks.cnn!, { rules: "tflite" });
  const again = readTflite(encodeTflite(model, { form: "int8" })[TFLITE_FILE]!, "m");
  assert.equal(again.quantization, null);
  const x = flat(samples(model, 4));
  const floats = await logitsOf({ ...model, quantization: null }, x, 4);
  // Biases were rounded to the units of their products.
  assert.ok(largestDifference(await logitsOf(again, x, 4), floats) < 1e-2);
});

/** Kernels and biases of a file, as they lie, in its order. */
const constantsOf = (bytes: Uint8Array) => {
  const { subgraphs: [graph], buffers } = decodeFile(bytes, "m");
  return graph!.tensors.flatMap(({ quantization, buffer }) => {
    const data = buffers[buffer]?.data;
    return quantization === undefined || data === undefined ? [] : [[...data]];
  });
};

for (const name of ["mlp", "cnn", "lenet5", "resnet", "mobilenet-v2", "shufflenet-v2"]) {
  Deno.test(`${name}: integers that are kept give the same answers, and are written again`, async () => {
    const model = quantizedNetwork(zooNetworks[name]!, { rules: "tflite" });
    const bytes = encodeTflite(model, { form: "int8" })[TFLITE_FILE]!;
    const again = readTflite(bytes, name, { integers: true });
    assert.equal(unsoundness(again), undefined);
    assert.deepEqual(again.established, { format: "int8" });
    const x = flat(samples(model, 4));
    const difference = largestDifference(await logitsOf(again, x, 4), await logitsOf(model, x, 4));
    assert.ok(difference < 1e-6, `${difference}`);
    const rewritten = encodeTflite(again, { form: "int8" })[TFLITE_FILE]!;
    assert.deepEqual(constantsOf(rewritten), constantsOf(bytes));
  });
}

Deno.test("what is read without rounding is quantized to the same integers again", () => {
  const model = quantizedNetwork(zooNetworks.resnet!, { rules: "tflite" });
  const floats = readTflite(encodeTflite(model, { form: "int8" })[TFLITE_FILE]!, "m");
  const kernels = (of: Model) =>
    Object.entries(of.weights).filter(([name]) => name.endsWith("/kernel")).map(([, each]) => each);
  const own = kernels(model);
  kernels(floats).forEach((kernel, index) => {
    const { axis } = own[index]!.encoding as { axis: number };
    const format = { bits: 8, axis, symmetry: "symmetric", rules: "tflite" } as const;
    assert.deepEqual(quantizedWeight(kernel, format).data, own[index]!.data);
  });
});

Deno.test("preprocessing is read as such, and so are several inputs of one network", () => {
  const model = {
    ...livelyModel(zooNetworks.cnn!),
    preprocess: { scale: [2, 4], offset: [1, -1] },
  };
  const again = readTflite(encodeTflite(model, { form: "float" })[TFLITE_FILE]!, "m");
  assert.deepEqual(again.preprocess, model.preprocess);
});

Deno.test("an operator that is not read is named, with a way out", () => {
  const { file } = tfliteGraph(livelyModel(zooNetworks.mlp!), { form: "float" });
  const says = (code: number, why: RegExp) => {
    const codes = file.codes.map((each) => ({ ...each, short: Math.min(127, code), code }));
    assert.throws(() => readTflite(encodeFile({ ...file, codes }), "m.tflite"), (error) => {
      assert.ok(error instanceof UnreadableModelError);
      assert.match(error.message, why);
      assert.match(error.hint.help!, /another form/);
      return true;
    });
  };
  says(200, /^Cannot read `m.tflite`: its operator number 200 is not read$/);
  says(126, /^Cannot read `m.tflite`: its operator BATCH_MATMUL is not read$/);
  const twice = { ...file, subgraphs: [file.subgraphs[0]!, file.subgraphs[0]!] };
  assert.throws(() => readTflite(encodeFile(twice), "m"), /it has 2 graphs, and one is read/);
});

testWith(
  "mlperf-tiny-resnet-cifar10",
  "ResNet-8 of TensorFlow: the logits are those that TensorFlow Lite computes from the same file",
  async (folder) => {
    const bytes = await Deno.readFile(`${folder}/pretrainedResnet.tflite`);
    const model = readTflite(bytes, "r.tflite");
    const x = Float32Array.from({ length: 3 * 3072 }, (_, i) => (i * 7919 + i * i) % 256);
    const files = { [TFLITE_FILE]: bytes };
    const found = await runTflite(files, { x, shape: [32, 32, 3] });
    const own = await logitsOf(model, x, 3);
    const probabilities = Object.values(found)[0] as Float32Array;
    for (let row = 0; row < 3; row++) {
      const mine = softmax(own.subarray(row * 10, row * 10 + 10));
      mine.forEach((p, c) => assert.ok(Math.abs(p - probabilities[row * 10 + c]!) < 1e-4));
    }
    const int8 = readTflite(await Deno.readFile(`${folder}/pretrainedResnet_quant.tflite`), "q");
    assert.deepEqual(int8.layers, model.layers);
  },
);

function softmax(logits: Float32Array): number[] {
  const most = Math.max(...logits);
  const powers = Array.from(logits, (z) => Math.exp(z - most));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
}
