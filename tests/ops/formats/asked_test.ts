import assert from "node:assert/strict";
import { sampleInput } from "../../../ops/formats/asked.ts";

Deno.test("the samples are read by the first input that is given nothing else", () => {
  assert.equal(sampleInput(["a", "b"], {}), "a");
  assert.equal(sampleInput(["a", "b"], { inputs: { a: 0 } }), "b");
  assert.equal(sampleInput(["a", "b"], { inputs: { a: 0, b: "mask" } }), undefined);
  assert.equal(sampleInput(["toString"], { inputs: {} }), "toString");
});
