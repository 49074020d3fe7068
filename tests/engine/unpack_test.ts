import assert from "node:assert/strict";
import {
  brotliCompressSync,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from "node:zlib";
import {
  EXPANSION,
  gathered,
  HIGHEST_RATIO,
  TooLargeError,
  unpacked,
  unpackedSync,
} from "../../engine/unpack.ts";

const noise = new Uint8Array(300_000).map((_, i) => (i * 2654435761) >>> 24);

async function* pieces(...sizes: number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (const size of sizes) yield noise.subarray(at, at += size);
  await Promise.resolve();
}

Deno.test("what is gathered is what came, whatever was promised", async () => {
  for (const expected of [undefined, 0, 7, 99_999, 100_000, 10 ** 12]) {
    const bytes = await gathered(pieces(1, 0, 65_535, 34_464), { limit: 10 ** 12, expected });
    assert.deepEqual(bytes, noise.subarray(0, 100_000));
  }
  assert.deepEqual(await gathered(pieces(), { limit: 9 }), new Uint8Array(0));
  assert.equal((await gathered(pieces(4, 5), { limit: 9 })).byteLength, 9);
  await assert.rejects(gathered(pieces(4, 6), { limit: 9 }), TooLargeError);
});

Deno.test("bytes come out as they were packed", async () => {
  const gzip = new Uint8Array(gzipSync(noise));
  assert.deepEqual(await unpacked(gzip), noise);
  const raw = new Uint8Array(deflateRawSync(noise));
  assert.deepEqual(await unpacked(raw, { compression: "deflate-raw" }), noise);
  assert.deepEqual(await unpacked(new Uint8Array(gzipSync(""))), new Uint8Array(0));
});

Deno.test("nothing unpacks to more than a stated multiple, nor to more than memory allows", async () => {
  const few = new Uint8Array(gzipSync(new Uint8Array(EXPANSION.least)));
  assert.equal((await unpacked(few)).byteLength, EXPANSION.least);
  const many = new Uint8Array(gzipSync(new Uint8Array(EXPANSION.least + 1)));
  await assert.rejects(unpacked(many), (error) => {
    assert.ok(error instanceof TooLargeError);
    assert.match(error.message, /^its \d+ bytes unpack to more than 16777216; that is 100 times/);
    return true;
  });
  const gzip = new Uint8Array(gzipSync(noise));
  const needed = gzip.byteLength + noise.byteLength;
  assert.deepEqual(await unpacked(gzip, { memory: needed }), noise);
  await assert.rejects(unpacked(gzip, { memory: needed - 1 }), /memory that a run may use/);
  await assert.rejects(
    unpacked(gzip, { memory: 1 }),
    new RegExp(
      `^TooLargeError: its ${gzip.byteLength} bytes unpack to more than 0; the memory .* is 1$`,
    ),
  );
});

Deno.test("damage, an early end and what stands behind the end are errors", async () => {
  const gzip = new Uint8Array(gzipSync(noise));
  const flipped = gzip.slice();
  flipped[gzip.length - 6]! ^= 1;
  for (const bytes of [gzip.subarray(0, -9), gzip.subarray(0, 5), flipped, new Uint8Array(0)]) {
    await assert.rejects(unpacked(bytes), {
      name: "RangeError",
      message: "its gzip data are damaged or cut off",
    });
  }
});

Deno.test("a signal stops unpacking with its reason", async () => {
  const why = new Error("enough");
  const gzip = new Uint8Array(gzipSync(noise));
  await assert.rejects(unpacked(gzip, { signal: AbortSignal.abort(why) }), why);
  // Timers and signals of the process are handled while it lasts.
  const stopped = new AbortController();
  const long = new Uint8Array(gzipSync(new Uint8Array(64 * 1024 ** 2), { level: 0 }));
  setTimeout(() => stopped.abort(why));
  await assert.rejects(unpacked(long, { signal: stopped.signal }), why);
});

Deno.test("at once, what unpacks to more than it may is refused, at the limit it is not", () => {
  const zeros = new Uint8Array(4 << 20);
  const packed = deflateRawSync(zeros);
  assert.equal(unpackedSync(packed, "deflate-raw", zeros.length).length, zeros.length);
  assert.throws(
    () => unpackedSync(packed, "deflate-raw", zeros.length - 1),
    (error) => error instanceof TooLargeError && /more than 4194303 bytes/.test(error.message),
  );
  assert.throws(
    () => unpackedSync(packed.subarray(0, 100), "deflate-raw", 1e9),
    { name: "RangeError", message: "its compressed data are damaged or cut off" },
  );
  assert.deepEqual(unpackedSync(gzipSync(noise), "gzip", 1e9), noise);
  assert.deepEqual(unpackedSync(deflateSync(noise), "deflate", 1e9), noise);
});

Deno.test("at once, Brotli and Zstandard are unpacked up to the limit and whatever their ratio", () => {
  const zeros = new Uint8Array(4 << 20);
  for (
    const [name, pack] of [["brotli", brotliCompressSync], ["zstd", zstdCompressSync]] as const
  ) {
    const packed = pack(zeros);
    assert.ok(zeros.length / packed.length > HIGHEST_RATIO);
    assert.deepEqual(unpackedSync(packed, name, zeros.length), zeros);
    assert.throws(() => unpackedSync(packed, name, zeros.length - 1), TooLargeError);
  }
  const damage = { name: "RangeError", message: "its compressed data are damaged or cut off" };
  assert.throws(() => unpackedSync(noise, "zstd", 1e9), damage);
});

Deno.test("no form of deflate reaches more than the highest ratio, and nothing is reserved for more", () => {
  const zeros = new Uint8Array(64 << 20);
  const packed = deflateRawSync(zeros, { level: 9 });
  assert.ok(zeros.length / packed.length < HIGHEST_RATIO);
  // The longest match, 258 bytes, for one bit of length and one of distance: four times in a byte.
  assert.equal(HIGHEST_RATIO, 258 * 4);
  assert.equal(unpackedSync(packed, "deflate-raw", 1e12).length, zeros.length);
});

Deno.test("what is too large says what the limit is", async () => {
  await assert.rejects(
    gathered(pieces(4, 6), { limit: 9 }),
    new TooLargeError("more than 9 bytes"),
  );
});

Deno.test("a buffer doubles as it fills, and never beyond what may come or is announced", async () => {
  const room = async (sizes: readonly number[], limit: number, expected?: number) =>
    (await gathered(pieces(...sizes), { limit, expected })).buffer.byteLength;
  assert.equal(await room([1], 1e6), 65_536);
  assert.equal(await room([1], 9), 9);
  assert.equal(await room([1], 1e6, 7), 7);
  assert.equal(await room([5, 1], 1000, 1), 10);
  assert.equal(await room([5, 1], 9, 1), 9);
  assert.equal(await room([5, 30], 1000, 1), 35);
  assert.equal(await room([65_536, 1], 1e6), 131_072);
  assert.equal(await room([65_536, 1], 1e6, 70_000), 70_000);
});
