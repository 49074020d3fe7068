import assert from "node:assert/strict";
import { assertDecodable, assertPixels } from "../../../../ops/data/images/picture.ts";

Deno.test("a picture has pixels, and no more than a hundred million", () => {
  assertPixels(1, 1);
  assertPixels(10_000, 10_000);
  assert.throws(
    () => assertPixels(10_000, 10_001),
    /^Error: it has more than 100 million pixels, 10000×10001; make it smaller$/,
  );
  assert.throws(() => assertPixels(0, 5), /it has no pixels: it announces 0×5/);
  assert.throws(() => assertPixels(5, 0), /it has no pixels/);
});

Deno.test("decoding may take what the budget holds", () => {
  assertDecodable(1000, 1000);
  assert.throws(() => assertDecodable(1001, 1000), /^MemoryError: it would take/);
});
