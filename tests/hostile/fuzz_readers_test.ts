import assert from "node:assert/strict";
import { fuzz } from "./fuzz_readers.ts";

Deno.test("two hundred damaged files of each kind: no hang, no raw sentence, no odd shape, memory bounded", async () => {
  assert.deepEqual(await fuzz(200, 1), []);
});
