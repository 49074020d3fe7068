import assert from "node:assert/strict";
import { ParameterError } from "../../../../engine/op.ts";
import { runContext } from "../../run_context.ts";
import { numberSet, pictureSet, textSet } from "../../../../ops/data/embedded/embedded_set.ts";

const never = () => Promise.reject(new Error("loaded"));
const common = { description: "A set", count: 100, classes: ["a", "b"], load: never };
const numbers = numberSet({ name: "numbers", ...common, shape: [3] });
const pictures = pictureSet({ name: "pictures", ...common, shape: [2, 4, 1] });
const texts = textSet({ name: "texts", ...common, text: { tokens: "words", length: 8 } });
const division = {
  split: { validation: 0.1, test: 0.2, by: "label" },
  normalize: { use: "unit" },
  seed: 0,
} as const;

Deno.test("what is known of a set without reading it: its shape, its classes, and those that a recipe names", () => {
  assert.deepEqual(numbers.facts(division), {
    kind: "dataset",
    task: "classification",
    input: [3],
    outputs: 2,
    classes: ["a", "b"],
  });
  const named = pictures.facts({
    ...division,
    classes: ["x", "y"],
    resize: [5, 6],
    color: "rgb",
  } as never);
  assert.deepEqual([named.classes, named.input], [["x", "y"], [5, 6, 3]]);
  const filed = numbers.facts({ ...division, classes: "names.txt" });
  assert.deepEqual([filed.outputs, filed.classes], [2, undefined]);
});

Deno.test("of a running text neither classes nor outputs are known", () => {
  const text = { tokens: "words", length: 8 } as const;
  const base = { kind: "dataset", input: [8], text: {} };
  assert.deepEqual(texts.facts({ ...division, text, task: "next-token" }), {
    ...base,
    task: "next-token",
  });
  assert.deepEqual(texts.facts({ ...division, text, task: "classification" }), {
    ...base,
    task: "classification",
    outputs: 2,
    classes: ["a", "b"],
  });
});

Deno.test("names for other than its classes are refused", () => {
  assert.throws(
    () => numbers.facts({ ...division, classes: ["a", "b", "c"] }),
    (error) =>
      error instanceof ParameterError && error.path === "classes" &&
      error.message === "`classes` names 3, and numbers has 2",
  );
});

Deno.test("memory is told for what a recipe makes larger: resized pictures, texts of a length", () => {
  assert.equal(pictures.needs!(division as never), undefined);
  // 100 pictures as they are read, and twice the 10 + 10 + 20 that are kept, of 50 · 50 · 3 bytes.
  const large = { ...division, limit: 10, resize: [50, 50], color: "rgb" };
  assert.equal(pictures.needs!(large as never)!.bytes, (100 + 2 * 40) * 7500);
  const text = { tokens: "words", length: 8 } as const;
  // 100 texts of 8 numbers of 4 bytes, twice.
  assert.equal(texts.needs!({ ...division, text, task: "classification" })!.bytes, 6400);
  assert.equal(texts.needs!({ ...division, text, task: "next-token" }), undefined);
});

const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
const whole = {
  split: { validation: 0, test: 0, by: "order" },
  normalize: { use: "none" },
  seed: 0,
} as const;

Deno.test("numbers are read as classes or as what a recipe makes of them", async () => {
  const x = Float32Array.of(1, 2, 3, 4, 5, 6);
  const load = () =>
    Promise.resolve({ train: { count: 2, input: [3], x, y: Int32Array.of(1, 0) } });
  const set = numberSet({ name: "few", ...common, shape: [3], load });
  const read = async (params: object) => {
    const { meta, parts } = await set.read({ ...whole, ...params }, runContext());
    const y = parts.train!.y!;
    return [meta.task, y.constructor, [...y].sort()];
  };
  assert.deepEqual(await read({}), ["classification", Int32Array, [0, 1]]);
  assert.deepEqual(await read({ task: "regression" }), ["regression", Float32Array, [0, 1]]);
});

Deno.test("pictures are fitted as they are read, within the memory", async () => {
  const train = { count: 2, input: [2, 4, 1], x: bytes, y: Int32Array.of(1, 0) };
  const set = pictureSet({
    ...{ name: "few", ...common, shape: [2, 4, 1] },
    load: () => Promise.resolve({ train }),
  });
  const colored = { ...whole, color: "rgb" } as never;
  const { meta, parts } = await set.read(colored, runContext());
  assert.deepEqual([meta.input, parts.train!.x.length, meta.task], [
    [2, 4, 3],
    48,
    "classification",
  ]);
  const made = await set.read({ ...whole, task: "reconstruction" } as never, runContext());
  assert.equal(made.meta.task, "reconstruction");
  await assert.rejects(set.read(colored, runContext({ memory: 10 })), /Cannot keep the samples/);
  const grey = { ...division, resize: [5, 5] };
  assert.equal(set.needs!(grey as never)!.bytes, (100 + 2 * 100) * 25);
});

Deno.test("texts are cut as the set means it where a recipe says nothing", () => {
  const { default: text } = texts.fields.properties.text as { readonly default?: unknown };
  assert.deepEqual(text, { tokens: "words", length: 8 });
  for (const set of [numbers, pictures, texts]) assert.equal(set.fields.description, "A set");
});
