/** The layers that stand in another's place, and what reads them. */
import assert from "node:assert/strict";
import type { Architecture, LayerOf } from "../../../ops/model/model.ts";
import {
  lowRankBlock,
  readingAs,
  separableBlock,
  withBlocks,
} from "../../../ops/replace/blocks.ts";

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

const dense: LayerOf<"dense"> = {
  name: "d",
  kind: "dense",
  inputs: ["c"],
  units: 5,
  bias: true,
  activation: "tanh",
};

Deno.test("a separable block: the window by channel without bias, then 1×1 with the layer's ending", () => {
  const [depthwise, pointwise, ...rest] = separableBlock(conv);
  assert.deepEqual(rest, []);
  assert.deepEqual(depthwise, {
    name: "c.depthwise",
    kind: "depthwise",
    inputs: ["input"],
    kernel: [3, 3],
    multiplier: 1,
    strides: [2, 2],
    padding: "same",
    dilations: [1, 1],
    bias: false,
    activation: "linear",
  });
  assert.deepEqual(pointwise, {
    ...conv,
    name: "c.pointwise",
    inputs: ["c.depthwise"],
    kernel: [1, 1],
    strides: [1, 1],
    padding: "valid",
  });
});

Deno.test("low rank: narrow and linear, then the layer's own width and ending", () => {
  assert.deepEqual(lowRankBlock(dense, 2), [
    { ...dense, name: "d.reduce", units: 2, bias: false, activation: "linear" },
    { ...dense, name: "d.expand", inputs: ["d.reduce"] },
  ]);
  const pointwise = { ...conv, kernel: [1, 1] } as const;
  assert.deepEqual(lowRankBlock(pointwise, 3), [
    { ...pointwise, name: "c.reduce", filters: 3, bias: false, activation: "linear" },
    { ...pointwise, name: "c.expand", inputs: ["c.reduce"], strides: [1, 1], padding: "valid" },
  ]);
});

const network: Architecture = {
  family: "test",
  inputs: [{ name: "input", shape: [4, 4, 2] }],
  layers: [
    conv,
    dense,
    { name: "sum", kind: "add", inputs: ["d", "d"], activation: "linear" },
  ],
  outputs: ["d", "sum"],
  head: "none",
};

Deno.test("what read a layer reads the last of its block, and an output becomes that last one", () => {
  const blocks = new Map([["c", separableBlock(conv)], ["d", lowRankBlock(dense, 2)]]);
  const after = withBlocks(network, blocks);
  assert.deepEqual(after.layers.map(({ name, inputs }) => [name, ...inputs]), [
    ["c.depthwise", "input"],
    ["c.pointwise", "c.depthwise"],
    ["d.reduce", "c.pointwise"],
    ["d.expand", "d.reduce"],
    ["sum", "d.expand", "d.expand"],
  ]);
  assert.deepEqual(after.outputs, ["d.expand", "sum"]);
  assert.deepEqual(withBlocks(network, new Map()), network);
});

Deno.test("a block planned before reads what stands there now, and its own layers as they were", () => {
  const block = lowRankBlock(dense, 2);
  const now = { ...dense, inputs: ["c.pointwise"] };
  assert.deepEqual(readingAs(block, dense, now).map(({ inputs }) => inputs), [
    ["c.pointwise"],
    ["d.reduce"],
  ]);
  assert.deepEqual(readingAs(block, dense, dense), block);
});
