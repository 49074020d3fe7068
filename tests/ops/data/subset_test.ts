import assert from "node:assert/strict";
import { ParameterError } from "../../../engine/op.ts";
import { memoryStore, recipe } from "../../../mod.ts";
import { type Dataset, factsOf } from "../../../ops/data/dataset.ts";
import { subset } from "../../../ops/data/subset.ts";
import { runContext } from "../run_context.ts";

const part = {
  count: 5,
  x: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
  y: Int32Array.of(0, 1, 2, 1, 0),
};
const data: Dataset = {
  meta: {
    ...{ input: [2], type: "uint8", task: "classification", classes: ["a", "b", "c"], outputs: 3 },
    normalize: { scale: [1], offset: [0] },
  },
  parts: { train: part, validation: part, test: part },
};
const cut = (params: Partial<Parameters<typeof subset.run>[1]>) =>
  subset.run({ data }, { split: "train", ...params }, runContext()) as Dataset;

Deno.test("samples of a class go or stay with their labels, in their order; other parts stay whole", () => {
  const without = cut({ without: ["b"] });
  assert.deepEqual([...without.parts.train!.x], [1, 2, 5, 6, 9, 10]);
  assert.deepEqual([...without.parts.train!.y!], [0, 2, 0]);
  assert.deepEqual(without.parts.test, part);
  assert.deepEqual(without.meta, data.meta);
  assert.deepEqual([...cut({ classes: ["b"], split: "test" }).parts.test!.x], [3, 4, 7, 8]);
  assert.deepEqual(cut({ without: ["b"] }).parts.validation, part);
});

Deno.test("a limit keeps the first of those left", () => {
  assert.deepEqual([...cut({ without: ["a"], limit: 2 }).parts.train!.y!], [1, 2]);
  assert.deepEqual([...cut({ limit: 1 }).parts.train!.x], [1, 2]);
});

Deno.test("a part never ends without samples", () => {
  assert.throws(() => cut({ without: ["a", "b", "c"] }), /without a sample/);
});

Deno.test("classes that are not there, both lists and no list are mistakes", () => {
  const known = { data: factsOf(data.meta) };
  const cases: [object, string, RegExp][] = [
    [{ without: ["3"] }, "without.0", /no class `3`/],
    [{ without: ["a"], classes: ["b"] }, "without", /one of the two/],
    [{}, "", /nothing says which go/],
  ];
  for (const [params, path, message] of cases) {
    assert.throws(() => subset.facts(known, { split: "train", ...params }), (error) => {
      assert.ok(error instanceof ParameterError);
      assert.equal(error.path, path);
      assert.match(error.message, message);
      return true;
    });
  }
});

Deno.test("a recipe trains on a subset and is measured on everything", async () => {
  const run = await recipe({
    name: "omitted",
    data: { use: "digits", limit: 200 },
    student: { use: "mlp", hidden: [8] },
    steps: [
      { op: "subset", as: "no-threes", without: ["3"] },
      { op: "train", data: "no-threes", epochs: 1 },
    ],
    evaluate: { metrics: ["accuracy", "recall"] },
  } as never).run({ cache: memoryStore() });
  assert.deepEqual(run.problems, []);
  const [trained] = run.models.filter(({ name }) => name === "trained");
  assert.ok("3" in (trained!.metrics as { recall: object }).recall);
});
