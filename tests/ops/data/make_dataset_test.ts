import assert from "node:assert/strict";
import { makeDataset } from "../../../ops/data/make_dataset.ts";
import type { Loaded } from "../../../ops/data/samples.ts";

const rows = (y: readonly number[], first = 0) => ({
  count: y.length,
  input: [1],
  x: Float32Array.from(y, (_, i) => first + i),
  y: Int32Array.from(y),
});
const wishes = {
  split: { validation: 0, test: 0, by: "order" },
  normalize: { use: "none" },
  seed: 0,
} as const;

Deno.test("parts that the source has apart are taken as they are, the others divided from its training samples", () => {
  const loaded: Loaded = { train: rows([0, 1, 0, 1, 0, 1, 0, 1, 0, 1]), test: rows([1, 1], 100) };
  const { parts } = makeDataset(loaded, {
    ...wishes,
    split: { validation: 0.2, test: 0.5, by: "order" },
  }, "classification");
  assert.deepEqual([...parts.test!.x].sort(), [100, 101]);
  assert.deepEqual([...parts.validation!.x].sort(), [8, 9]);
  assert.deepEqual([...parts.train!.x].sort(), [0, 1, 2, 3, 4, 5, 6, 7]);
});

Deno.test("numbers of classes become indices, named by what is found, known or given", () => {
  const loaded = { train: rows([7, 3, 7, 9]) };
  const found = makeDataset(loaded, wishes, "classification");
  assert.deepEqual(found.meta.classes, ["3", "7", "9"]);
  assert.equal(found.meta.outputs, 3);
  const at = [...found.parts.train!.x];
  assert.deepEqual(
    at.map((x) => found.parts.train!.y![at.indexOf(x)]),
    at.map((x) => [1, 0, 1, 2][x]),
  );
  const named = { ...loaded, train: rows([1, 0]), classes: ["a", "b", "c"] };
  assert.deepEqual(makeDataset(named, wishes, "classification").meta.classes, ["a", "b", "c"]);
  assert.throws(
    () => makeDataset(named, { ...wishes, classes: ["x"] }, "classification"),
    /Cannot place the label 1 of the train samples among x/,
  );
});

Deno.test("the width of the answer: targets of a sample, one for the sample itself", () => {
  const targets = { ...rows([0, 0]), y: Float32Array.of(1, 2, 3, 4, 5, 6) };
  assert.equal(makeDataset({ train: targets }, wishes, "regression").meta.outputs, 3);
  const itself = { train: { ...rows([0, 0]), y: null } };
  assert.equal(makeDataset(itself, wishes, "reconstruction").meta.outputs, 1);
  assert.throws(
    () => makeDataset({ train: targets }, wishes, "classification"),
    /Cannot take fractions for classes; say `task: regression`/,
  );
});

Deno.test("what does not fit together is refused", () => {
  const train = rows([0, 1]);
  const wide = { ...rows([0]), input: [2], x: new Float32Array(2) };
  assert.throws(
    () => makeDataset({ train, test: wide }, wishes, "classification"),
    /Cannot use test beside train: its samples are 2 float32, those of train 1 float32/,
  );
  const kinds = (kinds: number) => ({ ...rows([0, 1]), kinds });
  assert.throws(
    () => makeDataset({ train: kinds(2), validation: kinds(3) }, wishes, "classification"),
    /one-hot labels have 3 columns, those of train 2/,
  );
  assert.throws(
    () => makeDataset({ train: kinds(2) }, { ...wishes, classes: ["a"] }, "classification"),
    /Cannot name 2 columns of one-hot labels by 1 classes/,
  );
  assert.throws(
    () =>
      makeDataset(
        { train },
        { ...wishes, split: { validation: 0.5, test: 0.5, by: "order" } },
        "regression",
      ),
    /Cannot train on nothing: of 2 samples, 1 validate and 1 test/,
  );
});

Deno.test("where each place has an answer there are as many as tokens, and nothing is normalised", () => {
  const tokens = { count: 1, input: [2], x: Int32Array.of(1, 0), y: Int32Array.of(0, 1) };
  const text = {
    tokens: ["a", "b", "c"],
    padding: 0,
    unknown: 1,
    mask: 1,
    frame: { start: [], end: [] },
  };
  const seen: unknown[] = [];
  const { meta, parts } = makeDataset({ train: tokens }, wishes, "next-token", (divided) => {
    seen.push(divided.train.count);
    return { parts: divided, text };
  });
  assert.deepEqual(seen, [1]);
  assert.deepEqual(meta, {
    ...{ input: [2], type: "int32", task: "next-token", classes: [], outputs: 3, text },
    normalize: { scale: [1], offset: [0] },
  });
  assert.equal(parts.validation!.count, 0);
});

Deno.test("parts are of one type, and may say alone how many classes there are", () => {
  const bytes = { count: 1, input: [1], x: Uint8Array.of(3), y: Int32Array.of(0) };
  assert.throws(
    () => makeDataset({ train: bytes, validation: rows([0]) }, wishes, "classification"),
    /Cannot use validation beside train: its samples are 1 float32, those of train 1 uint8$/,
  );
  const kinds = { ...rows([0, 1]), kinds: 3 };
  const { meta } = makeDataset({ train: kinds, test: rows([0]) }, wishes, "classification");
  assert.deepEqual([meta.classes, meta.type], [["0", "1", "2"], "float32"]);
  assert.equal(makeDataset({ train: bytes }, wishes, "classification").meta.type, "uint8");
  const many = { train: rows([20]), classes: Array.from({ length: 13 }, (_, i) => `k${i}`) };
  assert.throws(
    () => makeDataset(many, wishes, "classification"),
    /Cannot place the label 20 of the train samples among 13 classes$/,
  );
});

Deno.test("of samples that nobody has labelled there are names of classes only where they are given", () => {
  const loaded = { train: rows([7, 3, 7, 9]), test: rows([1]), classes: ["left", "out"] };
  const made = makeDataset(loaded, { ...wishes, labels: "none" }, "classification");
  const { classes, outputs, labels } = made.meta;
  assert.deepEqual([classes, outputs, labels], [[], 0, "none"]);
  assert.deepEqual([made.parts.train!.y, made.parts.validation!.y, made.parts.test!.y], [
    null,
    null,
    null,
  ]);
  const named = { ...wishes, labels: "none", classes: ["a", "b"] } as const;
  const told = makeDataset(loaded, named, "classification").meta;
  assert.deepEqual([told.classes, told.outputs], [["a", "b"], 2]);
  for (const [task, width] of [["reconstruction", 1], ["regression", 0]] as const) {
    assert.equal(makeDataset(loaded, { ...wishes, labels: "none" }, task).meta.outputs, width);
  }
  assert.throws(
    () => makeDataset({ train: { ...rows([1]), y: null } }, wishes, "classification"),
    /^RangeError: Cannot tell classes: the samples have no labels; where .*, say `labels: none`$/,
  );
});
