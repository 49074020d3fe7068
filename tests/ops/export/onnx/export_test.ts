import assert from "node:assert/strict";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { exportFiles } from "../../../../ops/export/export.ts";
import { checkExport } from "../../../../ops/export/check_export.ts";
import { encodeFiles } from "../../../../ops/export/encode_files.ts";
import type { Format } from "../../../../ops/export/format_fields.ts";
import type { Model } from "../../../../ops/model/model.ts";
import { livelyModel } from "../../lively_model.ts";
import { listeningContext } from "../../run_context.ts";
import { zooNetworks } from "../../zoo_networks.ts";
import { quantizedNetwork } from "./quantized_network.ts";

refuseLeaks(true);

const format: Format = { use: "onnx", form: "qdq", opset: 17, tolerance: 0.001 };
const network = zooNetworks["resnet"]!;

async function checked(model: Model, changed: Partial<Format> = {}) {
  const { context, notes } = listeningContext();
  const params = { ...format, ...changed } as Format;
  await exportFiles.run({ model, data: undefined }, params, context);
  return notes.check as Record<string, number>;
}

Deno.test("a float model is compared in the runtime that the file is for", async () => {
  const check = await checked(livelyModel(network));
  const { runtime, samples, difference, agreement } = check;
  assert.deepEqual([runtime, samples], ["onnxruntime-web 1.30.0, WebAssembly", 64]);
  assert.ok(difference! < 1e-5 && agreement === 1);
});

Deno.test("an integer model is judged by its integers in the form qdq, by floats in the form float", async () => {
  const model = quantizedNetwork(network);
  const qdq = await checked(model);
  assert.deepEqual([qdq.agreement, qdq.integers], [1, 1]);
  assert.ok(qdq.difference! < 1e-5);
  const float = await checked(model, { form: "float" });
  assert.ok(float.difference! < 1e-5 && float.agreement === 1 && float.integers! <= 1);
});

Deno.test("integers of other rules are judged by ONNX's; how often both answer alike is noted", async () => {
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
      checkExport(model, files, format, undefined, new AbortController().signal),
      /the files do not compute what the model does: in onnxruntime-web .* is tolerated/,
    );
  }
});
