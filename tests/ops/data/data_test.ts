import assert from "node:assert/strict";
import { type DatasetFacts, ParameterError } from "../../../engine/op.ts";
import { USUAL_AUDIO } from "../../../ops/data/audio/audio_fields.ts";
import { data } from "../../../ops/data/data.ts";
import type { DataParams, FileParams } from "../../../ops/data/data_fields.ts";
import { heldValues, part, PART_NAMES } from "../../../ops/data/dataset.ts";
import { runContext } from "../run_context.ts";
import { gzipped, idxBytes } from "./idx_bytes.ts";

const common = {
  split: { validation: 0.1, test: 0.2, by: "label" },
  normalize: { use: "unit" },
  seed: 0,
} as const;

const digits: DataParams = { use: "digits", ...common };

const files = (more: Partial<FileParams> = {}): FileParams => ({
  from: "faces/",
  task: "classification",
  ...common,
  ...more,
});

Deno.test("a limit takes the first training samples and leaves the others alone", async () => {
  const whole = await data.run({}, digits, runContext());
  const few = await data.run({}, { ...digits, limit: 50 }, runContext());
  assert.equal(part(few, "train").count, 50);
  assert.deepEqual(part(few, "train").x, part(whole, "train").x.subarray(0, 50 * 784));
  assert.deepEqual(part(few, "test"), part(whole, "test"));
  assert.deepEqual(part(few, "validation"), part(whole, "validation"));
});

Deno.test("a limit leaves the classes that it has no samples of", async () => {
  const record = (label: number) => [label, ...Array(3072).fill(label)];
  const train = Uint8Array.from([0, 1, 2, 8].flatMap(record));
  const test = Uint8Array.from([8, 1].flatMap(record));
  const cifar = files({
    from: { train: "train.bin", test: "test.bin" },
    format: "cifar",
    split: { validation: 0, test: 0, by: "order" },
  });
  const context = () => runContext({ files: { "train.bin": train, "test.bin": test } });
  const whole = await data.run({}, cifar, context());
  for (const limit of [1, 2, 3, 4]) {
    const few = await data.run({}, { ...cifar, limit }, context());
    assert.deepEqual(few.meta.classes, whole.meta.classes);
    assert.equal(part(few, "train").count, limit);
    assert.deepEqual(part(few, "test"), part(whole, "test"));
    assert.deepEqual(part(few, "train").y, part(whole, "train").y!.slice(0, limit));
  }
});

const images = (count: number, first = 0) =>
  idxBytes(0x08, [count, 2, 2], Array.from({ length: count * 4 }, (_, i) => (first + i) % 256));

const labels = (...values: number[]) => idxBytes(0x08, [values.length], values);

Deno.test("a folder of IDX files is found by its usual names, gzipped or not; its own test samples win", async () => {
  const context = runContext({
    files: {
      "faces/train-images-idx3-ubyte.gz": await gzipped(images(10)),
      "faces/train-labels-idx1-ubyte.gz": await gzipped(labels(0, 0, 0, 0, 0, 7, 7, 7, 7, 7)),
      "faces/t10k-images-idx3-ubyte": images(3, 100),
      "faces/t10k-labels-idx1-ubyte": labels(7, 0, 7),
      "faces/provenance.txt": new Uint8Array(),
    },
  });
  const made = await data.run(
    {},
    files({ split: { validation: 0.2, test: 0.9, by: "label" } }),
    context,
  );
  const [train, validation, test] = PART_NAMES.map((name) => part(made, name));
  assert.deepEqual([train!.count, validation!.count, test!.count], [8, 2, 3]);
  assert.deepEqual(made.meta.classes, ["0", "7"]);
  assert.deepEqual(made.meta.input, [2, 2, 1]);
  // Each image goes with its label, whatever the order: the test images begin with 100, 104, 108.
  const pairs = Array.from({ length: 3 }, (_, i) => [heldValues(test!.x)[i * 4], test!.y![i]]);
  assert.deepEqual(pairs.toSorted((a, b) => a[0]! - b[0]!), [[100, 1], [104, 0], [108, 1]]);
});

Deno.test("files may be named one by one", async () => {
  const context = runContext({
    files: { a: images(4), b: labels(0, 1, 0, 1), c: images(2, 50), d: labels(1, 1) },
  });
  const from = { train: { inputs: "a", labels: "b" }, test: { inputs: "c", labels: "d" } };
  const params = files({
    from,
    classes: ["no", "yes"],
    split: { validation: 0, test: 0, by: "label" },
  });
  const made = await data.run({}, params, context);
  assert.deepEqual(made.meta.classes, ["no", "yes"]);
  assert.deepEqual(PART_NAMES.map((name) => part(made, name).count), [4, 0, 2]);
  assert.deepEqual(data.source(params), ["a", "b", "c", "d"]);
  assert.deepEqual(data.source(digits), []);
});

Deno.test("numbers as labels are targets for regression", async () => {
  const targets = idxBytes(0x0d, [3, 2], [0.5, 1, 1.5, 2, 2.5, 3]);
  const context = runContext({ files: { a: images(3), b: targets } });
  const from = { train: { inputs: "a", labels: "b" } };
  const params = files({
    from,
    task: "regression",
    split: { validation: 0, test: 0, by: "order" },
  });
  const { meta, parts } = await data.run({}, params, context);
  assert.deepEqual([meta.outputs, meta.classes], [2, []]);
  assert.deepEqual(parts.train!.y!.toSorted(), Float32Array.of(0.5, 1, 1.5, 2, 2.5, 3));
});

Deno.test("what does not fit is refused with a sentence", async () => {
  const run = (given: Record<string, Uint8Array>, params: FileParams) =>
    data.run({}, params, runContext({ files: given }));
  const pair = files({ from: { train: { inputs: "a", labels: "b" } } });
  const good = { a: images(4), b: labels(0, 1, 0, 1) };
  const zipped = await gzipped(images(4));
  const cases: [Record<string, Uint8Array>, FileParams, RegExp][] = [
    [{ ...good, b: labels(0, 1) }, pair, /Cannot pair "a" with "b": 4 samples, 2 labels/],
    [
      { ...good, a: zipped.slice(0, -6) },
      pair,
      /Cannot unpack "a": its gzip data are damaged or cut off/,
    ],
    [{ ...good, a: Uint8Array.of(80, 75, 3, 4) }, pair, /Cannot read "a" as IDX/],
    [
      good,
      { ...pair, classes: ["only"] },
      /Cannot place the label 1 of the train samples among only/,
    ],
    [
      good,
      { ...pair, split: { validation: 0.45, test: 0.5, by: "random" } },
      /Cannot train on nothing: of 4 samples/,
    ],
    [
      { "faces/x.png": new Uint8Array() },
      files(),
      /Cannot find training samples in "faces\/": it has x.png; known are train-images/,
    ],
    [{ ...good, b: idxBytes(0x0d, [4], [0, 1, 0, 1.5]) }, pair, /say `task: regression`/],
    [
      { ...good, c: idxBytes(0x08, [1, 3, 3], Array(9).fill(0)), d: labels(0) },
      files({ from: { train: { inputs: "a", labels: "b" }, test: { inputs: "c", labels: "d" } } }),
      /Cannot use test beside train: its samples are 3×3×1 uint8, those of train 2×2×1 uint8/,
    ],
  ];
  for (const [given, params, sentence] of cases) {
    await assert.rejects(async () => await run(given, params), sentence);
  }
});

Deno.test("parameters that leave nothing to train on are found before anything runs", () => {
  const greedy = { ...digits, split: { validation: 0.5, test: 0.5, by: "label" as const } };
  assert.throws(
    () => data.facts({}, greedy),
    (error) => error instanceof ParameterError && error.path === "split",
  );
  assert.throws(
    () => data.facts({}, { ...digits, classes: ["zero", "one"] }),
    (error) => error instanceof ParameterError && error.path === "classes",
  );
});

Deno.test("cells that are missing or categories are refused where a text is read", () => {
  const text = { tokens: "words", length: 4 } as const;
  const cells = { values: [], indicator: false };
  const columns = {
    missing: { use: "mean", ...cells },
    categories: { use: "integer" },
  } as const;
  for (const name of ["missing", "categories"] as const) {
    const chosen = { [name]: columns[name] };
    assert.throws(
      () => data.facts({}, files({ text, columns: chosen })),
      (error) => error instanceof ParameterError && error.path === `columns.${name}`,
    );
    assert.equal(data.facts({}, files({ columns: chosen })).kind, "dataset");
  }
  assert.equal(data.facts({}, files({ text, columns: { label: "kind" } })).kind, "dataset");
});

Deno.test("the shape of recordings is known before they are read, and what cannot be is refused then", () => {
  const recordings = files({ audio: USUAL_AUDIO });
  const facts = data.facts({}, recordings) as DatasetFacts;
  assert.deepEqual([facts.input, facts.outputs], [[49, 40, 1], undefined]);
  assert.throws(
    () => data.facts({}, files({ audio: { ...USUAL_AUDIO, window: 2000 } })),
    (error) => error instanceof ParameterError && error.path === "audio.window",
  );
});

Deno.test("samples that nobody has labelled say so, and have no column of labels and no running text", () => {
  const facts = data.facts({}, files({ labels: "none" })) as DatasetFacts;
  assert.deepEqual([facts.labels, facts.outputs], ["none", undefined]);
  const named = data.facts({}, files({ labels: "none", classes: ["a"] })) as DatasetFacts;
  assert.equal(named.outputs, 1);
  const refusal = (more: Partial<FileParams>) => {
    try {
      data.facts({}, files({ labels: "none", ...more }));
    } catch (error) {
      assert.ok(error instanceof ParameterError);
      return [error.code, error.path, error.help];
    }
    return undefined;
  };
  assert.deepEqual(refusal({ columns: { label: "y" } as never }), [
    "unknown-value",
    "labels",
    "leave one of them out",
  ]);
  assert.equal(refusal({ columns: { input: ["x"] } as never }), undefined);
  assert.deepEqual(refusal({ task: "next-token" }), [
    "unknown-value",
    "labels",
    "leave labels out",
  ]);
  assert.equal(data.facts({}, files({ columns: { label: "y" } as never })) !== undefined, true);
});

Deno.test("an embedded set that sets none aside has no test samples; files may have a part of their own", () => {
  const split = (validation: number, test: number) => ({ validation, test, by: "label" });
  const testOf = (params: object) =>
    (data.facts({}, params as never) as { readonly test?: unknown }).test;
  const iris = { use: "iris", task: "classification" };
  assert.equal(testOf({ ...iris, split: split(0, 0.2) }), undefined);
  assert.equal(testOf({ ...iris, split: split(0.1, 0) }), "none");
  assert.equal(testOf(files({ split: split(0, 0) } as never)), undefined);
});
