/**
 * Layers in isolation: `deno run -A tests/bench/layers.ts [name …]` prints a JSON line per layer with the medians of
 * its forward pass and of forward and gradient together, in milliseconds of the processor, and of the latter in
 * nanoseconds per input element.
 */
import process from "node:process";
import { type Room, type Tensor, withTensors } from "../../engine/tensor/mod.ts";

const same = { strides: [1, 1], padding: "same" } as const;
const halve = { strides: [2, 2], padding: "valid" } as const;

interface Case {
  readonly shape: readonly number[];
  readonly layer: (room: Room, x: Tensor, channels: Tensor) => Tensor;
}

const CASES: Readonly<Record<string, Case>> = {
  "batchNormTraining relu 16": {
    shape: [64, 32, 32, 16],
    layer: ({ nn }, x, c) => nn.batchNormTraining(x, c, c, 1e-3, "relu").y,
  },
  "batchNormTraining relu 64": {
    shape: [64, 8, 8, 64],
    layer: ({ nn }, x, c) => nn.batchNormTraining(x, c, c, 1e-3, "relu").y,
  },
  "batchNorm relu 16": {
    shape: [64, 32, 32, 16],
    layer: ({ nn }, x, c) => nn.batchNorm(x, c, c, c, c, 1e-3, "relu"),
  },
  "maxPool 2": { shape: [64, 28, 28, 16], layer: ({ nn }, x) => nn.maxPool(x, [2, 2], halve) },
  "maxPool 3 same": { shape: [64, 28, 28, 16], layer: ({ nn }, x) => nn.maxPool(x, [3, 3], same) },
  "averagePool 2": {
    shape: [64, 28, 28, 16],
    layer: ({ nn }, x) => nn.averagePool(x, [2, 2], halve),
  },
  globalAveragePool: { shape: [64, 8, 8, 128], layer: ({ nn }, x) => nn.globalAveragePool(x) },
  "add relu": { shape: [64, 32, 32, 16], layer: ({ nn }, x) => nn.add(x, x, "relu") },
  gelu: { shape: [2048, 512], layer: ({ nn }, x) => nn.activate(x, "gelu") },
  tanh: { shape: [2048, 512], layer: ({ nn }, x) => nn.activate(x, "tanh") },
  "softmax 64": { shape: [4096, 64], layer: ({ nn }, x) => nn.softmax(x, 1) },
  "softmax 10": { shape: [4096, 10], layer: ({ nn }, x) => nn.softmax(x, 1) },
  "crossEntropy 10": { shape: [4096, 10], layer: ({ nn }, x) => nn.crossEntropy(x, x, 2) },
  "tf.mul": { shape: [2048, 512], layer: ({ tf }, x) => tf.mul(x, x) },
  "tf.mul by channel": { shape: [2048, 512], layer: ({ tf }, x, c) => tf.mul(x, c) },
  "tf.sum all": { shape: [2048, 512], layer: ({ tf }, x) => tf.sum(x) },
  "tf.sum rows": { shape: [2048, 512], layer: ({ tf }, x) => tf.sum(x, 0) },
  "tf.sum columns": { shape: [2048, 512], layer: ({ tf }, x) => tf.sum(x, 1) },
};

/** The process's own time in ms: what else runs on the machine disturbs it less than it would a clock. */
function now(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Median of 15 windows of about 20 ms. */
function median(run: () => void): number {
  for (let i = 0; i < 5; i++) run();
  const begin = performance.now();
  for (let i = 0; i < 3; i++) run();
  const times = Math.max(1, Math.ceil(60 / (performance.now() - begin)));
  const windows = Array.from({ length: 15 }, () => {
    const start = now();
    for (let i = 0; i < times; i++) run();
    return (now() - start) / times;
  });
  return windows.sort((a, b) => a - b)[7]!;
}

const encoder = new TextEncoder();

await withTensors((room) => {
  const { tf, tensor } = room;
  for (const [name, { shape, layer }] of Object.entries(CASES)) {
    if (Deno.args.length > 0 && !Deno.args.some((wanted) => name.includes(wanted))) continue;
    const n = shape.reduce((product, length) => product * length, 1);
    const x = tensor(
      Float32Array.from({ length: n }, (_, i) => (i * 7919 % 1013) / 500 - 1),
      shape,
    );
    const c = tensor(new Float32Array(shape.at(-1)!).fill(0.5), [shape.at(-1)!]);
    const forward = median(() =>
      tf.tidy(() => {
        layer(room, x, c);
      })
    );
    const dy = tf.tidy(() => tf.mul(layer(room, x, c), 1));
    const gradient = tf.grad((x) => layer(room, x, c));
    const both = median(() => gradient(x, dy).dispose());
    const line = {
      ...{ layer: name, shape, forwardMs: forward, withGradientMs: both },
      ...{ nsPerElement: both * 1e6 / n },
    };
    Deno.stdout.writeSync(encoder.encode(`${JSON.stringify(line)}\n`));
    tf.dispose([x, c, dy]);
  }
});
