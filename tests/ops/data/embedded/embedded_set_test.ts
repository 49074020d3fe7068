import assert from "node:assert/strict";
import { ParameterError } from "../../../../engine/op.ts";
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
