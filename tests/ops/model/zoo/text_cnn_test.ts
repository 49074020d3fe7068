import assert from "node:assert/strict";
import { textCnn } from "../../../../ops/model/zoo/text_cnn.ts";
import { facts } from "./counts.ts";

Deno.test("text-cnn is Kim's network: a table of words, three sizes of filters, the largest of each", () => {
  const kim = {
    ...{ embedding: 300, filters: 100, kernels: [3, 4, 5], dense: [], dropout: 0.5 },
    vocabulary: 18_765,
  };
  const { layers, parameters, macs } = facts(textCnn.build([56], 2, kim));
  // 100 filters over 3, 4 and 5 words of 300 numbers, and 300 values to 2 classes.
  const filters = 100 * 300 * (3 + 4 + 5) + 300;
  assert.equal(parameters, 18_765 * 300 + filters + 300 * 2 + 2);
  assert.equal(macs, 100 * 300 * (3 * 54 + 4 * 53 + 5 * 52) + 300 * 2);
  assert.deepEqual(layers!.map(({ name }) => name), [
    ...["embedding", "image", "conv1", "conv1.pool", "conv2", "conv2.pool", "conv3", "conv3.pool"],
    ...["join", "join.dropout", "head.dense"],
  ]);
  const one = textCnn.build([9], 3, { ...kim, kernels: [3], dense: [7], dropout: 0 });
  assert.deepEqual(one.layers.map(({ name }) => name).slice(2), [
    ...["conv1", "conv1.pool", "dense1", "head.dense"],
  ]);
});

Deno.test("families of text say what they read", () => {
  const options = {
    ...{ embedding: 4, filters: 2, kernels: [3], dense: [], dropout: 0, vocabulary: 9 },
  };
  assert.throws(
    () => textCnn.build([28, 28, 1], 2, options),
    /text-cnn reads tokens \[length\] of a vocabulary; the input is 28×28×1/,
  );
  assert.throws(
    () => facts(textCnn.build([2], 2, options)),
    /"conv1" \(conv\): its window 3×1 does not fit into 2×1/,
  );
});
