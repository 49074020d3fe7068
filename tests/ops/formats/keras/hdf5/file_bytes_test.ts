import assert from "node:assert/strict";
import { FileBytes } from "../../../../../ops/formats/keras/hdf5/file_bytes.ts";

const file = (...bytes: number[]) => new FileBytes(Uint8Array.from(bytes), "a.h5");
const DAMAGED = /Cannot read "a.h5": it is damaged or cut off; get the file again$/;

Deno.test("numbers are read low byte first, in the size that is asked for", () => {
  const read = file(1, 2, 3, 4, 5, 0, 0, 0, 9);
  assert.equal(read.u8(8), 9);
  assert.equal(read.u16(0), 0x0201);
  assert.equal(read.u32(0), 0x04030201);
  assert.equal(read.u64(0), 0x0504030201);
  assert.deepEqual([1, 2, 4, 8].map((size) => read.sized(0, size)), [
    1,
    0x0201,
    0x04030201,
    0x0504030201,
  ]);
});

Deno.test("what lies outside is damage, whatever asks for it", () => {
  const read = file(1, 2, 3);
  for (
    const ask of [() => read.u32(0), () => read.u8(3), () => read.u8(-1), () => read.slice(2, 2)]
  ) {
    assert.throws(ask, (error) => error instanceof RangeError && DAMAGED.test(error.message));
  }
});

Deno.test("an address of ones stands for none; a number that no file reaches is damage", () => {
  const ones = file(...Array(8).fill(255));
  assert.equal(ones.address(0), undefined);
  assert.throws(() => ones.u64(0), DAMAGED);
  assert.equal(file(7, 0, 0, 0, 0, 0, 0, 0).address(0), 7);
});

Deno.test("a text ends at its first zero or where it is as long as it may be", () => {
  const read = file(...new TextEncoder().encode("ab\0cd"));
  assert.equal(read.text(0, 5), "ab");
  assert.equal(read.text(3, 2), "cd");
  read.expect(3, "cd");
  assert.throws(() => read.expect(0, "ac"), DAMAGED);
});

Deno.test("more reads than a file can need are damage: here twice its bytes and 65536", () => {
  const read = file(...Array(1000).fill(1));
  for (let times = 0; times < 67; times++) read.slice(0, 1000);
  read.slice(0, 536);
  assert.throws(() => read.u8(0), DAMAGED);
});
