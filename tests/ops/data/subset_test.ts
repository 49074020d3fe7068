import assert from "node:assert/strict";
import { ParameterError } from "../../../engine/op.ts";
import { memoryStore, recipe } from "../../../mod.ts";
import { type Dataset, factsOf, heldValues } from "../../../ops/data/dataset.ts";
import { subset } from "../../../ops/data/subset.ts";
import { declared, fieldsOf } from "../declared.ts";
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
  subset.run({ data }, { split: "train", ...params }, runContext()) as Promise<Dataset>;

Deno.test("samples of a class go or stay with their labels, in their order; other parts stay whole", async () => {
  const without = await cut({ without: ["b"] });
  assert.deepEqual([...heldValues(without.parts.train!.x)], [1, 2, 5, 6, 9, 10]);
  assert.deepEqual([...without.parts.train!.y!], [0, 2, 0]);
  assert.deepEqual(without.parts.test, part);
  assert.deepEqual(without.meta, data.meta);
  assert.deepEqual([...heldValues((await cut({ classes: ["b"], split: "test" })).parts.test!.x)], [
    3,
    4,
    7,
    8,
  ]);
  assert.deepEqual((await cut({ without: ["b"] })).parts.validation, part);
});

Deno.test("a limit keeps the first of those left", async () => {
  assert.deepEqual([...(await cut({ without: ["a"], limit: 2 })).parts.train!.y!], [1, 2]);
  assert.deepEqual([...heldValues((await cut({ limit: 1 })).parts.train!.x)], [1, 2]);
});

Deno.test("a part never ends without samples", async () => {
  await assert.rejects(
    cut({ without: ["a", "b", "c"] }),
    new RangeError("Cannot leave the train part without a sample"),
  );
});

Deno.test("classes that are not there, both lists and no list are mistakes", () => {
  const known = { data: factsOf(data.meta) };
  const cases: [object, ParameterError][] = [
    [
      { without: ["a", "3"] },
      new ParameterError(
        "unknown-value",
        "without.1",
        "the data have no class `3`",
        "one of: a, b, c",
      ),
    ],
    [
      { classes: ["3"] },
      new ParameterError(
        "unknown-value",
        "classes.0",
        "the data have no class `3`",
        "one of: a, b, c",
      ),
    ],
    [
      { without: ["a"], classes: ["b"] },
      new ParameterError(
        "unknown-field",
        "without",
        "`classes` names those that stay, `without` those that go: one of the two is enough",
        "leave one out",
      ),
    ],
    [
      {},
      new ParameterError(
        "missing-parameter",
        "",
        "`subset` keeps every sample: nothing says which go",
        'without: ["3"], or limit: 1000',
      ),
    ],
  ];
  for (const [params, error] of cases) {
    assert.throws(() => subset.facts(known, { split: "train", ...params }), error);
  }
  assert.equal(subset.facts(known, { split: "train", limit: 1 }), known.data);
  assert.equal(subset.facts(known, { split: "train", classes: ["a"] }), known.data);
  const { classes: _, ...unnamed } = known.data;
  assert.equal(subset.facts({ data: unnamed }, { split: "train", without: ["3"] }), unnamed);
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

Deno.test("what it reads, and the limits of its fields", () => {
  assert.deepEqual(declared(subset), {
    ...{ name: "subset", version: 1, output: "dataset", numerics: "none" },
    example: { without: ["3"] },
    inputs: { data: "dataset: The samples to choose from" },
  });
  assert.deepEqual([...subset.inputs.data.parts!({})], ["meta", "train", "validation", "test"]);
  const names = { minItems: 1, "x-list": { items: { type: "string" } } };
  assert.deepEqual(fieldsOf(subset), {
    split: { default: "train", enum: ["train", "validation", "test"] },
    classes: names,
    without: names,
    limit: { type: "integer", minimum: 1, maximum: 2 ** 31 - 1 },
  });
});

Deno.test("without classes a number of samples can be kept, and no class", async () => {
  const numbers = { ...data, parts: { train: { ...part, y: Float32Array.from(part.y) } } };
  const of = (params: object) =>
    subset.run({ data: numbers }, { split: "train", ...params }, runContext()) as Promise<Dataset>;
  assert.equal((await of({ limit: 2 })).parts.train!.count, 2);
  await assert.rejects(
    of({ without: ["a"] }),
    new RangeError("Cannot choose by class: the data have no classes"),
  );
});
