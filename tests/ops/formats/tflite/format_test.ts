import assert from "node:assert/strict";
import { tflite } from "../../../../ops/formats/tflite/format.ts";
import { encodeTflite } from "../../../../ops/formats/tflite/encode.ts";
import { livelyModel } from "../../lively_model.ts";
import { zooNetworks } from "../../zoo_networks.ts";

Deno.test("a file is what the encoder writes, and is known by its fifth to eighth byte", async () => {
  const model = livelyModel(zooNetworks.mlp!);
  const files = await tflite.write(model, { form: "float", c_array: false });
  assert.deepEqual(files, encodeTflite(model, { form: "float" }));
  assert.ok(tflite.magic!(files["model.tflite"]!));
  assert.ok(!tflite.magic!(new TextEncoder().encode("TFL3 ...")));
});

Deno.test("files of integers compute by TensorFlow Lite's rules, others in floats", () => {
  const quantization = { rules: "onnx", activations: {} } as const;
  const arithmetic = (form: "int8" | "float") =>
    tflite.verify.arithmetic!(quantization, { form, c_array: false, tolerance: 0 });
  assert.deepEqual(arithmetic("int8"), { rules: "tflite", activations: {} });
  assert.equal(arithmetic("float"), null);
});

Deno.test("beside the file lies a C array where it is asked for", async () => {
  const model = livelyModel(zooNetworks.mlp!);
  const files = await tflite.write(model, { form: "float", c_array: true });
  assert.deepEqual(Object.keys(files), ["model.tflite", "model.h", "model.cc"]);
});
