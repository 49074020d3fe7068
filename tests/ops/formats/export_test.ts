import assert from "node:assert/strict";
import { alternativesOf, declared } from "../declared.ts";
import { shippedOps } from "../../../engine/api/language.ts";
import { recipeOf } from "../../../engine/library/open_recipe.ts";
import type { Diagnostic } from "../../../engine/error.ts";
import { assertListed } from "../../listed.ts";
import { fileURLToPath } from "node:url";
import { stream } from "../../../engine/tensor/random.ts";
import { withTensors } from "../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import type { Dataset } from "../../../ops/data/dataset.ts";
import { exportFiles } from "../../../ops/formats/export.ts";
import type { FormatParams } from "../../../ops/formats/formats.ts";
import { withOwnFiles } from "../../../ops/model/kind.ts";
import { inferLogits } from "../../../ops/model/infer.ts";
import { initialModel } from "../../../ops/model/initialize.ts";
import type { Model } from "../../../ops/model/model.ts";
import { mapWeights } from "../../../ops/model/weights.ts";
import { mobilenetV1 } from "../../../ops/model/zoo/mobilenet_v1.ts";
import { type IntegerParams } from "../../../ops/quantize/fields.ts";
import { quantized } from "../../../ops/quantize/quantized.ts";
import { livelyModel } from "../lively_model.ts";
import { recordingContext } from "../run_context.ts";
import { assertClose, softmaxRows } from "../../close.ts";
import { withIntegers } from "./quantized_by_hand.ts";

refuseLeaks(true);

const format: FormatParams = { use: "tfjs", storage: "native", shard: "1 KiB", tolerance: 0.001 };
const drawn = initialModel(mobilenetV1.build([9, 9, 2], 5, { depth: 2, width: 0.25 }), 0);
const model = { ...withIntegers(drawn), preprocess: { scale: [1 / 255], offset: [0] } };
const count = 70;
const x = Uint8Array.from(stream(0, "noise").uniforms(0, count * 162), (u) => Math.floor(u * 256));
const data: Dataset = {
  meta: {
    input: [9, 9, 2],
    type: "uint8",
    task: "classification",
    classes: [],
    outputs: 5,
    normalize: { scale: [1 / 255], offset: [0] },
  },
  parts: { test: { count, x, y: null } },
};

Deno.test("an export notes how its files compare on the first 64 test samples", async () => {
  const { context, notes } = recordingContext();
  await exportFiles.run({ model, data }, format, context);
  const check = notes.check as Record<string, number | string>;
  assert.equal(check.runtime, "tfjs-layers 4.22.0 on its CPU backend");
  assert.equal(check.samples, 64);
  assert.equal(check.agreement, 1);
  assert.ok(check.difference as number < 1e-5 && check.reread as number < 1e-5);
});

Deno.test("of a model as it was loaded the written files are counted, of another not", async () => {
  const own = withOwnFiles(model, { encoded: 1, gzip: 1, format: "tfjs" });
  const [loaded, made] = [recordingContext(), recordingContext()];
  const files = await exportFiles.run({ model: own, data: undefined }, format, loaded.context);
  await exportFiles.run({ model, data: undefined }, format, made.context);
  const { encoded, gzip } = loaded.notes.bytes as Record<string, number>;
  assert.equal(encoded, Object.values(files).reduce((sum, { length }) => sum + length, 0));
  assert.ok(0 < gzip! && gzip! < encoded!);
  assert.equal(made.notes.bytes, undefined);
});

Deno.test("a model without data or preprocessing is compared too", async () => {
  const plain = { ...model, preprocess: null };
  const [noise, prepared] = [recordingContext(), recordingContext()];
  await exportFiles.run({ model: plain, data: undefined }, format, noise.context);
  await exportFiles.run({ model: plain, data }, format, prepared.context);
  for (const { notes } of [noise, prepared]) {
    assert.equal((notes.check as Record<string, unknown>).samples, 64);
  }
});

Deno.test("an integer model is compared in floats, and how often the integers agree is noted", async () => {
  const params: IntegerParams = {
    scheme: "int8",
    granularity: "channel",
    symmetry: "symmetric",
    activations: { use: "int4", granularity: "tensor", symmetry: "asymmetric" },
    calibrate: { use: "minmax", samples: 64 },
    fold: "batchnorm",
    rules: "onnx",
    equalize: "none",
    "bias_correction": "none",
  };
  const trained = await undecided({ ...livelyModel(drawn), preprocess: model.preprocess });
  const train = { ...data, parts: { train: data.parts.test! } };
  const integers = await quantized(trained, train, params, recordingContext().context);
  const { context, notes } = recordingContext();
  await exportFiles.run({ model: integers, data }, format, context);
  const answers = (of: Model) =>
    withTensors(async (room) => {
      const logits = await inferLogits(room, of, {
        count: 64,
        x: x.subarray(0, 64 * 162),
        y: null,
      });
      const rows = Array.from(
        { length: 64 },
        (_, row) => [...logits.subarray(row * 5, row * 5 + 5)],
      );
      return rows.map((row) => row.indexOf(Math.max(...row)));
    });
  const floats = await answers({ ...integers, quantization: null });
  const alike = (await answers(integers)).filter((answer, row) => answer === floats[row]).length;
  // Values of 4 bits between layers change answers, else this would say nothing.
  assert.ok(alike < 64);
  const check = notes.check as Record<string, number>;
  assert.equal(check.integers, alike / 64);
  assert.ok(check.difference! < 1e-5 && check.agreement === 1);
});

Deno.test("integers that files cannot hold are refused before a run, once, where the format is written", async () => {
  const quantize = { scheme: "int8", activations: { use: "int8", ranges: "dynamic" } };
  const said = async (rest: object) => {
    const model = { use: "mlp", hidden: [8], train: { epochs: 1 } };
    const recipe = recipeOf(
      { name: "a", data: "iris", model, quantize, ...rest },
      "./",
      shippedOps(),
    );
    const found = await recipe.compile().then(() => [], ({ diagnostics }) => diagnostics);
    return (found as Diagnostic[]).map(({ code, path, message }) => [code, path, message]);
  };
  const refused = /^Cannot write integers whose ranges are found row by row/;
  for (const rest of [{ export: "tflite" }, { evaluate: { format: "tflite" } }]) {
    const [only, ...others] = await said(rest);
    assert.deepEqual([only![0], others], ["unknown-value", []]);
    assert.match(only![2]!, refused);
  }
  assert.deepEqual(await said({ export: { use: "tflite", form: "float" } }), []);
  assert.deepEqual(await said({ export: "onnx" }), []);
});

Deno.test("files that do not compute what the model does fail the step", async () => {
  const run = async () =>
    await exportFiles.run({ model, data }, { ...format, tolerance: 0 }, recordingContext().context);
  await assert.rejects(run, /the files do not compute what the model does: .* 0 is tolerated/);
});

Deno.test("people's tfjs, in a process of its own, loads the files and answers alike", async () => {
  const files = await exportFiles.run({ model, data }, format, recordingContext().context);
  const folder = await Deno.makeTempDir();
  try {
    for (const [path, bytes] of Object.entries(files)) {
      await Deno.writeFile(`${folder}/${path}`, bytes);
    }
    const samples = x.subarray(0, 3 * 162);
    const { answers, parameters } = await predicted({
      folder,
      x: [...samples],
      shape: [3, 9, 9, 2],
    });
    const logits = await withTensors((room) =>
      inferLogits(room, model, { count: 3, x: samples, y: null })
    );
    assertClose(answers, softmaxRows(logits, 5), 1e-5);
    // The model's own and, behind each of 6 layers with a kernel, 4 numbers per channel (head: its bias moved there).
    const channels = 8 + 8 + 16 + 16 + 32 + 5;
    const own = Object.values(model.weights).reduce((sum, { data }) => sum + data.length, 0);
    assert.equal(parameters, own + 4 * channels - 5);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** The model with biases that make every class the answer now and then. */
async function undecided(model: Model): Promise<Model> {
  const logits = await withTensors((room) => inferLogits(room, model, data.parts.test!));
  return mapWeights(model, (weight, name) => {
    if (name !== "head.dense/bias") return weight;
    const mean = weight.data.map((_, k) =>
      logits.reduce((sum, value, at) => at % 5 === k ? sum + value / count : sum, 0)
    );
    return { ...weight, data: Float32Array.from(weight.data, (value, k) => value - mean[k]!) };
  });
}

async function predicted(task: object): Promise<{ parameters: number; answers: number[] }> {
  const program = fileURLToPath(new URL("stock_predict.ts", import.meta.url));
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--no-lock", program],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(task)));
  await writer.close();
  const { success, stdout, stderr } = await process.output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
}

Deno.test("what the op declares, and the fields of each format", () => {
  assert.deepEqual(declared(exportFiles), {
    ...{ name: "export", version: 2, output: "files" },
    inputs: {
      model: "model learned: The model that is written",
      data: "dataset optional: Its first 64 test samples are compared",
    },
    alsoCalled: ["output", "exports", "formats"],
    example: { use: "tfjs" },
    page: { version: 2 },
    document: { file: "preprocessing.json" },
  });
  assert.deepEqual(exportFiles.inputs.data.parts!({}), ["meta", "test"]);
  assert.ok(typeof exportFiles.makes === "function");
  assert.equal(exportFiles.makes({ model: "m", params: { use: "onnx" } }), "export-onnx");
  const tolerance = { type: "number", minimum: 0, default: 0.001 };
  assertListed(alternativesOf(exportFiles), {
    tfjs: {
      storage: { enum: ["native", "float32"], default: "native" },
      shard: {
        type: "string",
        pattern: "^[0-9]+(\\.[0-9]+)? ?(B|kB|MB|KiB|MiB)$",
        default: "4 MiB",
      },
      tolerance,
    },
    onnx: {
      form: { enum: ["qdq", "float"], default: "qdq" },
      opset: { type: "integer", minimum: 13, maximum: 22, default: 17 },
      tokens: { enum: ["float32", "int64"] },
      tolerance,
    },
    packed: {
      coding: { enum: ["huffman", "none"], default: "huffman" },
      indices: { enum: ["relative", "bitmap"], default: "relative" },
      "index_bits": { type: "integer", minimum: 1, maximum: 12, default: 5 },
      browser: { type: "boolean" },
      tolerance,
    },
    safetensors: { tolerance },
  });
});
