/**
 * The classic pipeline at its real size: what it claims, its int8 ONNX file in onnxruntime-web on every test sample, and
 * the same recipe on Fashion-MNIST.
 */
import assert from "node:assert/strict";
import { heldValues } from "../../ops/data/dataset.ts";
import { load, type Recipe, type Run } from "../../mod.ts";
import { inferLogits } from "../../ops/model/infer.ts";
import type { Model } from "../../ops/model/model.ts";
import { onnxLogits } from "../../ops/formats/onnx/run_onnx.ts";
import { withTensors } from "../../engine/tensor/mod.ts";
import { testWith } from "../ops/model/support/test_data.ts";
import { testSamples } from "../recipes/support/stock_accuracy.ts";

const temporary: string[] = [];

async function folder(): Promise<string> {
  temporary.push(await Deno.makeTempDir());
  return temporary.at(-1)!;
}

/** Steps that a cache at hand has are recalled. */
async function done(recipe: Recipe, out: string): Promise<Run> {
  const run = await recipe.run({ cache: Deno.env.get("DECANT_CACHE") ?? await folder(), out });
  assert.deepEqual(run.problems, []);
  return run;
}

const classic = await load(new URL("../../recipes/classic.yaml", import.meta.url).pathname);

Deno.test("on digits the result is within 1.5 points of its teacher, and twenty times smaller", async () => {
  const run = await done(classic, await folder());
  assert.deepEqual(run.expect.map(({ met }) => met), [true, true], JSON.stringify(run.expect));
});

/** Of two lists of logits: samples whose answer differs, and samples whose logits differ at all. */
function differing(ours: Float32Array, theirs: Float32Array, width: number) {
  const largest = ours.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
  const rows = Array.from({ length: ours.length / width }, (_, row) => {
    const [a, b] = [ours, theirs].map((each) => each.slice(row * width, (row + 1) * width));
    const off = Math.max(...a!.map((value, i) => Math.abs(value - b![i]!)));
    return {
      answer: a!.indexOf(Math.max(...a!)) !== b!.indexOf(Math.max(...b!)),
      integers: off > 1e-5 * largest,
    };
  });
  return {
    samples: rows.length,
    answers: rows.filter(({ answer }) => answer).length,
    integers: rows.filter(({ integers }) => integers).length,
    unexplained: rows.filter(({ answer, integers }) => answer && !integers).length,
  };
}

Deno.test("its int8 ONNX file answers as the engine does on every test sample but for rounding ties", async () => {
  const out = await folder();
  const run = await done(classic, out);
  const model = await run.model("result").value() as Model;
  const { x, count } = await testSamples(classic);
  const file = { "model.onnx": await Deno.readFile(`${out}/onnx/model.onnx`) };
  const theirs = await onnxLogits(file, model, Float32Array.from(heldValues(x)));
  const logits = (of: Model) => withTensors((room) => inferLogits(room, of, { count, x, y: null }));
  const found = differing(await logits(model), theirs, model.classes.length);
  assert.equal(found.samples, 2000);
  // Where all integers are the same, so is the answer; a tie somewhere moves one of them by one.
  assert.equal(found.unexplained, 0);
  assert.ok(found.integers <= 0.01 * found.samples, `${found.integers} samples with a tie`);
  assert.ok(found.answers <= 2, `${found.answers} answers differ`);
});

testWith(
  "fashion-mnist",
  "the same recipe runs on Fashion-MNIST from the command line's words",
  async (path) => {
    const data = { from: `${path}/`, format: "idx", normalize: "standard", limit: 5000 };
    const run = await done(classic.with({ data }), await folder());
    const teacher = run.models.find(({ name }) => name === "teacher")!.accuracy!;
    assert.ok(teacher > 0.75, `teacher ${teacher}`);
    assert.deepEqual(run.expect.map(({ met }) => met), [true, true], JSON.stringify(run.expect));
  },
);

addEventListener("unload", () => {
  for (const each of temporary) Deno.removeSync(each, { recursive: true });
});
