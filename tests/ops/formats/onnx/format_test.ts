import assert from "node:assert/strict";
import { onnx } from "../../../../ops/formats/onnx/format.ts";
import { encodeOnnx } from "../../../../ops/formats/onnx/encode.ts";
import { initialModel } from "../../../../ops/model/initialize.ts";
import { mlp } from "../../../../ops/model/zoo/mlp.ts";

Deno.test("a file is what the encoder writes, and is known by its first fields", async () => {
  const model = initialModel(mlp.build([4], 2, { hidden: [], dropout: 0 }), 0);
  const options = { form: "float", opset: 15 } as const;
  const files = await onnx.write(model, options);
  assert.deepEqual(files, encodeOnnx(model, options));
  assert.ok(onnx.magic!(files["model.onnx"]!));
});

Deno.test("files of the form qdq compute by ONNX's rules, others in floats", () => {
  const quantization = { rules: "tflite", activations: {} } as const;
  const arithmetic = (form: "qdq" | "float") =>
    onnx.verify.arithmetic!(quantization, { form, opset: 17, tolerance: 0 });
  assert.deepEqual(arithmetic("qdq"), { rules: "onnx", activations: {} });
  assert.equal(arithmetic("float"), null);
});
