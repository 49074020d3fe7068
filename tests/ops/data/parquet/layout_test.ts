import assert from "node:assert/strict";
import { codecOf } from "../../../../ops/data/parquet/codecs.ts";
import { columnChunks } from "../../../../ops/data/parquet/layout.ts";
import { parquetBytes, tenRows, type Written } from "./parquet_bytes.ts";

Deno.test("each group of rows has a part of each column, one behind the other", async () => {
  const chunks = columnChunks(await tenRows());
  assert.deepEqual(chunks.map(({ leaf, rows }) => [leaf.path, rows]), [
    ["a", 4],
    ["b", 4],
    ["c", 4],
    ["a", 4],
    ["b", 4],
    ["c", 4],
    ["a", 2],
    ["b", 2],
    ["c", 2],
  ]);
  const [a, b, c] = chunks;
  // Doubles, texts, and numbers of which some are absent.
  assert.deepEqual([a!.leaf.type, b!.leaf.type], [5, 6]);
  assert.deepEqual([a!.leaf.levels.definition, c!.leaf.levels.definition], [0, 1]);
  assert.deepEqual(
    chunks.map(({ leaf, codec }) => [leaf.flat, codec.name]),
    Array(9).fill([true, "UNCOMPRESSED"]),
  );
  for (const [i, { from, to }] of chunks.entries()) {
    assert.ok(from < to && (i === 0 ? from === 4 : from >= chunks[i - 1]!.to));
  }
  assert.equal(columnChunks(await tenRows({ codec: "SNAPPY" }))[0]!.codec, codecOf(1));
});

Deno.test("a file without its end, or with another schema than its columns, is damaged", async () => {
  const bytes = await tenRows();
  assert.throws(() => columnChunks(bytes.subarray(0, -1)), /does not end as a Parquet file/);
  assert.throws(() => columnChunks(new Uint8Array(11)), /does not end as a Parquet file/);
  const large = bytes.slice();
  new DataView(large.buffer).setUint32(large.length - 8, large.length, true);
  assert.throws(() => columnChunks(large), /footer is larger than the file/);
  const renamed = bytes.slice();
  // The name of the first column stands in the schema before it stands in the groups.
  const footer = bytes.length - 8 - new DataView(bytes.buffer).getUint32(bytes.length - 8, true);
  renamed[bytes.indexOf(0x61, footer)] = 0x7a;
  assert.throws(() => columnChunks(renamed), /a column is not where it should be/);
});

/** An entry of a schema: its name, and what else it says. */
const entry = (name: string, fields: { readonly [field: number]: Written }): Written => ({
  ...fields,
  4: name,
});
/** A column's part of a group: 1 type, 3 path, 4 codec, 5 values, 7 bytes, 9 where they begin. */
const part = (fields: { readonly [field: number]: Written } = {}): Written => ({
  3: { 1: 1, 3: ["a"], 4: 0, 5: 2, 7: 10, 9: 4, ...fields },
});
const integers = entry("a", { 1: 1 });

/** A file of a column `a` of two int32, where nothing else is said. */
function file({ schema = [integers], parts = [part()], body = 10, rows = 2 }: {
  readonly schema?: readonly Written[];
  readonly parts?: readonly Written[];
  readonly body?: number;
  readonly rows?: number;
} = {}): Uint8Array {
  return parquetBytes(Array(body).fill(0), {
    2: [entry("schema", { 5: Math.min(schema.length, parts.length) }), ...schema],
    3: rows,
    4: [{ 1: parts, 3: 2 }],
  });
}

const damaged = (bytes: Uint8Array, message: string): void =>
  assert.throws(() => columnChunks(bytes), { name: "DamagedError", message });

Deno.test("a list in a group, and bytes of one length beside it, with their levels and their places", () => {
  const schema = [
    entry("list", { 3: 1, 5: 1 }),
    entry("items", { 3: 2, 5: 1 }),
    entry("item", { 1: 1, 3: 1 }),
    entry("width", { 1: 7, 2: 3, 3: 0 }),
    entry("many", { 1: 6, 3: 2 }),
  ];
  const parts = [
    part({ 3: ["list", "items", "item"], 5: 7, 7: 5, 9: 6, 11: 4 }),
    part({ 1: 7, 3: ["width"], 4: 1, 7: 4, 9: 9 }),
    part({ 1: 6, 3: ["many"], 7: 1, 9: 13 }),
  ];
  const [list, width, many] = columnChunks(file({ schema, parts }));
  const levels = { definition: 3, repetition: 1 };
  const leaf = { path: "list.items.item", type: 1, width: 0, levels, flat: false };
  assert.deepEqual(list, { leaf, rows: 2, values: 7, codec: codecOf(0), from: 4, to: 9 });
  const plain = { definition: 0, repetition: 0 };
  const bytes = { path: "width", type: 7, width: 3, levels: plain, flat: true };
  assert.deepEqual(width, { leaf: bytes, rows: 2, values: 2, codec: codecOf(1), from: 9, to: 13 });
  const once = { definition: 1, repetition: 1 };
  assert.deepEqual(many!.leaf, { path: "many", type: 6, width: 0, levels: once, flat: false });
});

Deno.test("the end of a file says where its footer begins, and the footer ends there", () => {
  const magic = [0x50, 0x41, 0x52, 0x31];
  damaged(Uint8Array.from([...magic, 0, 0, 0, 0, ...magic]), "a structure is cut off");
  damaged(
    Uint8Array.from([...magic, 1, 0, 0, 0, ...magic]),
    "its footer is larger than the file",
  );
  // A structure of no field that ends with the file's last bytes only.
  const open = Uint8Array.from([...magic, 0x13, 0x13, 1, 0, 0, 0, ...magic]);
  damaged(open, "a structure is cut off");
  damaged(file({ rows: 3 }), "its groups have more rows or fewer than it says");
});

Deno.test("columns may fill a file and no more, and lie in front of its footer", () => {
  const schema = [integers, entry("b", { 1: 1 })];
  const both = (sizes: readonly [number, number], body: number) =>
    file({ schema, parts: [part({ 7: sizes[0] }), part({ 3: ["b"], 7: sizes[1] })], body });
  const { length } = both([1000, 1000], 2000);
  assert.equal(columnChunks(both([1000, length - 1000], 2000)).length, 2);
  damaged(both([1000, length - 999], 2000), "its columns lie over one another");
  const misplaced = "a column is not where it should be";
  damaged(file({ body: 9 }), misplaced);
  damaged(file({ parts: [part({ 1: 2 })] }), misplaced);
  damaged(file({ parts: [part({ 3: ["a", "a"] })] }), misplaced);
  damaged(file({ schema, parts: [part()] }), "its schema is damaged");
});

Deno.test("a schema that does not hold together is damaged, by what is wrong with it", () => {
  const twice = { schema: [integers, integers], parts: [part(), part()] };
  damaged(file(twice), "two of its columns have one name");
  damaged(
    file({ parts: [part(), part()] }),
    "a group of its rows has not the columns of its schema",
  );
  const only = (elements: readonly Written[]) => parquetBytes([], { 2: elements, 3: 0, 4: [] });
  damaged(only([]), "it has no schema");
  damaged(only([entry("schema", { 5: 0 })]), "its schema is damaged");
  damaged(only([entry("schema", { 5: 2 }), integers]), "its schema is cut off");
  damaged(only([entry("schema", { 5: 1 }), integers, integers]), "its schema is damaged");
  damaged(only([entry("schema", { 5: 1 }), { 1: 1 }]), "a name in its header is missing");
  const unknown = "its schema has a column of no known type";
  for (
    const [fields, message] of [
      [{ 1: 1, 3: 3 }, "its schema is damaged"],
      [{ 1: 8 }, unknown],
      [{ 1: 7 }, unknown],
      [{ 1: 7, 2: 0 }, unknown],
      [{ 1: 7, 2: (1 << 20) + 1 }, unknown],
      [{ 1: 1, 5: 1 }, "its schema is cut off"],
    ] as const
  ) {
    damaged(only([entry("schema", { 5: 1 }), entry("a", fields)]), message);
  }
  const wide = file({ schema: [entry("a", { 1: 7, 2: 1 << 20 })], parts: [part({ 1: 7 })] });
  assert.equal(columnChunks(wide)[0]!.leaf.width, 1 << 20);
});

Deno.test("a schema is 32 groups deep at most", () => {
  const names = (depth: number) => Array.from({ length: depth }, (_, i) => `g${i}`);
  const deep = (depth: number) =>
    parquetBytes(Array(10).fill(0), {
      2: [
        entry("schema", { 5: 1 }),
        ...names(depth).map((name) => entry(name, { 5: 1 })),
        integers,
      ],
      3: 2,
      4: [{ 1: [part({ 3: [...names(depth), "a"] })], 3: 2 }],
    });
  assert.equal(columnChunks(deep(32))[0]!.leaf.path, [...names(32), "a"].join("."));
  damaged(deep(33), "its schema is too deep");
});
