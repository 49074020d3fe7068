import assert from "node:assert/strict";
import { bytesInPieces } from "../../../../../ops/formats/keras/hdf5/chunks.ts";
import { FileBytes } from "../../../../../ops/formats/keras/hdf5/file_bytes.ts";
import { readHdf5 } from "../../../../../ops/formats/keras/hdf5/hdf5_file.ts";
import { savedBytes } from "../support/saved.ts";

const bytes = savedBytes("values_pieces.h5");
const read = (name: string, of = bytes) => readHdf5(of, "p.h5").array(name)!;
const counted = (count: number) => Array.from({ length: count }, (_, i) => i);

for (const name of ["plain", "gzip", "shuffle"]) {
  Deno.test(`pieces that do not divide an array are put together: ${name}`, () => {
    const { shape, values } = read(name);
    assert.deepEqual([shape, [...values]], [[5, 7, 3], counted(105)]);
  });
}

Deno.test("many pieces under several nodes, and values of two bytes each apart", () => {
  assert.deepEqual([...read("many").values], counted(300));
  assert.deepEqual([...read("short").values], counted(40));
});

Deno.test("another filter is named, and what was never written is missed", () => {
  assert.throws(
    () => read("lzf"),
    /array "lzf" in it is packed by filter 32000, which cannot be read/,
  );
  assert.throws(() => read("sparse"), /it is damaged or cut off/);
});

Deno.test("a damaged piece is a sentence, wherever the damage is", () => {
  for (let at = 0; at < bytes.length; at += 97) {
    const damaged = bytes.slice();
    damaged[at]! ^= 0xff;
    for (const name of ["plain", "gzip", "shuffle"]) {
      try {
        read(name, damaged);
      } catch (error) {
        assert.ok(error instanceof RangeError, String(error));
      }
    }
  }
});

Deno.test("more than a file can hold is not made", () => {
  const file = new FileBytes(new Uint8Array(64), "p.h5");
  const layout = { type: 8, at: 0, size: 40, shared: false };
  const view = new DataView(file.bytes.buffer);
  view.setUint8(2, 2);
  view.setUint32(11, 1 << 20, true);
  const array = { shape: [1 << 30], size: 4, layout, filters: undefined, wrong: RangeError };
  assert.throws(
    () => bytesInPieces(file, { ...array, wrong: (why) => new RangeError(why) }),
    /it is damaged or cut off/,
  );
});
