import assert from "node:assert/strict";
import {
  blocksOf,
  passRuns,
  readDifferences,
  variable,
} from "../../../../ops/data/parquet/runs.ts";

const at = (...bytes: number[]) => ({ bytes: Uint8Array.from(bytes), at: 0 });

Deno.test("seven bits a byte, the lowest first", () => {
  const cursor = at(0xac, 0x02, 0x05);
  assert.equal(variable(cursor), 300);
  assert.equal(variable(cursor), 5);
  assert.equal(variable(at(0xff, 0xff, 0xff, 0xff, 0x0f)), 2 ** 32 - 1);
  assert.throws(() => variable(cursor), /cut off/);
  assert.throws(() => variable(at(0xff, 0xff, 0xff, 0xff, 0xff, 0x01)), /cut off/);
});

Deno.test("the specification's eight numbers of 3 bits are counted", () => {
  // 0 … 7, packed: 10001000 11000110 11111010 (apache/parquet-format, Encodings.md).
  const packed = [0x03, 0b10001000, 0b11000110, 0b11111010];
  for (let wanted = 0; wanted < 8; wanted++) {
    const cursor = at(...packed);
    assert.equal(passRuns(cursor, 3, 8, wanted), 1);
    assert.equal(cursor.at, 4);
  }
  // The last of eight may be more than there are.
  assert.equal(passRuns(at(...packed), 3, 5, 7), 0);
  assert.equal(passRuns(at(0x03, 0b00000001), 1, 1, 1), 1);
  // Two eights, of which one is left to be filled up; a run before them takes none of their places.
  assert.equal(passRuns(at(0x05, 0xff, 0xff), 1, 9, 1), 9);
  assert.throws(() => passRuns(at(0x05, 0xff, 0xff), 1, 8, 1), /run of more values/);
  assert.equal(passRuns(at(0x02, 0x00, 0x03, 0xff), 1, 3, 1), 2);
  // Where none is wanted, none is found: not the highest of 32 bits either.
  assert.equal(passRuns(at(0x03, ...Array(32).fill(0xff)), 32, 8), 0);
});

Deno.test("runs of one number are counted, whichever is wanted", () => {
  const runs = [0x08, 0x01, 0x04, 0x00, 0x02, 0x01];
  assert.equal(passRuns(at(...runs), 1, 7, 1), 5);
  assert.equal(passRuns(at(...runs), 1, 7, 0), 2);
  assert.equal(passRuns(at(...runs), 1, 7), 0);
  assert.equal(passRuns(at(0x04, 0x2c, 0x01), 9, 2, 300), 2);
  assert.throws(() => passRuns(at(0x08, 0x01), 1, 3, 1), /run of more values/);
  assert.throws(() => passRuns(at(0x04, 0x01, 0x04, 0x01), 1, 3, 1), /run of more values/);
  assert.throws(() => passRuns(at(0x08), 1, 4, 1), /cut off/);
});

Deno.test("the specification's differences: 1 to 5, and 7, 5, 3, 1, 2, 3, 4, 5", () => {
  // Blocks of 8 numbers in one piece: block, pieces, count, first, least difference, width.
  const even = at(8, 1, 5, 2, 2, 0);
  assert.deepEqual([...readDifferences(even, 5)], [1, 2, 3, 4, 5]);
  // Differences −2 −2 −2 1 1 1 1, less their least: 0 0 0 3 3 3 3, two bits each.
  const odd = at(8, 1, 8, 14, 3, 2, 0b11000000, 0b00111111);
  assert.deepEqual([...readDifferences(odd, 8)], [7, 5, 3, 1, 2, 3, 4, 5]);
  assert.throws(() => readDifferences(at(8, 1, 8, 14, 3, 2, 0), 8), /cut off/);
});

Deno.test("differences in two blocks of two parts, the last part of which is not there", () => {
  const cursor = at(
    ...[16, 2, 20, 20], // blocks of 16 in two parts, 20 values, the first 10
    ...[2, 0, 1, 0b10101010], // at least 1; no bit each, one bit each
    ...[0, 2, 9, 0b00011011, 0], // at least 0; two bits each: 3, 2, 1
  );
  const values = [10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 22, 24, 25, 27, 28, 30, 33, 35, 36];
  assert.deepEqual([...readDifferences(cursor, 20)], values);
  assert.equal(cursor.at, 13);
  assert.throws(
    () => readDifferences(at(16, 2, 10, 2, 0, 0), 10),
    /^DamagedError: a page is cut off$/,
  );
});

Deno.test("of differences 32 bits count, though 64 may be written", () => {
  const wide = (
    width: number,
    bytes: readonly number[],
  ) => [...readDifferences(at(8, 1, 2, 0x80, 0x01, 0xd8, 0x04, width, ...bytes), 2)];
  // The first is 64, the least difference 300.
  const above = [0, 0, 0, 0, 0xff, ...Array(28).fill(0)];
  assert.deepEqual(wide(33, above), [64, 364]);
  assert.deepEqual(wide(33, [0, 0, 0, 0x80, ...above.slice(4)]), [64, 364 - 2 ** 31]);
  assert.deepEqual(wide(64, Array(64).fill(0)), [64, 364]);
  assert.throws(() => wide(65, Array(65).fill(0)), /cut off/);
  const long = [...Array(9).fill(0x80), 0x00];
  assert.deepEqual([...readDifferences(at(8, 1, 1, ...long), 1)], [0]);
  for (const first of [[], [0x80, ...long]]) {
    assert.throws(() => readDifferences(at(8, 1, 1, ...first), 1), {
      message: "a page is cut off",
    });
  }
});

Deno.test("a block's size is read, and one that is 0 or does not divide into parts of eights is refused", () => {
  assert.deepEqual(blocksOf(at(0x80, 0x80, 0x80, 0x08, 1, 0)), { minis: 1, each: 1 << 24 });
  assert.throws(() => blocksOf(at(0x88, 0x80, 0x80, 0x08, 1, 0)), /blocks of no size/);
  assert.deepEqual(blocksOf(at(0x80, 0x01, 4, 0)), { minis: 4, each: 32 });
  for (const bytes of [[12, 1, 0], [8, 0, 0], [0, 1, 0], [8, 3, 0]]) {
    assert.throws(() => blocksOf(at(...bytes)), /blocks of no size/, bytes.join());
  }
});
