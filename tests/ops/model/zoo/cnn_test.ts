import assert from "node:assert/strict";
import { cnn, lenet5 } from "../../../../ops/model/zoo/cnn.ts";
import { DIGITS, names, parameters } from "./counts.ts";

Deno.test("LeNet-5 and the plain teacher have the published counts", () => {
  // Han et al. 2015, table 1: 431K.
  assert.equal(parameters(lenet5.build(DIGITS, 10, {})), 431_080);
  const teacher = cnn.build(DIGITS, 10, { filters: [32, 64], dense: [128], dropout: 0 });
  assert.equal(parameters(teacher), 421_642);
});

Deno.test("without hidden dense layers the flattening belongs to the head", () => {
  assert.deepEqual(names(cnn.build(DIGITS, 10, { filters: [2], dense: [], dropout: 0 })), [
    "conv1",
    "conv1.pool",
    "head.flatten",
    "head.dense",
  ]);
});

Deno.test("a row of numbers is no image", () => {
  assert.throws(() => lenet5.build([784], 10, {}), /lenet5 reads images .*; the input is 784/);
});
