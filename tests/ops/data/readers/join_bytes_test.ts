import assert from "node:assert/strict";
import { joinBytes } from "../../../../ops/data/readers/join_bytes.ts";

Deno.test("bytes follow one another, empty ones too", () => {
  const parts = [Uint8Array.of(1, 2), new Uint8Array(), Uint8Array.of(3)];
  assert.deepEqual(joinBytes(parts), Uint8Array.of(1, 2, 3));
  assert.deepEqual(joinBytes([]), new Uint8Array());
});
