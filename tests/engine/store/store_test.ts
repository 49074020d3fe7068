import assert from "node:assert/strict";
import { digestOf } from "../../../engine/digest.ts";
import { DecantError } from "../../../engine/error.ts";
import { CorruptBlobError, StoreError } from "../../../engine/store/store.ts";

Deno.test("a damaged blob is named by its beginning, with what is wrong with it", () => {
  const digest = digestOf(new Uint8Array([1]));
  const short = digest.slice(0, 12);
  for (
    const [found, detail] of [
      ["missing", "it is missing"],
      ["changed", "its bytes have changed"],
    ] as const
  ) {
    const error = new CorruptBlobError(digest, found);
    assert.ok(error instanceof DecantError);
    assert.deepEqual([error.name, error.code, error.digest, error.found, error.message], [
      "CorruptBlobError",
      "damaged",
      digest,
      found,
      `Cannot use blob ${short}: ${detail}`,
    ]);
  }
});

Deno.test("what keeps a store from being used is in the code of the error", () => {
  const error = new StoreError("read-only", "The cache is read-only");
  assert.ok(error instanceof DecantError);
  assert.deepEqual([error.name, error.code, error.reason, error.message, error.help], [
    "StoreError",
    "cache-read-only",
    "read-only",
    "The cache is read-only",
    undefined,
  ]);
});
