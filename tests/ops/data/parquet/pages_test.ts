import assert from "node:assert/strict";
import { assertParquet } from "../../../../ops/data/parquet/pages.ts";
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
