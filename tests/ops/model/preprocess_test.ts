import assert from "node:assert/strict";
import { preprocessed } from "../../../ops/model/preprocess.ts";

Deno.test("samples are scaled and shifted per channel or all alike", () => {
  const bytes = Uint8Array.of(0, 10, 20, 30);
  assert.deepEqual([...preprocessed(bytes, { scale: [0.5], offset: [1] })], [1, 6, 11, 16]);
  assert.deepEqual([...preprocessed(bytes, { scale: [1, 2], offset: [0, -1] })], [0, 19, 20, 59]);
  assert.deepEqual([...preprocessed(bytes, null)], [0, 10, 20, 30]);
});
