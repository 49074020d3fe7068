import assert from "node:assert/strict";
import { brotliCompressSync, constants, gzipSync, zstdCompressSync } from "node:zlib";
import { codecOf, compressors, unpackedPage } from "../../../../ops/data/parquet/codecs.ts";
import { readParquet } from "../../../../ops/data/parquet/parquet.ts";
import { rowsOf } from "../table_reference.ts";
import written from "../../../fixtures/parquet/codecs.json" with { type: "json" };

const bytesOf = (name: keyof typeof written) => Uint8Array.fromBase64(written[name]);

/** The fixture's table by the law that its writer states. */
const expected = Array.from({ length: 40 }, (_, i) => [
  i % 3 === 0 ? "" : `${i / 4}`,
  `text ${i % 5}`,
  "",
  JSON.stringify(Array.from({ length: i % 3 }, (_, n) => n)),
]);

for (const codec of ["snappy", "gzip", "brotli", "zstd"] as const) {
  for (const version of ["1.0", "2.0"] as const) {
    Deno.test(`a table that Arrow packs by ${codec} in pages of version ${version} is read`, async () => {
      const table = await readParquet(bytesOf(`${codec} ${version}`), "d.parquet", 1e9);
      const [head, ...rows] = rowsOf(table).map(({ cells }) => cells);
      assert.deepEqual(head, ["number", "text", "none", "list"]);
      assert.deepEqual(rows, expected);
    });
  }
}

Deno.test("packing that cannot be read is named, with those that can", async () => {
  const way = "write it with Snappy, gzip, Brotli or Zstandard, or uncompressed";
  const names = { 3: "LZO", 5: "LZ4", 7: "LZ4", 8: "nothing that is known" };
  for (const [number, name] of Object.entries(names)) {
    const message = `its pages are compressed by ${name}; ${way}`;
    assert.throws(() => codecOf(Number(number)), { name: "DamagedError", message });
  }
  await assert.rejects(
    readParquet(bytesOf("lz4 1.0"), "d.parquet", 1e9),
    { message: `Cannot read "d.parquet" as Parquet: its pages are compressed by LZ4; ${way}` },
  );
});

const fast = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
const packers = {
  2: gzipSync,
  4: (bytes: Uint8Array) => brotliCompressSync(bytes, fast),
  6: zstdCompressSync,
} as const;

for (const [number, pack] of Object.entries(packers)) {
  const codec = codecOf(Number(number));
  Deno.test(`a page of ${codec.name} has the size that it says, or is damaged`, () => {
    const page = new Uint8Array(5000).map((_, i) => i % 251);
    const packed = new Uint8Array(pack(page));
    assert.deepEqual(unpackedPage(codec, packed, 5000), page);
    assert.deepEqual(compressors[codec.name]!(packed, 5000), page);
    assert.ok(codec.most(packed.length) >= 5000);
    const other = `a page is damaged: ${codec.name} unpacks it to another size than it says`;
    assert.throws(() => unpackedPage(codec, packed, 5001), { message: other });
    const broken = `a page is damaged: ${codec.name} cannot unpack it`;
    for (const size of [4999, 1, 0]) {
      assert.throws(() => unpackedPage(codec, packed, size), { message: broken }, `${size}`);
    }
    assert.throws(() => unpackedPage(codec, packed.subarray(0, -9), 5000), /^DamagedError: a page/);
    assert.throws(() => unpackedPage(codec, page, 5000), /^DamagedError: a page/);
    // A page all of whose values are missing has nothing that could be packed.
    assert.deepEqual(unpackedPage(codec, new Uint8Array(0), 0), new Uint8Array(0));
    assert.throws(() => unpackedPage(codec, new Uint8Array(0), 1), { message: other });
  });

  Deno.test(`a page of ${codec.name} that stands for more than its file says costs no more memory`, () => {
    const packed = new Uint8Array(pack(new Uint8Array(200 << 20)));
    const before = Deno.memoryUsage().rss;
    assert.throws(() => unpackedPage(codec, packed, 1 << 20), /cannot unpack it/);
    assert.ok(Deno.memoryUsage().rss - before < 64 << 20);
  });
}

Deno.test("what is not packed is as large as it is", () => {
  const plain = codecOf(0);
  assert.equal(plain.most(7), 7);
  assert.equal(codecOf(1).most(3), 3 * 22 + 64);
  assert.equal(codecOf(2).most(3), 3 * 1032);
  assert.deepEqual(unpackedPage(plain, Uint8Array.of(1, 2), 1), Uint8Array.of(1, 2));
  assert.deepEqual(Object.keys(compressors), ["GZIP", "BROTLI", "ZSTD"]);
});
