/** The weights of each kind of block, by name. */
import assert from "node:assert/strict";
import { stream } from "../../../engine/tensor/random.ts";
import type { LayerOf } from "../../../ops/model/model.ts";
import { svd } from "../../../ops/model/svd.ts";
import { floatWeight } from "../../../ops/model/weights.ts";
import { type LayerBlock, lowRankBlock, separableBlock } from "../../../ops/replace/blocks.ts";
import { factors, separableFit } from "../../../ops/replace/fit.ts";
import { fitBlock } from "../../../ops/replace/fit_block.ts";
import type { With } from "../../../ops/replace/fields.ts";
import {
  bottleneckBlock,
  ghostBlock,
  groupedBlock,
  tuckerBlock,
} from "../../../ops/replace/narrow_blocks.ts";
import { ghostBiases, ghostFit, groupedFit } from "../../../ops/replace/partial_fit.ts";
import { tuckerFit, unfoldings } from "../../../ops/replace/tucker.ts";

const conv: LayerOf<"conv"> = {
  name: "c",
  kind: "conv",
  inputs: ["input"],
  filters: 8,
  kernel: [3, 3],
  strides: [2, 2],
  padding: "same",
  dilations: [1, 1],
  bias: true,
  activation: "relu",
};

const shape = [3, 3, 4, 8];
const values = stream(1, "kernel").normals(0, 3 * 3 * 4 * 8);
const bias = stream(1, "bias").normals(0, 8);

const fitted = (block: LayerBlock, how: With, spectrum?: Parameters<typeof fitBlock>[3]) =>
  fitBlock(
    { kernel: floatWeight(shape, values), bias: floatWeight([8], bias) },
    block,
    how,
    spectrum,
  );

Deno.test("a separable block has both kernels; its bias is the layer's own, so it is not among them", () => {
  const { kernels: [first, second], lost, whole } = separableFit(values, shape);
  assert.deepEqual(fitted(separableBlock(conv), { use: "separable" }), {
    weights: { "c.depthwise/kernel": first, "c.pointwise/kernel": second },
    lost,
    whole,
  });
});

Deno.test("factors have the block's rank, of the kernel as a matrix, or of the spectrum that is known", () => {
  const pointwise = { ...conv, kernel: [1, 1] } as const;
  const matrix = values.slice(0, 32);
  const kernel = floatWeight([1, 1, 4, 8], matrix);
  const how: With = { use: "svd", rank: 99 };
  const block = lowRankBlock(pointwise, 2);
  const found = fitBlock({ kernel, bias: undefined }, block, how, undefined);
  const { kernels: [first, second], ...lost } = factors(svd(matrix, 4, 8), 2);
  assert.deepEqual(found, {
    weights: { "c.reduce/kernel": first, "c.expand/kernel": second },
    ...lost,
  });
  const other = svd(matrix.map((value) => 2 * value), 4, 8);
  const known = fitBlock({ kernel, bias: undefined }, block, how, [other]);
  assert.deepEqual(known.weights["c.reduce/kernel"], factors(other, 2).kernels[0]);
});

Deno.test("a Tucker block has the block's ranks, of the kernel's unfoldings or of those that are known", () => {
  const how: With = { use: "tucker", rank: 99 };
  const block = tuckerBlock(conv, [2, 3]);
  const { kernels: [reduce, core, expand] } = tuckerFit(
    values,
    shape,
    [2, 3],
    unfoldings(values, shape),
  );
  assert.deepEqual(fitted(block, how).weights, {
    "c.reduce/kernel": reduce,
    "c.core/kernel": core,
    "c.expand/kernel": expand,
  });
  const other = unfoldings(values.toReversed(), shape);
  const known = tuckerFit(values, shape, [2, 3], other);
  assert.deepEqual(fitted(block, how, other).weights["c.core/kernel"], known.kernels[1]);
});

Deno.test("each group has its kernel and its part of the bias", () => {
  const how: With = { use: "grouped", groups: 2 };
  const { kernels: [first, second] } = groupedFit(values, shape, 2);
  assert.deepEqual(fitted(groupedBlock(conv, 2), how).weights, {
    "c.conv1/kernel": first,
    "c.conv2/kernel": second,
    "c.conv1/bias": bias.slice(0, 4),
    "c.conv2/bias": bias.slice(4),
  });
});

Deno.test("ghosts have both kernels, and biases that undo the primary's", () => {
  const how: With = { use: "ghost", parts: 2, kernel: 3 };
  const { kernels: [primary, cheap] } = ghostFit(values, shape, 2, 3);
  const [own, behind] = ghostBiases(bias, cheap!, 2, 3);
  assert.deepEqual(fitted(ghostBlock(conv, 2, 3), how).weights, {
    "c.primary/kernel": primary,
    "c.cheap/kernel": cheap,
    "c.primary/bias": own,
    "c.cheap/bias": behind,
  });
});

Deno.test("without a bias there is none in the block", () => {
  for (
    const how of [{ use: "grouped", groups: 2 }, { use: "ghost", parts: 2, kernel: 3 }] as const
  ) {
    const bare = { ...conv, bias: false };
    const block = how.use === "grouped" ? groupedBlock(bare, 2) : ghostBlock(bare, 2, 3);
    const kernel = floatWeight(shape, values);
    const { weights } = fitBlock({ kernel, bias: undefined }, block, how, undefined);
    assert.ok(Object.keys(weights).every((name) => name.endsWith("/kernel")));
    assert.equal(Object.keys(weights).length, 2);
  }
});

Deno.test("a bottleneck is never fitted", () => {
  const how: With = { use: "bottleneck", width: 0.5 };
  assert.throws(
    () => fitted(bottleneckBlock(conv, 4), how),
    new Error("internal: a bottleneck is not fitted"),
  );
});
