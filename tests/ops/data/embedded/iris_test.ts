import assert from "node:assert/strict";
import { iris } from "../../../../ops/data/embedded/iris.ts";
import { data } from "../../../../ops/data/data.ts";
import { heldValues, part } from "../../../../ops/data/dataset.ts";
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

Deno.test("a flower has four measures and a species, which is known before it is read", () => {
  assert.deepEqual([iris.name, iris.facts(common as never)], ["iris", {
    ...{ kind: "dataset", task: "classification", input: [4], outputs: 3 },
    classes: ["setosa", "versicolor", "virginica"],
  }]);
});

Deno.test("the species are named in the order of the table, which is that of their indices", async () => {
  const wishes = { ...common, split: { validation: 0, test: 0, by: "order" } } as const;
  const { meta, parts } = await iris.read({ ...wishes, normalize: { use: "none" } }, runContext());
  assert.deepEqual(meta.classes, ["setosa", "versicolor", "virginica"]);
  // The petals of setosa are the short ones: 1.46 cm on average, 4.26 and 5.55 those of the others (Fisher 1936).
  const sums = [0, 0, 0];
  parts.train!.y!.forEach((label, row) =>
    sums[label]! += heldValues(parts.train!.x)[4 * row + 2]! / 50
  );
  assert.deepEqual(sums.map((sum) => sum.toFixed(2)), ["1.46", "4.26", "5.55"]);
});
