import assert from "node:assert/strict";
import { heldValues } from "../../../../ops/data/dataset.ts";
import { answersOfArray, labelsOf } from "../../../../ops/data/readers/label_rows.ts";
import { columnOf } from "../../../../ops/data/table/column.ts";
import { data } from "../../../../ops/data/data.ts";
import type { FileParams } from "../../../../ops/data/data_fields.ts";
import { zipSync } from "../../../deps.ts";
import { runContext } from "../../run_context.ts";
import { idxBytes } from "../idx_bytes.ts";
import { npyBytes } from "../npy_bytes.ts";

const params = (more: Partial<FileParams>): FileParams => ({
  from: "d.npz",
  task: "classification",
  split: { validation: 0, test: 0, by: "order" },
  normalize: { use: "none" },
  seed: 0,
  ...more,
});
type Array = readonly [shape: readonly number[], values: readonly number[], dtype?: "<f4" | "<i4"];
const npz = (arrays: Readonly<Record<string, Array>>) =>
  zipSync(Object.fromEntries(
    Object.entries(arrays).map(([name, [shape, values, dtype = "<i4"]]) =>
      [`${name}.npy`, npyBytes(dtype, shape, values)] as const
    ),
  ));
/** Inputs 0 … n − 1, a number each, with these labels. */
const labelled = (y: Array) => {
  const [count = 0] = y[0];
  return npz({ x: [[count, 1], [...Array(count).keys()]], y });
};
const load = async (file: Uint8Array | string, more: Partial<FileParams> = {}) => {
  const asked = params(more);
  const bytes = typeof file === "string" ? new TextEncoder().encode(file) : file;
  return await data.run({}, asked, runContext({ files: { [asked.from as string]: bytes } }));
};
/** The answers in the order of the inputs. */
const answers = ({ parts }: Awaited<ReturnType<typeof load>>, width = 1) => {
  const { x, y, count } = parts.train!;
  const rows = globalThis.Array.from(
    { length: count },
    (_, i) => [heldValues(x)[i]!, [...y!.slice(i * width, (i + 1) * width)]] as const,
  );
  return rows.sort(([a], [b]) => a - b).flatMap(([, row]) => row);
};

Deno.test("one-hot rows are classes, as many as there are columns, whatever numbers they are", async () => {
  const rows = [0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1];
  for (const dtype of ["<i4", "<f4"] as const) {
    const made = await load(labelled([[3, 4], rows, dtype]));
    assert.deepEqual(made.meta.classes, ["0", "1", "2", "3"]);
    assert.deepEqual([made.meta.outputs, answers(made)], [4, [1, 0, 3]]);
    assert.ok(made.parts.train!.y instanceof Int32Array);
  }
  const named = await load(labelled([[3, 4], rows]), { classes: ["a", "b", "c", "d"] });
  assert.deepEqual([named.meta.classes, answers(named)], [["a", "b", "c", "d"], [1, 0, 3]]);
  await assert.rejects(
    load(labelled([[3, 4], rows]), { classes: ["a", "b"] }),
    /Cannot name 4 columns of one-hot labels by 2 classes/,
  );
});

Deno.test("a column of classes, or of targets, is one number each", async () => {
  const made = await load(labelled([[3, 1], [7, 2, 7]]));
  assert.deepEqual([made.meta.classes, answers(made)], [["2", "7"], [1, 0, 1]]);
  const targets = await load(labelled([[3, 1], [0.5, 2, 1], "<f4"]), { task: "regression" });
  assert.deepEqual([targets.meta.outputs, answers(targets)], [1, [0.5, 2, 1]]);
});

Deno.test("whole numbers are classes where an array writes them as floats, fractions are refused with their place", async () => {
  for (const shape of [[3], [3, 1]]) {
    const made = await load(labelled([shape, [7, 2, 7], "<f4"]));
    assert.deepEqual([made.meta.classes, answers(made)], [["2", "7"], [1, 0, 1]]);
    assert.ok(made.parts.train!.y instanceof Int32Array);
  }
  const doubles = npyBytes("<f4", [3], [1, 0, 1]);
  const parts = zipSync({ "x.npy": npyBytes("<i4", [3, 1], [0, 1, 2]), "y.npy": doubles });
  assert.deepEqual((await load(parts)).meta.classes, ["0", "1"]);
  for (const value of [0.5, 2 ** 25]) {
    await assert.rejects(
      load(labelled([[3], [1, value, 0], "<f4"])),
      /labels of "d.npz\/y": the one at 1 is [\d.]+, and classes are whole numbers; say `task: regression`/,
    );
  }
});

Deno.test("a reconstruction needs no labels, and refuses those of another shape with what it can do", async () => {
  const pictures = [[2, 2, 2], [0, 1, 2, 3, 4, 5, 6, 7]] as const;
  await assert.rejects(
    load(npz({ x: pictures, y: pictures }), { task: "reconstruction" }),
    /shape is 2×2×2; expected is no label, as the samples are their own answers: leave them out, or give one class for each sample, 2$/,
  );
  const { meta, parts } = await load(npz({ x: pictures }), { task: "reconstruction" });
  assert.deepEqual([meta.input, parts.train!.count, parts.train!.y], [[2, 2, 1], 2, null]);
  await assert.rejects(load(npz({ x: pictures })), /Cannot find training samples in "d.npz"/);
});

Deno.test("bytes of pictures in a Parquet file are neither labels nor texts", async () => {
  const { parquetWriteBuffer } = await import("npm:hyparquet-writer@0.17.0");
  const jpeg = Uint8Array.from({ length: 500 }, (_, i) => [0xff, 0xd8, 0xff, 0xe0][i] ?? i * 31);
  const word = new TextEncoder().encode("good");
  const file = (name: string, data: readonly unknown[], type: "BYTE_ARRAY") =>
    new Uint8Array(parquetWriteBuffer({
      columnData: [
        { name: "x", data: [0, 1], type: "INT32" },
        { name, data: [...data], type },
        { name: "y", data: [0, 1], type: "INT32" },
      ],
    }));
  const from = "t.parquet";
  const refused = /"t.parquet": line 2, column 2 \("image"\) holds bytes that are not UTF-8 text/;
  const images = file("image", [word, jpeg], "BYTE_ARRAY");
  await assert.rejects(load(images, { from, columns: { input: ["x"], label: "image" } }), refused);
  const text = { tokens: "words", length: 2 } as const;
  await assert.rejects(
    load(images, { from, text, columns: { input: ["image"], label: "y" } }),
    refused,
  );
  assert.deepEqual(answers(await load(images, { from, columns: { input: ["x"] } })), [0, 1]);
  const words = await load(file("word", [word, word], "BYTE_ARRAY"), {
    from,
    columns: { input: ["x"], label: "word" },
  });
  assert.deepEqual(words.meta.classes, ["good"]);
});

Deno.test("targets of a regression may be several for each sample, zeros and ones too", async () => {
  const made = await load(labelled([[2, 3], [1, 0, 0, 0, 0, 1]]), { task: "regression" });
  assert.deepEqual([made.meta.outputs, answers(made, 3)], [3, [1, 0, 0, 0, 0, 1]]);
});

Deno.test("labels of a shape that the task has not are refused with file, array, shape and what is expected", async () => {
  const images = labelled([[4, 3, 3], Array(36).fill(1)]);
  await assert.rejects(
    load(images),
    /labels of "d.npz\/y": their shape is 4×3×3; expected is one class for each sample, 4, or one-hot rows, 4×classes$/,
  );
  await assert.rejects(
    load(images, { task: "regression" }),
    /labels of "d.npz\/y": their shape is 4×3×3; expected is 4, or 4×targets$/,
  );
  for (const row of [[1, 1], [0, 0], [0, 2], [0.5, 0.5], [-1, 2]]) {
    await assert.rejects(
      load(labelled([[2, 2], [0, 1, ...row], "<f4"])),
      /their shape is 2×2, and row 1 is not one-hot \(.*\); expected .*; say `task: regression`/,
    );
  }
  const idx = (shape: number[], values: number[]) => idxBytes(0x08, shape, values);
  const files = { x: idx([2, 1], [1, 2]), y: idx([2, 2, 1], [1, 0, 0, 1]) };
  const from = { train: { inputs: "x", labels: "y" } };
  await assert.rejects(
    async () => await data.run({}, params({ from, format: "idx" }), runContext({ files })),
    /labels of "y": their shape is 2×2×1/,
  );
});

Deno.test("one-hot labels of parts must tell as many classes apart", async () => {
  const parts = npz({
    ["x_train"]: [[2, 1], [0, 1]],
    ["y_train"]: [[2, 2], [1, 0, 0, 1]],
    ["x_test"]: [[1, 1], [0]],
    ["y_test"]: [[1, 3], [1, 0, 0]],
  });
  await assert.rejects(
    load(parts),
    /test beside train: its one-hot labels have 3 columns, those of train 2/,
  );
});

const jsonl = (...labels: unknown[]) =>
  labels.map((label, x) => JSON.stringify({ x, label })).join("\n");

Deno.test("lists as labels of JSON lines are read as arrays are", async () => {
  const from = "t.jsonl";
  const made = await load(jsonl([0, 0, 1], [1, 0, 0]), { from });
  assert.deepEqual([made.meta.classes, answers(made)], [["0", "1", "2"], [2, 0]]);
  const single = await load(jsonl(["b"], ["a"]), { from });
  assert.deepEqual([single.meta.classes, answers(single)], [["a", "b"], [1, 0]]);
  const targets = await load(jsonl([0.5, 2], [1, 3]), { from, task: "regression" });
  assert.deepEqual([targets.meta.outputs, answers(targets, 2)], [2, [0.5, 2, 1, 3]]);
  await assert.rejects(
    load(jsonl([1, 1], [0, 1]), { from }),
    /labels of "t.jsonl": their shape is 2×2, and row 0 is not one-hot \(1, 1\)/,
  );
  for (const odd of [[1], [[1], [0]], ["a", "b"], [1, null]]) {
    await assert.rejects(
      load(jsonl([0, 1], odd), { from }),
      /labels of "t.jsonl": .* of row 1 is no list of 2 numbers/,
    );
  }
  // One label that is missing, or written otherwise, makes no texts of the others.
  for (const odd of [null, 1, "b"]) {
    await assert.rejects(
      load(jsonl([0, 1], [1, 0], odd), { from }),
      /labels of "t.jsonl": ".?" of row 2 is no list of 2 numbers, as that of row 0 is; expected is one class/,
    );
    await assert.rejects(load(jsonl(odd, [0, 1]), { from }), /of row 0 is no list .* of row 1 is/);
  }
  const words = await load(jsonl("[spam]", "[ham]"), { from });
  assert.deepEqual(words.meta.classes, ["[ham]", "[spam]"]);
});

Deno.test("lists as labels of texts and of Parquet are read so too", async () => {
  const lines = jsonl([0, 1], [1, 0]).replaceAll('"x":', '"x":"a ').replaceAll(',"l', '","l');
  const text = { tokens: "words", length: 2 } as const;
  const made = await load(lines, { from: "t.jsonl", text });
  assert.deepEqual([made.meta.outputs, [...made.parts.train!.y!].sort()], [2, [0, 1]]);
  const { parquetWriteBuffer } = await import("npm:hyparquet-writer@0.17.0");
  const buffer = parquetWriteBuffer({
    columnData: [
      { name: "x", data: [0, 1], type: "INT32" },
      { name: "label", data: [[0, 1], [1, 0]], type: "JSON" },
    ],
  });
  const rows = await load(new Uint8Array(buffer), { from: "t.parquet" });
  assert.deepEqual([rows.meta.classes, answers(rows)], [["0", "1"], [1, 0]]);
});

Deno.test("an array's rows are one-hot classes, or targets of a regression", () => {
  const array = { shape: [2, 3], data: Uint8Array.of(0, 0, 1, 1, 0, 0) };
  assert.deepEqual(answersOfArray(array, "y", "classification"), {
    y: Int32Array.of(2, 0),
    kinds: 3,
  });
  assert.deepEqual(answersOfArray(array, "y", "regression").y, Int32Array.of(0, 0, 1, 1, 0, 0));
  const halves = { shape: [2, 1], data: Float32Array.of(0.5, 1) };
  assert.deepEqual(answersOfArray(halves, "y", "regression").y, halves.data);
  assert.throws(
    () => answersOfArray(halves, "y", "classification"),
    /the one at 0 is 0.5, and classes are whole numbers; say `task: regression`/,
  );
});

Deno.test("cells that are lists of numbers are an array, lists of one what is in them", () => {
  const array = labelsOf(columnOf(["[1,2]", "[3,4]"]), "d");
  assert.deepEqual(array, { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) });
  const plain = columnOf(["a", "[b]"]);
  assert.equal(labelsOf(plain, "d"), plain);
  for (const cell of ["[1, 2] ", " [1, 2]", "1, 2]", "[1, 2"]) {
    const words = columnOf([cell, cell]);
    assert.equal(labelsOf(words, "d"), words, cell);
  }
  assert.throws(
    () => labelsOf(columnOf(["[1,2]", "[3]"]), "d"),
    /"\[3\]" of row 1 is no list of 2/,
  );
});
