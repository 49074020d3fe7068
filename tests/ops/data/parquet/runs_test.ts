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
});

Deno.test("runs of one number are counted, whichever is wanted", () => {
  const runs = [0x08, 0x01, 0x04, 0x00, 0x02, 0x01];
  assert.equal(passRuns(at(...runs), 1, 7, 1), 5);
  assert.equal(passRuns(at(...runs), 1, 7, 0), 2);
  assert.equal(passRuns(at(...runs), 1, 7), 0);
  assert.equal(passRuns(at(0x04, 0x2c, 0x01), 9, 2, 300), 2);
  assert.throws(() => passRuns(at(0x08, 0x01), 1, 3, 1), /run of more values/);
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

Deno.test("blocks are of eights", () => {
  assert.deepEqual(blocksOf(at(0x80, 0x01, 4, 0)), { minis: 4, each: 32 });
  for (const bytes of [[12, 1, 0], [8, 0, 0], [0, 1, 0], [8, 3, 0]]) {
    assert.throws(() => blocksOf(at(...bytes)), /blocks of no size/, bytes.join());
  }
});
