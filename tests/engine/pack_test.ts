import assert from "node:assert/strict";
import { canonical, type Digest, digestOf } from "../../engine/digest.ts";
import { type NamedArray, packArrays, type Packed, unpackArrays } from "../../engine/pack.ts";
import { fc } from "../deps.ts";

const reader = (packed: Packed) => (digest: Digest) => {
  const bytes = packed.blobs.get(digest);
  assert.ok(bytes, `blob ${digest} is there`);
  return Promise.resolve(bytes);
};

const array: fc.Arbitrary<NamedArray> = fc.oneof(
  fc.float32Array({ noNaN: true, noDefaultInfinity: true, maxLength: 40 }),
  fc.int32Array({ maxLength: 40 }),
  fc.int8Array({ maxLength: 40 }),
  fc.uint8Array({ maxLength: 40 }),
  fc.uint16Array({ maxLength: 40 }),
).map((data) => ({ shape: [data.length], data: data as NamedArray["data"] }));

Deno.test("arrays come back as they were packed, whatever their names, types and order", async () => {
  await fc.assert(fc.asyncProperty(fc.dictionary(fc.string(), array), async (arrays) => {
    const packed = packArrays(arrays);
    const back = await unpackArrays(packed.table, reader(packed));
    assert.deepEqual({ ...back }, { ...arrays });
    for (const [digest, bytes] of packed.blobs) assert.equal(digestOf(bytes), digest);
    const reversed = Object.fromEntries(Object.entries(arrays).reverse());
    assert.equal(canonical(packArrays(reversed).table), canonical(packed.table));
  }));
});

Deno.test("an array of 64 KiB is a blob of its own, a smaller one is not", () => {
  const large = { shape: [16384], data: new Float32Array(16384) };
  const small = { shape: [16383], data: new Float32Array(16383) };
  const shared = packArrays({ large, small });
  assert.equal(shared.blobs.size, 2);
  // Little-endian zeros: 65,536 of them under the digest of exactly that many.
  assert.ok(shared.blobs.has(digestOf(new Uint8Array(65536))));
  assert.ok(shared.blobs.has(digestOf(new Uint8Array(65532))));
});

Deno.test("two packs share the blob of an equal large array", () => {
  const data = Float32Array.from({ length: 20000 }, (_, i) => i);
  const one = packArrays({
    a: { shape: [20000], data },
    b: { shape: [1], data: new Int8Array(1) },
  });
  const two = packArrays({ c: { shape: [100, 200], data } });
  const common = [...one.blobs.keys()].filter((digest) => two.blobs.has(digest));
  assert.equal(common.length, 1);
});

Deno.test("a pack owns its bytes: changing the array later changes nothing", () => {
  const data = new Float32Array([1, 2, 3]);
  const packed = packArrays({ a: { shape: [3], data } });
  data[0] = 9;
  for (const [digest, bytes] of packed.blobs) assert.equal(digestOf(bytes), digest);
});

Deno.test("NaN, infinities and a shape that disagrees are refused by name", () => {
  for (const bad of [NaN, Infinity, -Infinity]) {
    const data = new Float32Array([0, bad]);
    assert.throws(() => packArrays({ "dense1/kernel": { shape: [2], data } }), {
      name: "RangeError",
      message: /"dense1\/kernel": value 1 is/,
    });
  }
  assert.throws(() => packArrays({ w: { shape: [2, 2], data: new Float32Array(3) } }), {
    message: 'Cannot pack "w": its shape 2×2 needs 4 values, it has 3',
  });
});

Deno.test("bytes lie little-endian, small arrays one behind the other in the order of their names", () => {
  const packed = packArrays({
    b: { shape: [2], data: new Uint16Array([1, 256]) },
    a: { shape: [], data: new Float32Array([1]) },
  });
  const bytes = new Uint8Array([0, 0, 128, 63, 1, 0, 0, 1]);
  const digest = digestOf(bytes);
  assert.deepEqual(packed.blobs, new Map([[digest, bytes]]));
  assert.deepEqual(packed.table, {
    pack: digest,
    arrays: [
      { name: "a", shape: [], type: "float32", bytes: 4, offset: 0 },
      { name: "b", shape: [2], type: "uint16", bytes: 4, offset: 4 },
    ],
  });
});

Deno.test("nothing packs to nothing, and no blob is read for it", async () => {
  const packed = packArrays({});
  assert.deepEqual(packed, { table: { pack: null, arrays: [] }, blobs: new Map(), stored: [] });
  const read = () => Promise.reject(new Error("reads nothing"));
  assert.deepEqual(await unpackArrays(packed.table, read), {});
});

Deno.test("what was read owns its memory: nobody else's bytes change with it", async () => {
  const packed = packArrays({
    small: { shape: [1], data: new Int32Array([1]) },
    large: { shape: [16384], data: new Float32Array(16384) },
  });
  const back = await unpackArrays(packed.table, reader(packed));
  for (const { data } of Object.values(back)) data.fill(9);
  for (const [digest, bytes] of packed.blobs) assert.equal(digestOf(bytes), digest);
});

Deno.test("a table whose shape and bytes disagree is refused, and so is NaN behind a sound digest", async () => {
  const bytes = new Uint8Array(new Float32Array([NaN]).buffer);
  const digest = digestOf(bytes);
  const table = (shape: number[]) => ({
    pack: digest,
    arrays: [{ name: "w", shape, type: "float32", bytes: 4, offset: 0 }],
  });
  const read = () => Promise.resolve(bytes);
  await assert.rejects(unpackArrays(table([2]), read), /its shape 2 needs 2 values, it has 1/);
  await assert.rejects(unpackArrays(table([1]), read), /"w": value 0 is NaN/);
});
