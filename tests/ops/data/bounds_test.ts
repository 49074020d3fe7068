import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { bytesOf } from "../../../engine/size.ts";
import { gunzipped } from "../../../ops/data/readers/read_file.ts";
import { parseNpz } from "../../../ops/data/readers/numpy.ts";
import { assertParquet } from "../../../ops/data/parquet/pages.ts";
import { tableOf } from "./table_of.ts";
import { unzipped } from "../../../ops/data/readers/unzip.ts";
import { zipSync } from "../../deps.ts";
import { npyBytes } from "./npy_bytes.ts";
import { rowsOf } from "./table_reference.ts";

const zeros = new Uint8Array(4 << 20);

Deno.test("what unpacks to more than it may is refused, at the limit it is not", () => {
  assert.throws(
    () => gunzipped(gzipSync(zeros), "d.csv", zeros.length),
    /"d.csv": its .* --memory/,
  );
  assert.equal(gunzipped(gzipSync(zeros), "d.csv", 2 * zeros.length).length, zeros.length);
});

Deno.test("a zip archive is read as it was written, stored or deflated", () => {
  const files = {
    "a.npy": npyBytes("<f4", [2, 2], [1, 2, 3, 4]),
    "b.npy": npyBytes("<i4", [2], [0, 1]),
  };
  for (const level of [0, 6] as const) {
    const arrays = parseNpz(zipSync(files, { level }), "d.npz");
    assert.deepEqual(Object.keys(arrays), ["a", "b"]);
    assert.deepEqual([...arrays.a!.data], [1, 2, 3, 4]);
  }
  assert.throws(
    () => parseNpz(zipSync({ "a.npy": zeros }), "d.npz", 1 << 20),
    /"d.npz" as npz: its .* --memory/,
  );
});

Deno.test("a zip archive whose directory points into itself or behind the file is damaged", () => {
  const archive = zipSync({ a: zeros.subarray(0, 5000), b: zeros.subarray(0, 5000) });
  for (let at = archive.length - 140; at < archive.length; at++) {
    for (const byte of [0, 1, 0x7f, 0xff]) {
      const damaged = archive.slice();
      damaged[at] = byte;
      try {
        assert.ok(Object.keys(unzipped(damaged, "Cannot", 1e9)).length <= 2);
      } catch (error) {
        assert.match((error as Error).message, /^Cannot: (?:its (?:zip|\d)|it compresses)/);
      }
    }
  }
});

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

Deno.test("sizes are read as people write them, in units of 1000 or 1024", () => {
  const cases = {
    "5": 5,
    "2GB": 2e9,
    "500 kB": 5e5,
    "1.5MB": 1.5e6,
    "4GiB": 2 ** 32,
    "1 TB": 1e12,
  };
  for (const [text, bytes] of Object.entries(cases)) assert.equal(bytesOf(text), bytes, text);
  for (const text of ["", "GB", "-1GB", "1e9", "4 gb", "4GBs"]) {
    assert.equal(bytesOf(text), undefined, text);
  }
});
