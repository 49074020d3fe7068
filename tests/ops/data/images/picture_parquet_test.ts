/** Image sets in Parquet files: what pyarrow wrote, read as Pillow reads it. */
import assert from "node:assert/strict";
import { isStored } from "../../../../engine/pack.ts";
import { data } from "../../../../ops/data/data.ts";
import type { FileParams } from "../../../../ops/data/data_fields.ts";
import { type Dataset, datasetKind, heldValues } from "../../../../ops/data/dataset.ts";
import { parquetPictures } from "../../../../ops/data/images/picture_parquet.ts";
import odd from "../../../fixtures/parquet/odd.json" with { type: "json" };
import pillow from "../../../fixtures/parquet/pillow.json" with { type: "json" };
import { runContext } from "../../run_context.ts";

const fixture = new URL("../../../fixtures/parquet/", import.meta.url);
const files = Object.fromEntries(
  await Promise.all(
    Object.keys(pillow).map(async (name) =>
      [`d/${name}`, await Deno.readFile(new URL(name, fixture))] as const
    ),
  ),
);
const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
const params = (more: Partial<FileParams> = {}): FileParams => ({
  ...{ from: "d", task: "classification", normalize: { use: "unit" }, seed: 0 },
  split: { validation: 0, test: 0, by: "order" },
  ...more,
});
const SIZE = 4 * 5 * 3;

/** The samples of files as Pillow reads them, each its class and its pixels. */
const expected = (...names: (keyof typeof pillow)[]) =>
  names.flatMap((name) => {
    const pixels = bytesOf(pillow[name].pixels);
    return pillow[name].labels.map((label, i) =>
      [label, ...pixels.subarray(i * SIZE, (i + 1) * SIZE)].join()
    );
  }).sort();

const samplesIn = ({ parts }: Dataset, name: "train" | "test") => {
  const { x, y, count } = parts[name]!;
  const values = heldValues(x);
  return Array.from(
    { length: count },
    (_, i) => [y![i], ...values.subarray(i * SIZE, (i + 1) * SIZE)].join(),
  ).sort();
};

Deno.test("pictures and labels are those that Pillow reads, the classes those that the file names", async () => {
  const made = await data.run({}, params(), runContext({ files })) as Dataset;
  const { input, type, classes } = made.meta;
  assert.deepEqual([input, type, classes], [[4, 5, 3], "uint8", ["cat", "dog", "owl"]]);
  const train = ["train-00000-of-00002.parquet", "train-00001-of-00002.parquet"] as const;
  assert.deepEqual(samplesIn(made, "train"), expected(...train));
  assert.deepEqual(samplesIn(made, "test"), expected("test-00000-of-00001.parquet"));
});

Deno.test("a set that is more than is to be held lies in a file, with the same digests", async () => {
  const large = params({ resize: [200, 250] });
  const held = await data.run({}, large, runContext({ files })) as Dataset;
  const spilling = runContext({ files, memory: 4 << 20, spills: true });
  const spilled = await data.run({}, large, spilling) as Dataset;
  assert.deepEqual([held, spilled].map(({ parts }) => isStored(parts.train!.x)), [false, true]);
  assert.deepEqual(datasetKind.encode(spilled).parts, datasetKind.encode(held).parts);
});

/** The pictures of one small file, as they are before they are decoded. */
const listed = async (name: keyof typeof odd, more: Partial<FileParams> = {}) => {
  const context = runContext({ files: { "s.parquet": bytesOf(odd[name]) } });
  const wishes = { ...params({ from: "s.parquet" }), ...more };
  const found = await parquetPictures({ train: ["s.parquet"] }, wishes, context);
  return found && {
    y: found.loaded.train.y && [...found.loaded.train.y],
    classes: found.loaded.classes,
    names: found.files.map(({ name }) => name),
  };
};
const names = ["s.parquet, row 1, column image", "s.parquet, row 2, column image"];
const three = ["cat", "dog", "owl"];

Deno.test("the label is the column that is named, the only other one, or the one called so", async () => {
  assert.deepEqual(await listed("called"), { y: [2, 0], classes: three, names });
  const fine = { columns: { label: "fine" } };
  assert.deepEqual(await listed("called", fine), { y: [5, 6], classes: undefined, names });
  const words = await listed("words");
  assert.deepEqual([words!.y, words!.classes], [[1, 0], ["cat", "owl"]]);
  assert.deepEqual(words!.names[1], "s.parquet, row 2, column picture");
  const ages = await listed("ages", { task: "regression" });
  assert.deepEqual([ages!.y, ages!.classes], [[0.5, 1.5], undefined]);
  const sets = await listed("sets", { task: "multi-label" });
  assert.deepEqual([sets!.y, sets!.classes], [[1, 1, 0, 1], ["a", "b"]]);
});

Deno.test("names are those of the recipe, else those of the file where it tells them in full", async () => {
  const given = ["x", "y", "z"];
  const named = await listed("called", { classes: given });
  assert.deepEqual([named!.y, named!.classes], [[2, 0], undefined]);
  const made = await data.run(
    {},
    params({ from: "s.parquet", classes: given }),
    runContext({ files: { "s.parquet": bytesOf(odd.called) } }),
  ) as Dataset;
  assert.deepEqual(made.meta.classes, given);
  for (const name of ["no-note", "unnamed"] as const) {
    const found = await listed(name);
    assert.deepEqual([found!.y, found!.classes], [[7, 3], undefined], name);
  }
  const targets = await listed("called", { task: "regression" });
  assert.deepEqual([targets!.y, targets!.classes], [[2, 0], undefined]);
});

Deno.test("without labels the pictures are all there is", async () => {
  for (const name of ["alone", "unlabelled", "several"] as const) {
    const found = await listed(name, { labels: "none" });
    assert.deepEqual(found, { y: null, classes: undefined, names }, name);
  }
  assert.equal((await listed("alone", { task: "reconstruction" }))!.y, null);
});

Deno.test("columns that are named choose the pictures, and a table of others is none of pictures", async () => {
  const mask = await listed("pair", { columns: { input: ["mask"], label: "label" } });
  assert.deepEqual(mask!.names[0], "s.parquet, row 1, column mask");
  for (const input of [["label"], ["image", "mask"]]) {
    assert.equal(await listed("pair", { columns: { input, label: "label" } }), undefined);
  }
  const text = runContext({ files: { "s.parquet": new TextEncoder().encode("PAR1 and PAR1") } });
  const parts = { train: ["s.parquet"] };
  assert.equal(await parquetPictures(parts, params({ from: "s.parquet" }), text), undefined);
});

Deno.test("a picture or a label that is not what it must be is refused with file, row and column", async () => {
  const cases: readonly (readonly [keyof typeof odd, RegExp, Partial<FileParams>?])[] = [
    [
      "unlabelled",
      /"s.parquet": row 2, column "label" is "-1", and its 3 classes .* on; .*say `labels: none`$/,
    ],
    ["beyond", /row 2, column "label" is "3", and its 3 classes are the numbers from 0 on$/],
    ["missing", /row 1, column "label" is "", .*`labels: none`$/],
    ["absent", /"s.parquet": row 2, column "image" has no bytes of a picture; pictures that lie/],
    ["path", /"s.parquet": row 2, column "image" has no bytes of a picture/],
    ["pair", /which pictures of "s.parquet" are meant: it has image, mask; say it: .*input: image/],
    ["several", /which column of "s.parquet" is the label: it has fine, words; say one: .*: fine/],
    ["alone", /Cannot find the labels in "s.parquet": it has pictures alone; .*`labels: none`$/],
    ["called", /Cannot find the column "kind" in "s.parquet"/, { columns: { label: "kind" } }],
    [
      "called",
      /Cannot tell which column of "s.parquet" is the label/,
      { columns: { label: ["fine", "label"] }, task: "regression" },
    ],
    ["words", /label "owl".*\(line 1\)/, { task: "regression" }],
  ];
  for (const [name, reason, more] of cases) await assert.rejects(listed(name, more), reason);
  const made = async (name: keyof typeof odd) =>
    await data.run(
      {},
      params({ from: "s.parquet" }),
      runContext({ files: { "s.parquet": bytesOf(odd[name]) } }),
    );
  await assert.rejects(
    made("nonsense"),
    /^RangeError: Cannot read "s.parquet, row 2, column image": it is neither a PNG nor a JPEG/,
  );
});

Deno.test("a part is of the same columns, and what is of tables of numbers is refused", async () => {
  const context = runContext({
    files: { "a.parquet": bytesOf(odd.called), "b.parquet": bytesOf(odd.words) },
  });
  const read = (parts: Record<string, string[]>, more: Partial<FileParams> = {}) =>
    parquetPictures(parts as never, params({ from: "a.parquet", ...more }), context);
  await assert.rejects(
    read({ train: ["a.parquet"], test: ["b.parquet"] }),
    /^RangeError: Cannot find the column "image" in "b.parquet"/,
  );
  const other: readonly Partial<FileParams>[] = [
    { columns: { missing: { use: "mean", values: [], indicator: false } } },
    { columns: { categories: { use: "integer" } } },
    { split: { validation: 0, test: 0, by: "group", column: "fine" } },
  ];
  for (const more of other) {
    await assert.rejects(
      read({ train: ["a.parquet"] }, more),
      /"a.parquet" as a table: its column "image" holds pictures, .*split\.column$/,
    );
  }
});

Deno.test("files of a part follow one another, and pictures are counted through the parts", async () => {
  const context = runContext({
    files: { "a.parquet": bytesOf(odd.called), "b.parquet": bytesOf(odd["no-note"]) },
  });
  const parts = { train: ["a.parquet", "a.parquet"], test: ["a.parquet"] };
  const { loaded, files } = (await parquetPictures(parts, params(), context))!;
  assert.deepEqual([...loaded.train.x, ...loaded.test!.x], [0, 1, 2, 3, 4, 5]);
  assert.deepEqual([...loaded.train.y!, ...loaded.test!.y!], [2, 0, 2, 0, 2, 0]);
  assert.deepEqual([loaded.validation, files.length], [undefined, 6]);
  // A file without names says what it means by those of the first.
  await assert.rejects(
    parquetPictures({ train: ["a.parquet"], test: ["b.parquet"] }, params(), context),
    /"b.parquet": row 1, column "label" is "7", and its 3 classes/,
  );
});
