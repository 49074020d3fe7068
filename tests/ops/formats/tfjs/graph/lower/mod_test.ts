import assert from "node:assert/strict";
import { loweringOf, READ } from "../../../../../../ops/formats/tfjs/graph/lower/mod.ts";

Deno.test("operators are found by name alone, inherited names are none", () => {
  for (const name of READ) assert.equal(typeof loweringOf(name), "function", name);
  assert.equal(new Set(READ).size, READ.length);
  for (const name of ["toString", "constructor", "Conv3D", ""]) {
    assert.equal(loweringOf(name), undefined, name);
  }
});
