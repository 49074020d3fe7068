/** An encoder from text to int8 through a recipe: every term, dynamic ranges, every runtime it is exported for. */
import assert from "node:assert/strict";
import { recipe } from "../../../../mod.ts";

const pairs = [{ student: "block1.attention", teacher: "block2.attention" }];

const small = recipe({
  decant: 1,
  name: "encoder",
  data: { use: "names", limit: 192, text: { tokens: "characters", length: 8 } },
  teacher: { use: "bert", depth: 2, hidden: 16, heads: 2, dropout: 0.1, train: { epochs: 1 } },
  student: { use: "bert", depth: 1, hidden: 8, heads: 2 },
  distill: {
    epochs: 1,
    loss: [
      { use: "soft-targets", temperature: 2 },
      { use: "hint", match: [{ student: "embedding", teacher: "embedding" }] },
      { use: "attention-scores", match: pairs },
      { use: "value-relations", distance: "cross-entropy", match: pairs },
    ],
  },
  quantize: { scheme: "int8", activations: { use: "int8", ranges: "dynamic" } },
  export: ["onnx", "tfjs", "safetensors"],
} as never);

Deno.test("an encoder learns where its teacher looks, becomes int8, and computes the same in every runtime", async () => {
  const run = await small.run();
  assert.equal(run.ok, true);
  const notes = Object.fromEntries(run.report.steps.map(({ name, notes }) => [name, notes]));
  const { history } = notes.distilled!.training as unknown as {
    history: { terms: { value: number; gradient: number }[] }[];
  };
  for (const { value, gradient } of history[0]!.terms) assert.ok(value > 0 && gradient > 0);
  // That what is loaded again computes the same is what an export checks; it would have failed.
  for (const format of ["onnx", "tfjs", "safetensors"]) assert.ok(`export-${format}` in notes);
  const [teacher, result] = ["teacher", "quantized"].map((name) =>
    run.report.models.find((model) => model.name === name)!.bytes!.encoded
  );
  assert.ok(result! < teacher!);
});
