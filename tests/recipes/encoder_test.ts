/** An encoder that transformers saved, through recipes: taught from, cut, in integers, in files for other runtimes. */
import assert from "node:assert/strict";
import { load, recipe } from "../../mod.ts";
import { withTensors } from "../../engine/tensor/mod.ts";
import { runOnnx } from "../../ops/formats/onnx/run_onnx.ts";
import { inferLogits } from "../../ops/model/infer.ts";
import { readSafetensorsModel } from "../../ops/formats/safetensors/told_model.ts";
import { assertClose } from "../close.ts";
import { encoderFiles, VOCABULARY } from "../fixtures/transformers/transformers.ts";
import { runContext } from "../ops/run_context.ts";

const LENGTH = 12;
const CLASSES = ["bad", "so-so", "good"];

/** Texts of up to twelve words of the vocabulary, the class of each by its number. */
const reviews = Array.from({ length: 60 }, (_, at) => {
  const words = ["the film", "a movie is", "not very good", "dull", "great", "bad, bad", "!"];
  const picked = words.filter((_, i) => (at * 7 + i * i * 3) % 5 < 2);
  return `${CLASSES[at % 3]} ${picked.join(" ") || "good"}\n`;
}).join("");

async function within(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/bert`);
    const files = { ...encoderFiles("bert"), "bert/vocab.txt": VOCABULARY };
    for (const [path, bytes] of Object.entries(files)) {
      await Deno.writeFile(`${folder}/${path}`, bytes);
    }
    await Deno.writeTextFile(`${folder}/reviews.txt`, reviews);
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const reference = await Deno.readTextFile(new URL("../../recipes/README.md", import.meta.url));
const [, example] = /### A text encoder[^]*?```yaml\n([^]*?)```/.exec(reference)!;

Deno.test("the reference's encoder teaches a small one, which becomes an int8 ONNX file of token numbers", async () => {
  await within(async (folder) => {
    const text = `decant: 1\nname: encoder\n${example!.replaceAll("128", `${LENGTH}`)}`;
    await Deno.writeTextFile(`${folder}/encoder.yaml`, text);
    const run = await (await load(`${folder}/encoder.yaml`)).run({
      ...{ cache: `${folder}/cache`, out: `${folder}/out` },
    });
    assert.deepEqual(run.problems, []);
    assert.ok(run.ok);
    const [teacher, result] = ["teacher", "quantized"].map((name) =>
      run.report.models.find((model) => model.name === name)!
    );
    assert.ok(result!.parameters! < teacher!.parameters! / 2);
    const file = await Deno.readFile(`${folder}/out/onnx/model.onnx`);
    const x = Float32Array.of(4, 43, 5, 4, 5, 0);
    const { logits } = await runOnnx({ "model.onnx": file }, { x, shape: [3] });
    const saved = await Deno.readFile(`${folder}/out/safetensors/model.safetensors`);
    const model = readSafetensorsModel([saved], "saved", runContext());
    const whole = Float32Array.from(
      { length: 2 * LENGTH },
      (_, at) => at % LENGTH < 3 ? x[Math.floor(at / LENGTH) * 3 + at % LENGTH]! : 0,
    );
    const expected = await withTensors((room) =>
      inferLogits(room, model, { count: 2, x: whole, y: null })
    );
    assertClose(logits as Float32Array, expected, 0.05);
  });
});

Deno.test("an encoder out of its file loses heads and units, and is the same in every runtime it is written for", async () => {
  await within(async (folder) => {
    const run = await recipe({ url: `file://${folder}/recipe.ts` }, {
      decant: 1,
      name: "smaller",
      data: {
        from: "./reviews.txt",
        classes: CLASSES,
        text: { tokens: { from: "./bert/vocab.txt" }, length: LENGTH },
      },
      model: { from: "./bert/model.safetensors", train: { epochs: 1 } },
      prune: { granularity: "channel", ratio: 0.25, heads: true, finetune: { epochs: 1 } },
      quantize: { scheme: "int8" },
      export: ["tfjs", "tflite", { use: "onnx", tokens: "int64" }],
    } as never).run({ cache: `${folder}/cache` });
    assert.deepEqual(run.problems, []);
    const pruned = run.report.models.find(({ name }) => name === "pruned")!;
    const before = run.report.models.find(({ name }) => name === "model")!;
    assert.ok(pruned.parameters! < before.parameters!);
  });
});
