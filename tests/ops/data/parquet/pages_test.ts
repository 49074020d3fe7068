import assert from "node:assert/strict";
import { assertParquet } from "../../../../ops/data/parquet/pages.ts";
import { parquetBytes, structBytes, varint, type Written, zigzag } from "./parquet_bytes.ts";
import { tableOf } from "../table_of.ts";
import { rowsOf } from "../table_reference.ts";

const writers = {
  plain: { codec: "UNCOMPRESSED" },
  snappy: { codec: "SNAPPY" },
} as const;

for (const [what, options] of Object.entries(writers)) {
  Deno.test(`Parquet that another library wrote passes, and is no larger than it says: ${what}`, async () => {
    const { parquetWriteBuffer } = await import("npm:hyparquet-writer@0.17.0");
    const column = <T>(name: string, value: (i: number) => T, encoding?: string) => ({
      name,
      data: Array.from({ length: 1000 }, (_, i) => value(i)),
      ...encoding && { encoding },
    });
    const bytes = new Uint8Array(parquetWriteBuffer({
      columnData: [
        column("a", (i) => i / 3),
        column("b", (i) => i % 7),
        column("c", (i) => `k${i % 3}`),
        column("d", (i) => i % 5 === 0 ? null : i),
        column("e", (i) => i % 2 === 0),
        column("f", (i) => i * i, "DELTA_BINARY_PACKED"),
        column("g", (i) => `text ${i}`, "DELTA_LENGTH_BYTE_ARRAY"),
        column("h", (i) => `text ${i}`, "DELTA_BYTE_ARRAY"),
        column("i", (i) => i / 7, "BYTE_STREAM_SPLIT"),
        // deno-lint-ignore no-explicit-any
      ] as any,
      rowGroupSize: 300,
      ...options,
    }));
    const rows = rowsOf(await tableOf("parquet", bytes, "d.parquet"));
    assert.equal(rows.length, 1001);
    assert.deepEqual(rows[0]!.cells, [..."abcdefghi"]);
    assert.deepEqual(rows[8]!.cells.slice(1, 6), ["0", "k1", "7", "false", "49"]);
    assert.deepEqual(rows[8]!.cells.slice(6, 8), ["text 7", "text 7"]);
    assert.throws(() => assertParquet(bytes, "its values", 1 << 15), /would take .* --memory/);
    // Its rows are said by every column, and a page that says more has no bytes for them.
    await assert.rejects(
      tableOf("parquet", bytes.subarray(100), "d.parquet"),
      /"d.parquet" as Parquet/,
    );
  });
}

/** A page: what its header says, and the bytes behind it. */
interface Page {
  readonly header: { readonly [field: number]: Written };
  readonly bytes: readonly number[];
}

/** A page of data: 1 count, 2 encoding. Its sizes are those of its bytes where nothing else is said. */
const dataPage = (
  count: number,
  encoding: number,
  bytes: readonly number[],
  header: { readonly [field: number]: Written } = {},
): Page => ({
  header: { 1: 0, 2: bytes.length, 3: bytes.length, 5: { 1: count, 2: encoding }, ...header },
  bytes,
});
/** A page of the second kind: 1 count, 2 absent, 4 encoding, 5 and 6 bytes of levels. */
const secondPage = (
  bytes: readonly number[],
  about: { readonly [field: number]: Written },
  header: { readonly [field: number]: Written } = {},
): Page => ({
  header: {
    ...{ 1: 3, 2: bytes.length, 3: bytes.length },
    8: { 1: 2, 2: 0, 3: 2, 4: 0, 5: 0, 6: 0, ...about },
    ...header,
  },
  bytes,
});

/** A file of one column of these pages; its part of the only group has `values`, and `more` bytes at its end. */
function file(pages: readonly Page[], column: {
  readonly leaf?: { readonly [field: number]: Written };
  readonly rows?: number;
  readonly values?: number;
  readonly codec?: number;
  readonly more?: readonly number[];
} = {}): Uint8Array {
  const { leaf = { 1: 1 }, rows = 2, values = rows, codec = 0, more = [] } = column;
  const body = [
    ...pages.flatMap(({ header, bytes }) => [...structBytes(header), ...bytes]),
    ...more,
  ];
  const about = { 1: leaf[1]!, 3: ["a"], 4: codec, 5: values, 7: body.length, 9: 4 };
  return parquetBytes(body, {
    2: [{ 4: "schema", 5: 1 }, { 4: "a", ...leaf }],
    3: rows,
    4: [{ 1: [{ 3: about }], 3: rows }],
  });
}

const passes = (bytes: Uint8Array, memory = 1e9): void =>
  assertParquet(bytes, "its values", memory);
const damaged = (bytes: Uint8Array, message: string): void =>
  assert.throws(() => passes(bytes), { name: "DamagedError", message });
const truths = { leaf: { 1: 0 } };

Deno.test("plain values are a bit each at least, those of one length as many bytes as they have", () => {
  const few = "a page says more values than it can hold";
  passes(file([dataPage(8, 0, [1])], { rows: 8 }));
  damaged(file([dataPage(9, 0, [1])], { rows: 9 }), few);
  const wide = { leaf: { 1: 7, 2: 3 } };
  passes(file([dataPage(2, 9, Array(6).fill(0))], wide));
  damaged(file([dataPage(2, 9, Array(5).fill(0))], wide), few);
});

Deno.test("runs are of truth values, with their size in front", () => {
  // A run of two: their number twice, and the value.
  passes(file([dataPage(2, 3, [2, 0, 0, 0, 4, 1])], truths));
  const cut = "a page is cut off";
  damaged(file([dataPage(2, 3, [3, 0, 0, 0, 4, 1])], truths), cut);
  damaged(file([dataPage(2, 3, [2, 0, 0])], truths), cut);
  // A page of no values has its size all the same.
  const [none, two] = [dataPage(0, 3, [0, 0, 0, 0]), dataPage(2, 3, [2, 0, 0, 0, 4, 1])];
  passes(file([none, two], truths));
  damaged(file([dataPage(0, 3, [0, 0, 0]), two], truths), cut);
  damaged(
    file([dataPage(2, 3, [2, 0, 0, 0, 4, 1])]),
    "a page is encoded in a way that its type has not",
  );
  // A byte holds a number of one bit.
  damaged(file([dataPage(3, 3, [2, 0, 0, 0, 4, 1])], { ...truths, rows: 3 }), cut);
});

Deno.test("places in a dictionary say their width first, and of no width nothing is written", () => {
  const cut = "a page is cut off";
  for (const encoding of [2, 8]) {
    passes(file([dataPage(2, encoding, [1, 4, 1])]));
    passes(file([dataPage(2, encoding, [0])]));
    passes(file([dataPage(2, encoding, [32, 4, 1, 0, 0, 0])]));
    damaged(file([dataPage(2, encoding, [33, 4, 1, 0, 0, 0, 0])]), cut);
    damaged(file([dataPage(2, encoding, [])]), cut);
    damaged(file([dataPage(2, encoding, [9, 4, 1])]), cut);
    damaged(
      file([dataPage(2, encoding, [1, 4, 1])], truths),
      "truth values stand in no dictionary",
    );
    passes(file([secondPage([1, 4, 1], { 4: encoding })], truths));
    damaged(file([secondPage([0], { 4: encoding })]), cut);
    passes(file([secondPage([0, 4], { 4: encoding })]));
  }
});

Deno.test("differences come in no more parts than the page has bytes, lengths are all there", () => {
  passes(file([dataPage(2, 5, [32, 4, 0, 0])]));
  damaged(file([dataPage(2, 5, [40, 5, 0, 0])]), "a page has blocks of no size that there is");
  passes(file([dataPage(2, 6, [8, 1, 2, 2, 0, 0])]));
  damaged(file([dataPage(2, 6, [8, 1, 2, 2])]), "a page is cut off");
});

/** Numbers that all differ from the one before by `step`: one block, no bits. */
const even = (first: number, step: number): readonly number[] => [
  ...[...varint(1 << 24), 1, 0],
  ...[...zigzag(first), ...zigzag(step), 0],
];

Deno.test("a text begins as far as the one before is long, and ends within its page", () => {
  const texts = (prefixes: readonly number[], suffixes: readonly number[], more = 0) =>
    file([dataPage(2, 7, [...prefixes, ...suffixes, ...Array(more).fill(0)])]);
  // The second begins with all of the first.
  passes(texts(even(0, 3), even(3, 0)));
  const none = "a page has a text of no length that there is";
  damaged(texts(even(0, 4), even(3, 0)), none);
  damaged(texts(even(1, 0), even(3, 0)), none);
  damaged(texts(even(0, -1), even(3, 0)), none);
  damaged(texts(even(0, 0), even(1, -2)), none);
  passes(texts(even(0, 0), even(0, 0)));
  const size = even(0, 0).length + even(18, 0).length;
  passes(texts(even(0, 0), even(size, 0)));
  damaged(texts(even(0, 0), even(size + 1, 0)), none);
});

Deno.test("texts are 1 GiB together at most", () => {
  const texts = (count: number) =>
    file([dataPage(count, 7, [...even(0, 0), ...even(1024, 0), ...Array(1024).fill(0)])], {
      rows: count,
    });
  passes(texts(1 << 20));
  damaged(texts((1 << 20) + 1), "a page's texts are longer than 1 GiB together");
});

Deno.test("pages lie in their column, and have the values that it says", () => {
  const page = dataPage(2, 0, [1, 1]);
  damaged(file([dataPage(2, 0, [1, 1], { 3: 3 })]), "a page reaches behind its column");
  damaged(file([dataPage(2, 0, [1, 1], { 2: 3 })]), "a page says more bytes than it can hold");
  const other = "a column has more values or fewer than its header says";
  damaged(file([page], { rows: 3 }), other);
  damaged(file([], {}), other);
  damaged(file([dataPage(3, 0, [1])]), "a page says more values than its column has");
  // Behind a flat column's last row nothing is read; elsewhere a byte is left at the end.
  passes(file([page, dataPage(2, 0, [1], { 1: 9 })]));
  const levels = [2, 0, 0, 0, 6, 0];
  const many = dataPage(3, 0, [...levels, ...levels, 1]);
  const list = { leaf: { 1: 1, 3: 2 }, values: 3 };
  passes(file([many], { ...list, more: [0x1a] }));
  damaged(file([many], { ...list, more: [0x1a, 0] }), "a structure has a field of no known type");
  damaged(file([many], { ...list, values: 4 }), other);
  damaged(file([many], { ...list, values: 2 }), "a page says more values than its column has");
  damaged(file([dataPage(2, 0, [1], { 1: 1 })]), "a page is of no known type");
});

Deno.test("levels say how many values are there", () => {
  // Of eight values four have the highest level, and a byte each.
  const optional = { leaf: { 1: 7, 2: 1, 3: 1 }, rows: 8 };
  const half = [2, 0, 0, 0, 3, 0b01010101];
  passes(file([dataPage(8, 9, [...half, 1, 2, 3, 4])], optional));
  const few = "a page says more values than it can hold";
  damaged(file([dataPage(8, 9, [...half, 1, 2, 3])], optional), few);
  // The values begin where the levels' size says.
  passes(file([dataPage(8, 9, [3, 0, 0, 0, 3, 0b01010101, 0, 1, 2, 3, 4])], optional));
  damaged(file([dataPage(8, 9, [3, 0, 0, 0, 3, 0b01010101, 0, 1, 2, 3])], optional), few);
  // Repeated values have both levels, the repetitions first.
  const list = { leaf: { 1: 7, 2: 1, 3: 2 }, rows: 2, values: 8 };
  passes(file([dataPage(8, 9, [2, 0, 0, 0, 16, 0, ...half, 1, 2, 3, 4])], list));
  damaged(file([dataPage(8, 9, [2, 0, 0, 0, 18, 0, ...half, 1, 2, 3, 4])], list), MORE);
  damaged(file([dataPage(8, 9, [2, 0, 0, 0, 16, 0, 2, 0, 0, 0, 18, 1])], list), MORE);
});

const MORE = "a page has a run of more values than it has";

Deno.test("a page of the second kind says the bytes of its levels, and how many values are absent", () => {
  const few = "a page says more values than it can hold";
  const flat = { leaf: { 1: 7, 2: 1 } };
  passes(file([secondPage([1, 2], { 4: 9 })], flat));
  damaged(file([secondPage([1], { 4: 9 })], flat), few);
  passes(file([secondPage([1], { 2: 1, 4: 9 })], flat));
  damaged(file([secondPage([1], { 2: 3 })], flat), few);
  damaged(file([secondPage([1], { 1: 3 })], flat), "a page says more values than its column has");
  const list = { leaf: { 1: 7, 2: 1, 3: 2 }, rows: 1, values: 3 };
  const levels = [6, 0, 6, 1];
  const about = { 1: 3, 4: 9, 5: 2, 6: 2 };
  passes(file([secondPage([...levels, 1, 2, 3], about)], list));
  damaged(file([secondPage([...levels, 1, 2], about)], list), few);
  passes(file([secondPage(levels, { ...about, 2: 3 })], list));
  damaged(file([secondPage(levels, { ...about, 2: 3, 5: 3 })], list), few);
  damaged(file([secondPage(levels, { ...about, 2: 3 }, { 2: 3 })], list), few);
  damaged(file([secondPage([8, 0, 6, 1, 1, 2, 3], about)], list), MORE);
  damaged(file([secondPage([6, 0, 8, 1, 1, 2, 3], about)], list), MORE);
  // Without levels of its own a column has no bytes of them in front of its values, whatever is said.
  passes(file([secondPage([1, 2], { 4: 9, 5: 1 })], flat));
});

/** Bytes as Snappy writes them where it finds nothing twice: their number, one piece of up to 60, and they. */
const snappy = (bytes: readonly number[]): readonly number[] => [
  bytes.length,
  (bytes.length - 1) << 2,
  ...bytes,
];

Deno.test("pages packed by Snappy are unpacked, and grow by what Snappy can", () => {
  const packed = { codec: 1, leaf: { 1: 7, 2: 1 } };
  const two = snappy([1, 2]);
  passes(file([dataPage(2, 9, two, { 2: 2 })], packed));
  damaged(
    file([dataPage(2, 9, snappy([1]), { 2: 1 })], packed),
    "a page says more values than it can hold",
  );
  const broken = "a page is damaged: SNAPPY cannot unpack it";
  damaged(file([dataPage(2, 9, [2, 4, 1], { 2: 2 })], packed), broken);
  damaged(file([dataPage(2, 9, two, { 2: 22 * 4 + 64 })], packed), broken);
  damaged(
    file([dataPage(2, 9, two, { 2: 22 * 4 + 65 })], packed),
    "a page says more bytes than it can hold",
  );
  // The second kind packs its values and not its levels, or nothing.
  const optional = { codec: 1, leaf: { 1: 7, 2: 1, 3: 1 } };
  const about = { 4: 9, 5: 2 };
  passes(file([secondPage([4, 1, ...two], about, { 2: 4 })], optional));
  passes(file([secondPage([4, 1, 1, 2], { ...about, 7: false })], optional));
  damaged(file([secondPage([4, 1, 1, 2], { ...about, 7: true })], optional), broken);
  damaged(file([secondPage([4, 1, ...two], about, { 2: 5 })], optional), broken);
});

Deno.test("a dictionary has a bit for each of its values, and is none of the column's", () => {
  const dictionary = (count: number): Page => ({
    header: { 1: 2, 2: 1, 3: 1, 7: { 1: count, 2: 0 } },
    bytes: [0],
  });
  const page = dataPage(2, 8, [1, 4, 1]);
  passes(file([dictionary(8), page]));
  damaged(file([dictionary(9), page]), "a dictionary says more values than it can hold");
});

Deno.test("a file is held to the memory: 16 bytes a value, each list once more, and twice its pages", () => {
  const over = (bytes: Uint8Array, enough: number): void => {
    passes(bytes, enough);
    const message = /^its values would take .* divide the file, or allow more: --memory 1GB$/;
    assert.throws(() => passes(bytes, enough - 1), { name: "MemoryError", message });
  };
  over(file([dataPage(100, 0, Array(13).fill(0))], { rows: 100 }), 1600);
  const list = { leaf: { 1: 1, 3: 2 }, rows: 100, values: 3 };
  over(file([dataPage(3, 0, [2, 0, 0, 0, 6, 0, 2, 0, 0, 0, 6, 1, 1])], list), 3200);
  const more = { ...list, rows: 1, values: 3 };
  over(file([dataPage(3, 0, [2, 0, 0, 0, 6, 0, 2, 0, 0, 0, 6, 1, 1])], more), 96);
  over(file([dataPage(1, 0, Array(50).fill(0)), dataPage(1, 0, Array(51).fill(0))]), 202);
});
