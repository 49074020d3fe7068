import assert from "node:assert/strict";
import { lenet300, mlp } from "../../../../ops/model/zoo/mlp.ts";
import { DIGITS, names, parameters } from "./counts.ts";

Deno.test("LeNet-300-100 has the published count", () => {
  // Han et al. 2015, table 1: 267K.
  assert.equal(parameters(lenet300.build(DIGITS, 10, {})), 266_610);
});

Deno.test("an image is flattened, numbers are not; dropout is a layer only where values drop", () => {
  assert.deepEqual(names(mlp.build(DIGITS, 10, { hidden: [5, 4], dropout: 0.5 })), [
    "flatten",
    "dense1",
    "dense1.dropout",
    "dense2",
    "dense2.dropout",
    "head.dense",
  ]);
  assert.deepEqual(names(mlp.build([16], 26, { hidden: [5], dropout: 0 })), [
    "dense1",
    "head.dense",
  ]);
});
