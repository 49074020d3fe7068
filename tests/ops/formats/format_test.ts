import assert from "node:assert/strict";
import { begins, decodedAgain } from "../../../ops/formats/format.ts";

Deno.test("a signature is looked for where it stands", () => {
  assert.ok(begins("AB")(Uint8Array.of(65, 66, 0)));
  assert.ok(!begins("AB")(Uint8Array.of(65)));
  assert.ok(begins([1, 2], 3)(Uint8Array.of(0, 0, 0, 1, 2)));
  assert.ok(!begins([1, 2], 3)(Uint8Array.of(1, 2, 0, 1, 3)));
});

Deno.test("files that only we read keep the model's own arithmetic, and are not read again by load", () => {
  const { runtime, arithmetic, reread } = decodedAgain(() => Promise.reject(new Error("unused")));
  assert.deepEqual([runtime, arithmetic, reread], ["the file decoded again", undefined, undefined]);
});
