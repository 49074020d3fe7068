import assert from "node:assert/strict";
import type { LayerKernels, Tensor } from "../../../engine/tensor/mod.ts";
import { withTensors } from "../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { noise } from "./support/stock.ts";

refuseLeaks(true);

const size = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);
const same = { strides: [1, 1], padding: "same" } as const;
const halved = { strides: [2, 2], padding: "same" } as const;

/** One layer of inference: the shape of one item, shapes of parameters, the layer. */
interface Case {
  readonly name: string;
  readonly item: readonly number[];
  readonly parameters: readonly (readonly number[])[];
  readonly layer: (nn: LayerKernels, x: Tensor, p: Tensor[]) => Tensor;
}

const CASES: Case[] = [
  {
    name: "dense",
    item: [777],
    parameters: [[777, 45], [45]],
    layer: (nn, x, [w, b]) => nn.dense(x, w!, b!, "relu"),
  },
  {
    name: "dense of one output",
    item: [5],
    parameters: [[5, 1]],
    layer: (nn, x, [w]) => nn.dense(x, w!, null, "linear"),
  },
  {
    name: "conv2d 3×3",
    item: [9, 7, 16],
    parameters: [[3, 3, 16, 24], [24]],
    layer: (nn, x, [w, b]) => nn.conv2d(x, w!, b!, same, "relu"),
  },
  {
    name: "conv2d 3×3 wide",
    item: [8, 8, 32],
    parameters: [[3, 3, 32, 64]],
    layer: (nn, x, [w]) => nn.conv2d(x, w!, null, same, "linear"),
  },
  {
    name: "conv2d stem",
    item: [28, 28, 1],
    parameters: [[5, 5, 1, 6], [6]],
    layer: (nn, x, [w, b]) => nn.conv2d(x, w!, b!, halved, "relu6"),
  },
  {
    name: "conv2d 1×1",
    item: [5, 5, 13],
    parameters: [[1, 1, 13, 20]],
    layer: (nn, x, [w]) => nn.conv2d(x, w!, null, halved, "linear"),
  },
  {
    name: "depthwise2d",
    item: [9, 9, 21],
    parameters: [[3, 3, 21, 2], [42]],
    layer: (nn, x, [w, b]) => nn.depthwise2d(x, w!, b!, halved, "relu"),
  },
  {
    name: "batchNorm",
    item: [3, 3, 7],
    parameters: [[7], [7], [7]],
    layer: (nn, x, [m, g, b]) => nn.batchNorm(x, m!, g!, g!, b!, 2, "gelu"),
  },
  {
    name: "globalAveragePool",
    item: [5, 7, 11],
    parameters: [],
    layer: (nn, x) => nn.globalAveragePool(x),
  },
  {
    name: "averagePool",
    item: [5, 7, 11],
    parameters: [],
    layer: (nn, x) => nn.averagePool(x, [3, 3], halved),
  },
  { name: "softmax", item: [13], parameters: [], layer: (nn, x) => nn.softmax(x, 2) },
  { name: "logSoftmax", item: [1001], parameters: [], layer: (nn, x) => nn.logSoftmax(x, 1) },
  { name: "gelu", item: [11], parameters: [], layer: (nn, x) => nn.activate(x, "gelu") },
];

for (const { name, item, parameters, layer } of CASES) {
  Deno.test(`${name}: an item's bits do not depend on its batch`, async () => {
    await withTensors(({ nn, tf, tensor, values }) => {
      const given = parameters.map((shape, i) => tensor(noise(size(shape), i + 2), shape));
      const run = (data: Float32Array, count: number) => {
        const x = tensor(data, [count, ...item]);
        const y = layer(nn, x, given);
        const result = values(y);
        tf.dispose([x, y]);
        return result;
      };
      const n = size(item);
      const data = noise(n * 17, 1);
      const whole = run(data, 17);
      const width = whole.length / 17;
      for (const [from, count] of [[0, 1], [3, 1], [16, 1], [2, 5], [4, 13]] as const) {
        const part = run(data.slice(from * n, (from + count) * n), count);
        const bits = (values: Float32Array) => [...new Int32Array(values.slice().buffer)];
        assert.deepEqual(
          bits(part),
          bits(whole.subarray(from * width, (from + count) * width)),
          `items ${from} … ${from + count - 1}`,
        );
      }
      tf.dispose(given);
    });
  });
}
