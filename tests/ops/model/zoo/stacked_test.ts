import assert from "node:assert/strict";
import { plainCnn, vgg } from "../../../../ops/model/zoo/stacked.ts";
import { facts, names, trained } from "./counts.ts";

Deno.test("VGG for small images has the published parameters less the biases before batch normalisation", () => {
  const sixteen = vgg.build([32, 32, 3], 10, { depth: 16, width: 1 });
  // 14,728,266 in the widely used release, whose 13 convolutions have a bias for each of their 4,224 channels.
  assert.equal(trained(sixteen), 14_728_266 - 4_224);
});

Deno.test("the plain networks of the assistants' paper count as by hand", () => {
  // 3·3·3·16 and 3·3·16·16 weights, two norms of 16, 8·8·16 features into 10 classes.
  const two = plainCnn.build([32, 32, 3], 10, { depth: 2, width: 1 });
  assert.equal(trained(two), 432 + 2304 + 2 * 32 + 10_240 + 10);
  // 2·2·256 features into 128, and 128 into 10.
  const ten = plainCnn.build([32, 32, 3], 10, { depth: 10, width: 1 });
  const dense = facts(ten).layers!.filter((layer) => layer.type === "dense");
  assert.deepEqual(dense.map((layer) => layer.parameters), [1024 * 128 + 128, 1290]);
});

Deno.test("a depth that was not published is refused", () => {
  const stacked = () => vgg.build([32, 32, 3], 10, { depth: 12, width: 1 });
  assert.throws(stacked, /depth of a vgg is one of 8, 11, 13, 16, 19; this is 12/);
});

Deno.test("an image of one pixel a side is halved no further", () => {
  const pools = (side: number) =>
    names(vgg.build([side, side, 3], 10, { depth: 8, width: 1 }))
      .filter((name) => name.endsWith(".pool"));
  assert.deepEqual(pools(8), ["group1.pool", "group2.pool", "group3.pool", "head.pool"]);
  assert.equal(pools(32).length, 6);
});

Deno.test("every depth of VGG has the parameters of the widely used release, less the biases", () => {
  const released = {
    11: 9_231_114 - (64 + 128 + 2 * 256 + 4 * 512),
    13: 9_416_010 - (2 * 64 + 2 * 128 + 2 * 256 + 4 * 512),
    19: 20_040_522 - (2 * 64 + 2 * 128 + 4 * 256 + 8 * 512),
  };
  for (const [depth, count] of Object.entries(released)) {
    assert.equal(trained(vgg.build([32, 32, 3], 10, { depth: Number(depth), width: 1 })), count);
  }
});

Deno.test("the depth of a plain network is the number of its convolutions, with a dense layer in the deepest", () => {
  for (const depth of [2, 4, 6, 8, 10]) {
    const { layers } = plainCnn.build([32, 32, 3], 10, { depth, width: 1 });
    const kinds = layers.map(({ kind }) => kind);
    assert.equal(kinds.filter((kind) => kind === "conv").length, depth);
    assert.equal(kinds.filter((kind) => kind === "dense").length, depth < 8 ? 1 : 2);
  }
  // 2·2·128 features into 64 behind the four groups of eight convolutions, and half of it all at half the width.
  const dense = (width: number) =>
    facts(plainCnn.build([32, 32, 3], 10, { depth: 8, width })).layers!
      .find(({ name }) => name === "dense1")!.parameters;
  assert.deepEqual([dense(1), dense(0.5)], [512 * 64 + 64, 256 * 32 + 32]);
});

Deno.test("the convolutions of a plain network double their filters from group to group", () => {
  const filters = (depth: number) =>
    plainCnn.build([32, 32, 3], 10, { depth, width: 1 }).layers
      .flatMap((layer) => layer.kind === "conv" ? [`${layer.name} ${layer.filters}`] : []);
  // Mirzadeh et al. 2020, the CIFAR-10 column: a group of two of 16, 32, 64 and 128, from depth 4 on.
  const groups = [16, 32, 64, 128].flatMap((channels, group) =>
    [1, 2].map((conv) => `group${group + 1}.conv${conv} ${channels}`)
  );
  for (const depth of [4, 6, 8]) assert.deepEqual(filters(depth), groups.slice(0, depth));
  assert.deepEqual(filters(2), ["group1.conv1 16", "group2.conv1 16"]);
  assert.deepEqual(filters(10), [
    ...[32, 64, 128].flatMap((channels, group) =>
      [1, 2].map((conv) => `group${group + 1}.conv${conv} ${channels}`)
    ),
    ...[1, 2, 3, 4].map((conv) => `group4.conv${conv} 256`),
  ]);
});
