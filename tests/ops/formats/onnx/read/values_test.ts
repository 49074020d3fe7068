import assert from "node:assert/strict";
import { type GraphValue, patternOf } from "../../../../../ops/formats/onnx/read/values.ts";

const mask = { use: "pattern", of: "mask", seen: 1, hidden: 0 } as unknown as GraphValue;

Deno.test("a value is that part of a pattern whose name it has, and no other", () => {
  assert.equal(patternOf(mask, "mask"), mask);
  assert.equal(patternOf(mask, "scores"), undefined);
  assert.equal(patternOf(undefined, "mask"), undefined);
});

Deno.test("a layer's view is no pattern, whatever it has besides", () => {
  const view = { use: "layer", of: "mask" } as unknown as GraphValue;
  assert.equal(patternOf(view, "mask"), undefined);
});
