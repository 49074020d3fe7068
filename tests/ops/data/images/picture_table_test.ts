import assert from "node:assert/strict";
import { encodePng } from "../../../../engine/deps/fast_png.ts";
import { data as dataOp } from "../../../../ops/data/data.ts";
import { type Dataset, heldValues } from "../../../../ops/data/dataset.ts";
import { tabledPictures } from "../../../../ops/data/images/picture_table.ts";
import { runContext } from "../../run_context.ts";

const flat = (value: number): Uint8Array =>
  encodePng({ width: 1, height: 1, channels: 1, data: Uint8Array.of(value) });
const pictures = { "d/a.png": flat(1), "d/far/b.png": flat(2), "d/c.png": flat(3) };
const wishes = {
  from: "d",
  format: "images",
  task: "classification",
  columns: { input: ["path"], label: "kind" },
} as const;

const context = (csv: string, more: object = {}) =>
  runContext({ files: { ...pictures, "d/list.csv": new TextEncoder().encode(csv), ...more } });

Deno.test("pictures are those that the table lists, each with its label", async () => {
  const csv = "id,kind,path\n7,dog,c.png\n8,cat,far/b.png\n";
  const { loaded, files } = await tabledPictures("d", wishes, context(csv));
  assert.deepEqual(files, [{ name: "d/c.png" }, { name: "d/far/b.png" }]);
  assert.deepEqual([loaded.classes, [...loaded.train.y!]], [["cat", "dog"], [1, 0]]);
  const params = {
    ...{ ...wishes, split: { validation: 0, test: 0, by: "order" }, normalize: { use: "unit" } },
    seed: 0,
  };
  const { meta, parts } = await dataOp.run({}, params as never, context(csv)) as Dataset;
  assert.deepEqual([meta.classes, meta.input], [["cat", "dog"], [1, 1, 1]]);
  const { x, y } = parts.train!;
  const pairs = [...heldValues(x)].map((value, i) => [value, y![i]]);
  assert.deepEqual(pairs.sort(), [[2, 0], [3, 1]]);
});

Deno.test("paths lead from the table, and numbers may be what is answered", async () => {
  const csv = "path,age\nb.png,2.5\n";
  const away = {
    ...wishes,
    task: "regression",
    columns: { input: ["path"], label: "age" },
  } as const;
  const given = { ...pictures, "d/far/list.csv": new TextEncoder().encode(csv) };
  const { loaded, files } = await tabledPictures("d/", away, runContext({ files: given }));
  assert.deepEqual([files, [...loaded.train.y!]], [[{ name: "d/far/b.png" }], [2.5]]);
});

Deno.test("a table that is not as it should be is refused with its line and column", async () => {
  const cases: readonly (readonly [csv: string, reason: RegExp, columns?: object])[] = [
    [
      "path,kind\na.png,x\nz.png,y\n",
      /^RangeError: Cannot read "d\/list.csv": line 3, column 1 \("path"\) names "z.png", and there is no/,
    ],
    ["path,kind\na.png\n", /line 2 has 1 cells, the first has 2$/],
    ["file,kind\na.png,x\n", /Cannot find the column "path" in "d\/list.csv"/],
    ["path,sort\na.png,x\n", /Cannot find the column "kind"/],
    ["path,kind\n", /"d\/list.csv": it lists no pictures$/],
    ["", /name its column of paths/],
    ["path,kind\na.png,x\n", /name its column of paths/, { input: ["path"] }],
    ["path,kind\na.png,x\n", /name its column of paths/, { input: ["path", "b"], label: "kind" }],
  ];
  for (const [csv, reason, columns = wishes.columns] of cases) {
    await assert.rejects(tabledPictures("d", { ...wishes, columns }, context(csv)), reason);
  }
  await assert.rejects(
    tabledPictures("d", wishes, runContext({ files: pictures })),
    /Cannot find the table of the pictures in "d": it has no CSV file; one/,
  );
  const two = context("path,kind\na.png,x\n", { "d/other.csv": new Uint8Array() });
  await assert.rejects(tabledPictures("d", wishes, two), /it has list.csv, other.csv; one CSV/);
});

Deno.test("of pictures that nobody has labelled the table says the paths alone", async () => {
  const bare = { ...wishes, labels: "none", columns: { input: ["path"] } } as const;
  const { loaded, files } = await tabledPictures("d", bare, context("path\nc.png\na.png\n"));
  assert.deepEqual(files, [{ name: "d/c.png" }, { name: "d/a.png" }]);
  assert.deepEqual(loaded, { train: { count: 2, input: [1], x: Int32Array.of(0, 1), y: null } });
  await assert.rejects(
    tabledPictures("d", { ...bare, columns: { input: [] } }, context("path\nc.png\n")),
    /name its column of paths, columns: \{ input: path \}$/,
  );
});

Deno.test("a list that is not UTF-8 is refused by the line of a path or label", async () => {
  const list = (text: string) => {
    const bytes = Uint8Array.from(text, (each) => each.charCodeAt(0));
    return tabledPictures("d", wishes, context("", { "d/list.csv": bytes }));
  };
  await assert.rejects(list("path,kind\n\xe4.png,dog\n"), /line 2, column 1 .* not UTF-8/);
  await assert.rejects(
    list("path,kind\nc.png,dog\nc.png,h\xfchn\n"),
    /line 3, column 2 .* not UTF-8/,
  );
});

Deno.test("that labels are all the same is said of pictures", async () => {
  const told = context("path,kind\nc.png,dog\na.png,dog\n");
  await tabledPictures("d", wishes, told);
  assert.match(told.reported.warnings.join(), /^the labels of "d\/list.csv" are all "dog"/);
});
