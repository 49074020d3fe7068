/** Runtimes of others where steps run in threads, whose globals are not those of the main one: files are checked, models timed. */
import assert from "node:assert/strict";
import { formats } from "../../ops/formats/formats.ts";
import { recipe } from "./support/small.ts";

const exported = formats.flatMap((format) => "fields" in format ? [format.name] : []);

for (const [where, files] of [["litert", exported], ["onnxruntime", []], ["tfjs", []]] as const) {
  Deno.test(`steps that run side by side time models in ${where} and write ${files.length} formats`, async () => {
    const petals = recipe({
      name: "petals",
      data: "iris",
      model: { use: "mlp", hidden: [4], train: { epochs: 1 } },
      export: files,
      evaluate: { latency: { in: where, repeats: 2 } },
    });
    const cache = await Deno.makeTempDir();
    try {
      const run = await petals.run({ cache, jobs: 2, kernels: "wasm", threads: 1 });
      assert.deepEqual([run.problems, run.ending], [[], "done"]);
      assert.equal(run.models[0]!.timing!.in, where);
      const written = run.steps.flatMap(({ name, status }) =>
        /^export-/.test(name) ? [status] : []
      );
      assert.deepEqual(written, files.map(() => "ran"));
    } finally {
      await Deno.remove(cache, { recursive: true });
    }
  });
}
