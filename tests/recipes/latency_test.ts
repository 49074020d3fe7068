/** Latency of a trained and of a quantized model in each runtime, from the recipe to the table and the claim. */
import assert from "node:assert/strict";
import { memoryStore, RecipeError } from "../../mod.ts";
import { recipe, type Value } from "./support/small.ts";

const document: Value = {
  name: "timed",
  data: { use: "digits", limit: 60, split: { test: 0.02 } },
  model: { use: "cnn", filters: [4], dense: [], train: { epochs: 1, batch: 8 } },
};

/**
 * What times, and what it says of itself and of the int8 file: how many operators compute (pixels made 0…1, convolution,
 * pooling, dense layer, softmax; in tfjs the scales of weights and an activation besides), and how many with integers: all
 * between pixels and softmax, but in LiteRT for the dense layer whose sums are the logits.
 */
const runtimes = [
  ["engine", /our own arithmetic/, undefined],
  ["onnxruntime", /onnxruntime-web/, [5, 3]],
  ["tfjs", /tfjs-layers .* WebAssembly/, [8, 0]],
  ["litert", /LiteRT, WebAssembly/, [5, 2]],
] as const;

for (const [where, named, operators] of runtimes) {
  Deno.test(`in ${where} both models are timed, and the table names what timed them`, async () => {
    const run = await recipe({
      ...document,
      quantize: { scheme: "int8", ...where === "litert" && { rules: "tflite" } },
      evaluate: { latency: { in: where, repeats: 2 } },
      expect: "result.latency < 1 min",
    }).run({ cache: memoryStore() });
    assert.deepEqual([run.problems, run.ok], [[], true]);
    const times = run.models.map(({ name, latency, timing }) => {
      assert.ok(timing!.low <= latency! && latency! <= timing!.high);
      assert.deepEqual([timing!.in, timing!.batch, timing!.repeats], [where, 1, 2]);
      assert.match(timing!.runtime, named);
      return [name, timing!.operators] as const;
    });
    const counted = operators && { all: operators[0], integer: operators[1] };
    assert.deepEqual(times, [["model", undefined], ["quantized", counted]]);
    assert.match(run.table.notes.join(), named);
  });
}

const steps = (evaluate: Value, exported: unknown) =>
  recipe({ ...document, evaluate, export: exported }).expand().steps
    .flatMap(({ op, params }) => op === "measure" ? [params] : []);

Deno.test("files are timed as the recipe exports them, unless it says otherwise", () => {
  const float = [{ use: "tflite", form: "float" }, { use: "onnx", form: "float", opset: 15 }];
  const onnx = { use: "onnxruntime", form: "qdq", opset: 17 };
  const timed = (where: unknown) => ({ in: where, batch: 1, repeats: 30 });
  assert.deepEqual(steps({ latency: { in: "onnxruntime" } }, []), [timed(onnx)]);
  assert.deepEqual(steps({ latency: { in: "onnxruntime" } }, float), [
    timed({ use: "onnxruntime", form: "float", opset: 15 }),
  ]);
  const written = { in: { use: "onnxruntime", form: "qdq" } };
  assert.deepEqual(steps({ latency: written }, float), [timed(onnx)]);
});

Deno.test("a recipe that names no runtime has the step that it always had", () => {
  assert.deepEqual(steps({ latency: { repeats: 3 } }, ["onnx"]), [{ batch: 1, repeats: 3 }]);
});

Deno.test("more samples than a file takes are refused before anything runs", async () => {
  const wrong = { ...document, evaluate: { latency: { in: "litert", batch: 2 } } };
  const error = await recipe(wrong).compile().catch((each) => each);
  assert.ok(error instanceof RecipeError);
  assert.deepEqual(error.diagnostics.map(({ code, message, help }) => [code, message, help]), [
    ["out-of-range", "files for litert answer one sample at a time", "batch: 1"],
  ]);
});
