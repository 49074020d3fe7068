import assert from "node:assert/strict";
import { isJsonObject, textIn } from "../../../ops/formats/json_object.ts";

Deno.test("an object is one, a list, null and plain values are none", () => {
  assert.deepEqual([{}, { a: 1 }].map(isJsonObject), [true, true]);
  assert.deepEqual(
    [[], [{}], null, undefined, "{}", 1, true].map(isJsonObject),
    Array(7).fill(false),
  );
});

Deno.test("only a text has a text", () => {
  assert.deepEqual(["a", "", 1, null, {}, ["a"]].map(textIn), ["a", "", "", "", "", ""]);
});
