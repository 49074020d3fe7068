/** The parameters of `head`: which there are, what they may be, and what they are where nobody says so. */
import assert from "node:assert/strict";
import { headParams } from "../../../ops/transfer/fields.ts";
import { head } from "../../../ops/transfer/head.ts";
import { fieldsOf } from "../declared.ts";

Deno.test("the fields with their limits and defaults", () => {
  assert.equal(head.params, headParams);
  const units = { type: "integer", minimum: 1, maximum: 1_000_000 };
  assert.deepEqual(fieldsOf(head), {
    after: { "x-selectors": "model" },
    pool: { enum: ["auto", "average", "max", "first", "flatten"], default: "auto" },
    hidden: { "x-list": { items: units }, default: [], maxItems: 2000 },
    dropout: { type: "number", minimum: 0, exclusiveMaximum: 1, default: 0 },
    outputs: units,
    probabilities: { enum: ["softmax", "sigmoid", "none"] },
    seed: { type: "integer", minimum: 0, maximum: 0xffff_ffff_ffff, default: 0 },
  });
});

Deno.test("the layer to be read and the width may be left out", () => {
  const { required } = JSON.parse(JSON.stringify(headParams));
  assert.deepEqual(required.toSorted(), ["dropout", "hidden", "pool", "seed"]);
});
