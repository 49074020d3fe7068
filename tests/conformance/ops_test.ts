/** What every op promises, asked of every op that is listed: a new op is tested by being listed. */
import assert from "node:assert/strict";
import type { AnyOp } from "../../engine/op.ts";
import { initialModel } from "../../ops/model/initialize.ts";
import { mlp } from "../../ops/model/zoo/mlp.ts";
import { memoryStore, ops } from "../../mod.ts";
import golden from "./golden.json" with { type: "json" };
import { modelFiles } from "./model_files.ts";
import { play, stageOf } from "./stage.ts";
import { undocumented } from "./undocumented.ts";

const every: readonly AnyOp[] = ops;
const files = await modelFiles();

for (const op of every) {
  Deno.test(`${op.name}: equal inputs give equal bytes, whatever the step is called and came before`, async () => {
    const first = await play(stageOf(op, "played"), "played", files);
    assert.deepEqual(first.after, first.inputs, "the inputs are as they were");
    for (let i = 0; i < 100; i++) initialModel(mlp.build([2], 2, { hidden: [3], dropout: 0 }), i);
    const again = await play(stageOf(op, "called-otherwise"), "called-otherwise", files);
    if (!op.volatile) assert.equal(again.output, first.output);
  });

  Deno.test(`${op.name}: its golden digest holds for version ${op.version}`, async () => {
    if (op.volatile) return;
    const { output } = await play(stageOf(op, "played"), "played", files);
    assert.equal(
      output,
      (golden as Record<string, Record<string, string>>)[op.name]?.[op.version],
      `${op.name} gives other bytes: raise its version, or restore what it did`,
    );
  });

  if (op.name !== "load") {
    Deno.test(`${op.name}: the engine gets what the op gives`, async () => {
      const run = await stageOf(op, "played").run({ cache: memoryStore() });
      assert.deepEqual(run.problems, []);
      const step = run.steps.find(({ name }) => name === "played");
      if (op.volatile) return assert.equal(step?.status, "ran");
      assert.equal(step?.artifact?.digest, (await play(stageOf(op, "played"), "played")).output);
    });
  }

  Deno.test(`${op.name}: its words are a sentence and every parameter is documented`, () => {
    assert.match(op.summary, /^[A-Z].*[^.]$/);
    assert.deepEqual(undocumented(op.params), []);
  });
}

Deno.test("no op that makes a model may see a test sample", () => {
  for (const op of every.filter(({ output }) => output.name === "model")) {
    for (const [name, input] of Object.entries(op.inputs) as [string, { parts?: unknown }][]) {
      const parts = typeof input.parts === "function" ? String(input.parts(stageParams(op))) : "";
      assert.doesNotMatch(parts, /test/, `${op.name}.${name}`);
    }
  }
});

function stageParams(op: AnyOp) {
  return stageOf(op, "played").expand().steps.find(({ name }) => name === "played")!.params;
}
