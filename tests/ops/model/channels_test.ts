import assert from "node:assert/strict";
import { channelMap, widthOf, writesChannels } from "../../../ops/model/channels.ts";
import type { Architecture, Layer } from "../../../ops/model/model.ts";
import { mobilenetV1 } from "../../../ops/model/zoo/mobilenet_v1.ts";
import { resnet } from "../../../ops/model/zoo/resnet.ts";

const window = { strides: [1, 1], padding: "same", dilations: [1, 1] } as const;
const ending = { bias: false, activation: "linear" } as const;
const conv = (name: string, input: string, filters: number): Layer => ({
  name,
  kind: "conv",
  inputs: [input],
  filters,
  kernel: [1, 1],
  ...window,
  ...ending,
});
const network = (layers: readonly Layer[], channels = 2): Architecture => ({
  family: "test",
  inputs: [{ name: "input", shape: [4, 4, channels] }],
  layers,
  outputs: [layers.at(-1)!.name],
  head: "none",
});
const unitsOf = (map: ReturnType<typeof channelMap>) =>
  map.groups.map(({ layers, carriers, units }) => ({
    layers,
    carriers,
    units: units.map(({ members }) => [...members].map(([name, at]) => [name, ...at])),
  }));

Deno.test("channels of the model's inputs and outputs stay, those between may go one by one", () => {
  const map = channelMap(network([conv("a", "input", 3), conv("b", "a", 2)]));
  assert.deepEqual(unitsOf(map), [{
    layers: ["a"],
    carriers: ["a"],
    units: [[["a", 0]], [["a", 1]], [["a", 2]]],
  }]);
});

Deno.test("what is added goes together, and a depthwise layer carries what passes it", () => {
  const map = channelMap(network([
    conv("a", "input", 2),
    conv("b", "input", 2),
    {
      name: "d",
      kind: "depthwise",
      inputs: ["a"],
      multiplier: 1,
      kernel: [3, 3],
      ...window,
      ...ending,
    },
    { name: "sum", kind: "add", inputs: ["d", "b"], activation: "linear" },
    conv("end", "sum", 1),
  ]));
  assert.deepEqual(unitsOf(map), [{
    layers: ["a", "b"],
    carriers: ["a", "b", "d"],
    units: [[["a", 0], ["b", 0]], [["a", 1], ["b", 1]]],
  }]);
  // One and the same channel has one id, wherever it passes.
  const { a, b, d, sum } = map.channels;
  assert.deepEqual([[...a!], [...b!], [...d!]], [[...sum!], [...sum!], [...sum!]]);
});

Deno.test("a channel tied to an input cannot go, nor can what a normalisation reads as a whole", () => {
  const tied = channelMap(network([
    conv("a", "input", 2),
    { name: "sum", kind: "add", inputs: ["a", "input"], activation: "linear" },
    conv("end", "sum", 1),
  ]));
  assert.deepEqual(tied.groups, []);
  const normalised = channelMap(network([
    conv("a", "input", 2),
    { name: "norm", kind: "layer-norm", inputs: ["a"], epsilon: 1e-5 },
    conv("end", "norm", 1),
  ]));
  assert.deepEqual(normalised.groups, []);
});

Deno.test("units that take other numbers of channels from their layers are groups of their own", () => {
  const map = channelMap(network([
    conv("a", "input", 3),
    { name: "joined", kind: "concat", inputs: ["a", "a"] },
    conv("b", "input", 6),
    { name: "sum", kind: "add", inputs: ["joined", "b"], activation: "linear" },
    conv("end", "sum", 1),
  ]));
  const [group, ...others] = unitsOf(map);
  assert.deepEqual(others, []);
  assert.deepEqual(group!.units, [
    [["a", 0], ["b", 0, 3]],
    [["a", 1], ["b", 1, 4]],
    [["a", 2], ["b", 2, 5]],
  ]);
});

Deno.test("only layers with filters of their own write channels and have a width", () => {
  const flatten: Layer = { name: "flat", kind: "flatten", inputs: ["a"] };
  assert.deepEqual([conv("a", "input", 3), flatten].map(writesChannels), [true, false]);
  assert.equal(widthOf(conv("a", "input", 3)), 3);
  const dense: Layer = { name: "d", kind: "dense", inputs: ["flat"], units: 7, ...ending };
  assert.equal(widthOf(dense), 7);
  assert.throws(() => widthOf(flatten), /internal: flat has no width of its own/);
});

Deno.test("in MobileNet v1 each pointwise layer is free and its depthwise follower goes with it", () => {
  const map = channelMap(mobilenetV1.build([32, 32, 3], 10, { depth: 13, width: 1 }));
  const layers = map.groups.map((group) => group.layers);
  const pointwise = Array.from({ length: 13 }, (_, i) => [`block${i + 1}.pointwise`]);
  assert.deepEqual(layers, [["stem"], ...pointwise]);
  assert.deepEqual(map.groups[0]!.carriers, ["stem", "block1.depthwise"]);
});

Deno.test("in a ResNet the first convolution of a block is free, what is added is tied", () => {
  const network = resnet.build([32, 32, 3], 10, { depth: 14, width: 1 });
  const groups = channelMap(network).groups.map((group) => group.layers);
  assert.deepEqual(groups, [
    ["stem", "stage1.block1.conv2", "stage1.block2.conv2"],
    ["stage1.block1.conv1"],
    ["stage1.block2.conv1"],
    ["stage2.block1.conv1"],
    ["stage2.block1.conv2", "stage2.block1.shortcut", "stage2.block2.conv2"],
    ["stage2.block2.conv1"],
    ["stage3.block1.conv1"],
    ["stage3.block1.conv2", "stage3.block1.shortcut", "stage3.block2.conv2"],
    ["stage3.block2.conv1"],
  ]);
});
