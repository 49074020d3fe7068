import assert from "node:assert/strict";
import { encodedBytes } from "../../../ops/formats/encode_files.ts";
import { usualFormat } from "../../../ops/formats/formats.ts";
import { sizesOf } from "../../../ops/evaluate/sizes.ts";
import { cnn } from "../../../ops/model/zoo/cnn.ts";
import { initialModel } from "../../../ops/model/initialize.ts";
import { denseModel } from "../prune/dense_model.ts";

Deno.test("zeros are parameters that count in bytes and products, and not as nonzero", async () => {
  const sparse = denseModel([{ kernel: [[0, 2, 0], [1, 0, 0]], bias: [0, 0, 3] }]);
  const { bytes, ...counts } = await sizesOf(sparse, usualFormat);
  assert.deepEqual(counts, { parameters: 9, nonzero: 3, macs: 6 });
  assert.equal(bytes!.raw, 9 * 4);
  assert.deepEqual(bytes, await encodedBytes(sparse, usualFormat));
});

Deno.test("a convolution multiplies at every place of its map", async () => {
  const network = cnn.build([6, 6, 2], 3, { filters: [4], dense: [], dropout: 0 });
  const { parameters, macs } = await sizesOf(initialModel(network, 0), usualFormat);
  assert.equal(parameters, 9 * 2 * 4 + 4 + 9 * 4 * 3 + 3);
  assert.equal(macs, 36 * 9 * 2 * 4 + 9 * 4 * 3);
});
