/**
 * What stands beside an export is enough to use it: a raw row becomes numbers by the document and by the function that the
 * reference prints, and the exported file, in the runtime it is for, answers as the model does.
 */
import assert from "node:assert/strict";
import { memoryStore } from "../../mod.ts";
import { heldValues } from "../../ops/data/dataset.ts";
import { data } from "../../ops/data/data.ts";
import { runOnnx } from "../../ops/formats/onnx/run_onnx.ts";
import { runContext } from "../ops/run_context.ts";
import { recipe } from "./support/small.ts";

interface Document {
  readonly sample: { readonly columns: readonly { readonly [field: string]: unknown }[] };
  readonly answer: { readonly names: readonly string[] };
}

/** The function of the reference, as it is printed. */
async function printedFunction(): Promise<(cells: readonly string[], sample: object) => number[]> {
  const reference = await Deno.readTextFile(new URL("../../recipes/README.md", import.meta.url));
  const [, code] = /### What exported files read[^]*?```ts ignore\n([^]*?)```/.exec(reference)!;
  const module = `data:application/typescript,${encodeURIComponent(`export ${code}`)}`;
  return (await import(module)).rowOf;
}

/** 60 rows: a number that may be missing, two categories, a class. */
const ROWS = Array.from({ length: 60 }, (_, i) => [
  i % 7 === 3 ? "NA" : `${i * 0.25 - 3}`,
  i % 9 === 4 ? "" : ["Bonn", "Ulm", "Trier"][i % 3]!,
  ["baker", "nurse"][i % 2]!,
  i % 4 < 2 ? "no" : "yes",
]);

const CODES = [
  { use: "one-hot" },
  { use: "one-hot", unknown: "column", most: 2 },
  { use: "integer" },
] as const;

for (const categories of CODES) {
  const way = "unknown" in categories ? `${categories.use}, others in a column` : categories.use;
  Deno.test(`a raw row, by the document alone, is answered as the model answers: ${way}`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      const text = ["age,town,trade,paid", ...ROWS.map((row) => row.join())].join("\n");
      await Deno.writeTextFile(`${folder}/t.csv`, text);
      const missing = { use: "median", indicator: true };
      const run = await recipe({
        name: "rows",
        data: {
          from: `${folder}/t.csv`,
          columns: { missing, categories },
          normalize: "standard",
          split: { by: "order" },
        },
        model: { use: "mlp", hidden: [6], train: { epochs: 2 } },
        export: "onnx",
      }).run({ cache: memoryStore(), out: `${folder}/out` });
      assert.deepEqual(run.problems, []);
      const { sample, answer }: Document = JSON.parse(
        await Deno.readTextFile(`${folder}/out/onnx/preprocessing.json`),
      );
      assert.deepEqual(
        sample.columns.map(({ name, kind }) => `${name} ${kind}`),
        ["age number", "town category", "trade category", "age missing"],
      );
      assert.deepEqual(answer.names, ["no", "yes"]);

      // As the reference prints it, against the samples that the engine made of the same rows.
      const rowOf = await printedFunction();
      const rows = ROWS.map((row) => Float32Array.from(rowOf(row.slice(0, 3), sample)));
      const read = await data.run({}, run.graph.node("data")!.step.params as never, {
        ...runContext({ files: { [`${folder}/t.csv`]: new TextEncoder().encode(text) } }),
      });
      const { x, count } = read.parts.test!;
      const width = rows[0]!.length;
      const made = rows.map((row) => row.join());
      const wanted = Array.from(
        { length: count },
        (_, i) => heldValues(x).subarray(i * width, (i + 1) * width).join(),
      );
      assert.deepEqual(wanted.toSorted(), made.slice(-count).toSorted());

      // A row with a blank, one with a category that nobody has seen: the file's answer is the model's.
      const cells = [["NA", "", "nurse"], ["2.5", "Rome", "baker"]];
      const samples = cells.map((row) => Float32Array.from(rowOf(row, sample)));
      const file = await Deno.readFile(`${folder}/out/onnx/model.onnx`);
      const { logits } = await runOnnx({ "model.onnx": file }, {
        x: Float32Array.from(samples.flatMap((row) => [...row])),
        shape: [width],
      });
      const answers = await run.model("result").predict(samples);
      const model = answers.flatMap((row) => [...row]);
      assert.equal(logits!.length, 4);
      const near = (each: number, i: number) =>
        assert.ok(Math.abs(each - model[i]!) < 1e-5, `${each}, not ${model[i]}`);
      (logits as Float32Array).forEach(near);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
