import assert from "node:assert/strict";
import { isFitted, type With } from "../../../ops/replace/fields.ts";

Deno.test("a block with relu between its kernels is drawn afresh, every linear one is fitted", () => {
  const uses: readonly With["use"][] = [
    "separable",
    "svd",
    "tucker",
    "bottleneck",
    "grouped",
    "ghost",
  ];
  const fitted = uses.filter((use) => isFitted({ use } as With));
  assert.deepEqual(fitted, ["separable", "svd", "tucker", "grouped", "ghost"]);
});
