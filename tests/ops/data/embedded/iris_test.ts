import assert from "node:assert/strict";
import { data } from "../../../../ops/data/data.ts";
import { part } from "../../../../ops/data/dataset.ts";
import { runContext } from "../../run_context.ts";

const common = {
  split: { validation: 0.1, test: 0.2, by: "label" },
  normalize: { use: "unit" },
  seed: 0,
} as const;

Deno.test("iris is 150 flowers of 4 measures, 50 of each species", async () => {
  const made = await data.run({}, {
    use: "iris",
    ...common,
    split: { validation: 0, test: 0, by: "label" },
  }, runContext());
  const { x, y, count } = part(made, "train");
  assert.deepEqual([count, x.length, made.meta.classes.length], [150, 600, 3]);
  assert.deepEqual([0, 1, 2].map((c) => y!.filter((label: number) => label === c).length), [
    50,
    50,
    50,
  ]);
});
