/** A file is checked in TensorFlow Lite; one with integers by each of them. */
import assert from "node:assert/strict";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { DifferenceError } from "../../../../ops/formats/compare.ts";
import { checkTflite } from "../../../../ops/formats/tflite/check_tflite.ts";
import { encodeTflite } from "../../../../ops/formats/tflite/encode.ts";
import type { Model } from "../../../../ops/model/model.ts";
import { livelyModel } from "../../lively_model.ts";
import { flat, samples } from "../onnx/support/both_logits.ts";
import { quantizedNetwork } from "../onnx/support/quantized_network.ts";
import { zooNetworks } from "../../zoo_networks.ts";

const checked = (model: Model, written: Model = model) =>
  withTensors((room) =>
    checkTflite({
      ...{ room, model, files: encodeTflite(written, { form: "int8" }) },
      samples: { x: flat(samples(model, 6)), shape: model.inputs[0]!.shape },
    }, { form: "int8", tolerance: 1e-3, signal: new AbortController().signal })
  );

for (const name of ["mlp", "resnet", "mobilenet-v2", "vae-decoder"]) {
  Deno.test(`${name} in integers: each is nearest to its real, or as near as XNNPACK comes`, async () => {
    const { rounding } = await checked(quantizedNetwork(zooNetworks[name]!, { rules: "tflite" }));
    assert.ok(rounding! > 0 && rounding! <= 0.5 + 1 / 64, `${rounding}`);
  });
}

Deno.test("parts that are joined may be a step off, where their integers become others", async () => {
  for (const name of ["squeezenet", "text-cnn"]) {
    const { rounding } = await checked(quantizedNetwork(zooNetworks[name]!, { rules: "tflite" }));
    assert.ok(rounding! > 0.5 && rounding! <= 1 + 1 / 64, `${rounding}`);
  }
});

Deno.test("means over windows are rounded twice, over the whole image once", async () => {
  const pooling = (size: number) => ({
    ...zooNetworks.cnn!,
    inputs: [{ name: "x", shape: [4, 4, 2] }],
    layers: [
      { name: "c", kind: "conv", inputs: ["x"], filters: 3, kernel: [1, 1], strides: [1, 1] },
      { name: "p", kind: "average-pool", inputs: ["c"], size: [size, size], strides: [size, size] },
      { name: "f", kind: "flatten", inputs: ["p"] },
      { name: "d", kind: "dense", inputs: ["f"], units: 3, bias: true, activation: "linear" },
    ].map((layer) => ({
      ...layer,
      ...{ padding: "valid", dilations: [1, 1], bias: true, activation: "linear" },
    })) as never,
    outputs: ["d"],
  });
  const whole = await checked(quantizedNetwork(pooling(4), { rules: "tflite" }));
  assert.ok(whole.rounding! <= 0.5 + 1 / 64);
  const windows = await checked(quantizedNetwork(pooling(2), { rules: "tflite" }));
  assert.ok(windows.rounding! > 0.5 && windows.rounding! < 2, `${windows.rounding}`);
});

Deno.test("a file of floats answers, and that of another kernel is found", async () => {
  const floats = livelyModel(zooNetworks.cnn!);
  const { logits, rounding } = await checked(floats);
  assert.equal(logits.length, 6 * 3);
  assert.equal(rounding, undefined);
  const model = quantizedNetwork(zooNetworks.cnn!, { rules: "tflite" });
  const [name, weight] = Object.entries(model.weights).find(([name]) => name.endsWith("/kernel"))!;
  const other = { ...weight, data: weight.data.toReversed() as never };
  const written = { ...model, weights: { ...model.weights, [name]: other } };
  await assert.rejects(checked(model, written), DifferenceError);
});
