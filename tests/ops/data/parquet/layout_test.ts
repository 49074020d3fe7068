import assert from "node:assert/strict";
import { columnChunks } from "../../../../ops/data/parquet/layout.ts";

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

Deno.test("each group of rows has a part of each column, one behind the other", async () => {
  const chunks = columnChunks(await written());
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
  assert.deepEqual(chunks.map(({ leaf, codec }) => [leaf.flat, codec]), Array(9).fill([true, 0]));
  for (const [i, { from, to }] of chunks.entries()) {
    assert.ok(from < to && (i === 0 ? from === 4 : from >= chunks[i - 1]!.to));
  }
  assert.equal(columnChunks(await written({ codec: "SNAPPY" }))[0]!.codec, 1);
});

Deno.test("a file without its end, or with another schema than its columns, is damaged", async () => {
  const bytes = await written();
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
