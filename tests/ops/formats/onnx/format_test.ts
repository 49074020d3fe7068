import assert from "node:assert/strict";
import { ONNX_RUNTIME } from "../../../../engine/deps/onnxruntime_web.ts";
import { onnx } from "../../../../ops/formats/onnx/format.ts";
import { encodeOnnx } from "../../../../ops/formats/onnx/encode.ts";
import { initialModel } from "../../../../ops/model/initialize.ts";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { runContext } from "../../run_context.ts";
import { besideBytes, exportedBytes } from "./support/exported.ts";
import type { Model } from "../../../../ops/model/model.ts";
import { mlp } from "../../../../ops/model/zoo/mlp.ts";

Deno.test("a file is what the encoder writes, and is known by its first fields", async () => {
  const model = initialModel(mlp.build([4], 2, { hidden: [], dropout: 0 }), 0);
  const options = { form: "float", opset: 15 } as const;
  const files = await onnx.write(model, options);
  assert.deepEqual(files, encodeOnnx(model, options));
  assert.ok(onnx.magic!(files["model.onnx"]!));
});

Deno.test("files that a model names are read beside it, and sizes that it leaves open are said", async () => {
  const files = {
    "net/a.onnx": exportedBytes("beside"),
    "net/beside.data": besideBytes("beside.data"),
  };
  const { read } = onnx;
  assert.deepEqual(read!.beside(files["net/a.onnx"], "net/a.onnx"), ["beside.data"]);
  assert.deepEqual(read!.beside(new TextEncoder().encode("{}"), "net/a.json"), []);
  const loaded = await read!.load("net/a.onnx", runContext({ files }), {});
  assert.deepEqual(loaded.files, Object.values(files));
  assert.equal(loaded.model.layers[0]!.kind, "conv");
  const open = runContext({ files: { "a.onnx": exportedBytes("bert_open") } });
  const { model } = await read!.load("a.onnx", open, { input: [4], output: "y" });
  assert.deepEqual(model.inputs, [{ name: "input_ids", shape: [4] }]);
});

Deno.test("files of the form qdq compute by ONNX's rules, others in floats", () => {
  const quantization = { rules: "tflite", activations: {} } as const;
  const arithmetic = (form: "qdq" | "float") =>
    onnx.verify.arithmetic!(quantization, { form, opset: 17, tolerance: 0 });
  assert.deepEqual(arithmetic("qdq"), { rules: "onnx", activations: {} });
  assert.equal(arithmetic("float"), null);
});

Deno.test("the runtime is named with its version, and the second field of a file tells it", () => {
  assert.equal(onnx.verify.runtime, `onnxruntime-web ${ONNX_RUNTIME}, WebAssembly`);
  assert.deepEqual(onnx.refusal, {
    what: "is an ONNX model",
    help: "it is read where a recipe names it: from: ./model.onnx",
  });
  const is = (...bytes: readonly number[]) => onnx.magic!(Uint8Array.from(bytes));
  for (const second of [0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42]) {
    assert.deepEqual([is(8, 1, second), is(8, 9, second), is(8, 0x7f, second)], [true, true, true]);
  }
  assert.deepEqual([is(8, 1, 0x12), is(8, 2, 0x12), is(8, 0x7f, 0x12)], [false, true, true]);
  for (
    const other of [[8, 0, 0x3a], [8, 0x80, 0x3a], [9, 8, 0x3a], [8, 8, 0x3b], [8, 8], [8], []]
  ) {
    assert.ok(!is(...other), `${other}`);
  }
});

Deno.test("a check runs the file: real numbers as they are, of integers how far they are from theirs too", async () => {
  const format = { bits: 8, scale: 1, zero: 0, minimum: -128, maximum: 127 };
  const floats = initialModel({
    family: "sum",
    inputs: [{ name: "one", shape: [2] }, { name: "two", shape: [2] }],
    layers: [{ name: "a", kind: "add", inputs: ["one", "two"], activation: "linear" }],
    outputs: ["a"],
    head: "none",
  }, 0);
  const activations = { one: format, two: format, a: format };
  const integers: Model = { ...floats, quantization: { rules: "onnx", activations } };
  const options = { form: "qdq", opset: 17, tolerance: 0.001 } as const;
  const run = async (model: Model) => {
    const files = await onnx.write(model, options);
    const samples = {
      x: Float32Array.of(1, 2, 3, 4),
      conditions: [{ x: Float32Array.of(10, 20, 30, 40), shape: [2] }],
    };
    const signal = new AbortController().signal;
    return await withTensors((room) =>
      onnx.verify.run({ room, files, model, samples, options, signal } as never)
    );
  };
  const logits = Float32Array.of(11, 22, 33, 44);
  assert.deepEqual(await run(floats), { logits });
  assert.deepEqual(await run(integers), { logits, rounding: 0 });
});
