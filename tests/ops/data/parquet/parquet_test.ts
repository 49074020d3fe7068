import assert from "node:assert/strict";
import { readParquet } from "../../../../ops/data/parquet/parquet.ts";
import { rowsOf } from "../table_reference.ts";

const written = async (options: object = {}): Promise<Uint8Array> => {
  const { parquetWriteBuffer } = await import("npm:hyparquet-writer@0.17.0");
  const column = <T>(name: string, value: (i: number) => T) => ({
    name,
    data: Array.from({ length: 10 }, (_, i) => value(i)),
  });
  return new Uint8Array(parquetWriteBuffer({
    columnData: [
      column("a", (i) => i / 2),
      column("b", (i) => `t${i}`),
      column("c", (i) => i % 2 === 0 ? null : i),
    ],
    rowGroupSize: 4,
    codec: "UNCOMPRESSED",
    ...options,
    // deno-lint-ignore no-explicit-any
  } as any));
};

Deno.test("columns are cells under their names, absent values empty, in the order of the rows", async () => {
  for (const codec of ["UNCOMPRESSED", "SNAPPY"]) {
    const rows = rowsOf(await readParquet(await written({ codec }), "d.parquet", 1e9));
    assert.deepEqual(rows.map(({ cells }) => cells), [
      ["a", "b", "c"],
      ...Array.from({ length: 10 }, (_, i) => [`${i / 2}`, `t${i}`, i % 2 === 0 ? "" : `${i}`]),
    ]);
  }
});

Deno.test("what is no Parquet file is named, and what the budget does not hold is refused", async () => {
  await assert.rejects(
    readParquet(new TextEncoder().encode("PAR1 and more PAR1"), "d.parquet", 1e9),
    /Cannot read "d.parquet" as Parquet/,
  );
  await assert.rejects(readParquet(await written(), "d.parquet", 100), /"d.parquet".*--memory/);
});
