import assert from "node:assert/strict";
import { memoryStore, type Recipe, recipe as typed } from "../../../mod.ts";

/** The recipe of a document whose type is not known. */
const recipe = typed as unknown as (document: Readonly<Record<string, unknown>>) => Recipe;

const ground = {
  data: { use: "digits", limit: 200, split: { validation: 0.1, test: 0.02 } },
  model: { use: "cnn", filters: [4, 8], dense: [12], train: { epochs: 1 } },
};

Deno.test("a recipe redesigns, finetunes, prunes, shares weights and packs what is left", async () => {
  const finetune = { epochs: 1 };
  const whole = recipe({
    name: "whole",
    ...ground,
    replace: { layers: "conv2", with: "separable", finetune },
    prune: { granularity: "weight", ratio: 0.6, finetune },
    cluster: { clusters: 8, finetune },
    export: { use: "packed", index_bits: 4 },
    expect: ["result.bytes <= model.bytes / 4", "result.nonzero <= model.nonzero / 2"],
  });
  const steps = whole.expand().steps.map(({ name, op }) => `${name} ${op}`);
  for (
    const step of [
      "replaced-cut replace",
      "replaced train",
      "pruned-cut prune",
      "pruned train",
      "clustered-cut cluster",
      "clustered train",
      "export-packed export",
    ]
  ) assert.ok(steps.includes(step), step);
  const run = await whole.run({ cache: memoryStore() });
  assert.deepEqual(run.problems, []);
  assert.ok(run.ok, JSON.stringify(run.expect));
  const check = run.steps.find(({ name }) => name === "export-packed")!.notes.check;
  assert.equal((check as { difference: number }).difference, 0);
});

Deno.test("factors may have their rank by number, by energy or by budget", async () => {
  for (const rank of [3, { use: "energy", share: 0.4 }, { use: "budget", parameters: 900 }]) {
    const redesign = { layers: "dense1", with: { use: "svd", rank } };
    const run = await recipe({ name: "factors", ...ground, replace: redesign })
      .run({ cache: memoryStore() });
    assert.deepEqual(run.problems, []);
  }
});
