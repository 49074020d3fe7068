import assert from "node:assert/strict";
import { loadTf, type Tensor, type Tf } from "../../../engine/deps/tfjs_core.ts";
import { loadTfCpu } from "../../../engine/deps/tfjs_backend_cpu.ts";
import { loadTfLayers } from "../../../engine/deps/tfjs_layers.ts";
import { BACKEND, registerBackend } from "../../../engine/tensor/backend.ts";
import { kernelInstance } from "../../../engine/tensor/instance.ts";
import { registerKernels } from "../../../engine/tensor/overrides/mod.ts";
import { createLayers } from "../../../engine/tensor/layers/mod.ts";
import { createMachine } from "../../../engine/tensor/machine.ts";
import type { LayerKernels } from "../../../engine/tensor/mod.ts";
import { WASM_BLOCKING } from "../../../engine/tensor/native/library.ts";
import type { ThreadPool } from "../../../engine/tensor/thread_pool.ts";
import { noise } from "./support/stock.ts";

const instance = kernelInstance();
const { kernels } = instance;
const [tf, cpu] = await Promise.all([loadTf(), loadTfCpu(), loadTfLayers()]);
const backend = registerBackend(tf, cpu, instance);

/** How a launch's units may be shared out: all at once, or one by one from the last to the first. */
const pools: { readonly [name: string]: ThreadPool["run"] } = {
  whole: (kernel, units, args) => kernels[kernel](...args, 0, units),
  single: (kernel, units, args) => {
    for (let unit = units - 1; unit >= 0; unit--) kernels[kernel](...args, unit, unit + 1);
  },
};

interface Case {
  readonly shape: number[];
  /** Range of the noise given; default 1. */
  readonly scale?: number;
  run(tf: Tf, nn: LayerKernels, x: Tensor, c: Tensor): Tensor;
}

const halve = { strides: [2, 2], padding: "same" } as const;
const plain = { strides: [1, 1], padding: "same" } as const;
const weights = (shape: number[]) => tf.tensor(noise(shape.reduce((a, b) => a * b), 3), shape);

const cases: { readonly [name: string]: Case } = {
  gelu: { shape: [20_000], scale: 4, run: (_, nn, x) => nn.activate(x, "gelu") },
  add: { shape: [20_000], run: (_, nn, x) => nn.add(x, x, "relu") },
  "batchNormTraining relu": {
    shape: [3000, 9],
    run: (_, nn, x, c) => nn.batchNormTraining(x, c, c, 1e-3, "relu").y,
  },
  "batchNormTraining tanh": {
    shape: [3000, 17],
    run: (_, nn, x, c) => nn.batchNormTraining(x, c, c, 1e-3, "tanh").y,
  },
  batchNorm: {
    shape: [3000, 6],
    run: (tf, nn, x, c) => nn.batchNorm(x, c, tf.abs(c), c, c, 1e-3, "linear"),
  },
  layerNorm: { shape: [300, 21], run: (_, nn, x, c) => nn.layerNorm(x, c, c, 1e-5) },
  maxPool: { shape: [5, 9, 9, 6], run: (_, nn, x) => nn.maxPool(x, [3, 3], halve) },
  "maxPool 2": { shape: [5, 8, 8, 6], run: (_, nn, x) => nn.maxPool(x, [2, 2], halve) },
  averagePool: { shape: [5, 9, 9, 6], run: (_, nn, x) => nn.averagePool(x, [3, 3], halve) },
  globalAveragePool: { shape: [5, 9, 9, 6], run: (_, nn, x) => nn.globalAveragePool(x) },
  softmax: { shape: [40, 11], run: (_, nn, x) => nn.softmax(x, 2) },
  logSoftmax: { shape: [40, 11], run: (_, nn, x) => nn.logSoftmax(x, 2) },
  crossEntropy: { shape: [40, 11], run: (tf, nn, x) => nn.crossEntropy(x, tf.abs(x), 2) },
  selfAttention: { shape: [3, 13, 30], run: (_, nn, x) => nn.selfAttention(x, 2) },
  recurrent: {
    shape: [9, 5, 7],
    run: (_, nn, x) =>
      nn.recurrent(x, weights([7 + 6, 24]), weights([24]), {
        ...{ units: 6, sequence: true, gates: "sigmoid" },
      }),
  },
  embedding: {
    shape: [100, 7],
    run: (tf, nn, x) => nn.embedding(x, tf.tensor1d([7, 99, 7, 0, 50], "int32")),
  },
  fakeQuantize: {
    shape: [4000, 5],
    run: (tf, nn, x, c) => nn.fakeQuantize(x, tf.abs(c), tf.zeros([5]), -3, 3),
  },
  dense: { shape: [50, 70], run: (_, nn, x) => nn.dense(x, weights([70, 33]), null, "relu") },
  conv2d: {
    shape: [3, 12, 12, 5],
    run: (_, nn, x) => nn.conv2d(x, weights([3, 3, 5, 9]), null, plain, "relu"),
  },
  "conv2d strided": {
    shape: [3, 12, 12, 5],
    run: (_, nn, x) => nn.conv2d(x, weights([3, 3, 5, 9]), null, halve, "linear"),
  },
  depthwise2d: {
    shape: [3, 12, 12, 5],
    run: (_, nn, x) => nn.depthwise2d(x, weights([3, 3, 5, 1]), null, plain, "linear"),
  },
  "tf arithmetic": {
    shape: [60, 50, 9],
    run: (tf, _, x, c) => tf.div(tf.mul(x, c), tf.add(tf.square(x), 1)),
  },
  "tf reductions": {
    shape: [60, 500, 9],
    run: (tf, _, x) => tf.sub(tf.mean(x, [0, 2]), tf.sub(tf.sum(x), tf.max(x, [0, 2]))),
  },
};

/** Value and gradient for x, with units shared out in one way. */
function compute({ shape, scale = 1, run }: Case, launch: ThreadPool["run"]): Float32Array[] {
  const machine = createMachine(tf, backend, instance, {
    blocking: WASM_BLOCKING,
    run: launch,
  });
  const before = tf.getKernelsForBackend(BACKEND);
  for (const { kernelName } of before) tf.unregisterKernel(kernelName, BACKEND);
  registerKernels(machine);
  const nn = createLayers(machine);
  return tf.tidy(() => {
    const size = shape.reduce((a, b) => a * b);
    const x = tf.tensor(noise(size, 1).map((v) => v * scale), shape);
    const c = tf.tensor(noise(shape.at(-1)!, 2).map((v) => v + 0.1), [shape.at(-1)!]);
    const y = run(tf, nn, x, c);
    const dy = tf.tensor(noise(y.size, 4), y.shape);
    const dx = tf.grad((x) => run(tf, nn, x as Tensor, c))(x, dy);
    return [y, dx].map((tensor) => Float32Array.from(tensor.dataSync()));
  });
}

await tf.setBackend(BACKEND);

for (const [name, given] of Object.entries(cases)) {
  Deno.test(`${name} gives the same bits however its units are shared out, and each time`, () => {
    const once = compute(given, pools.whole!);
    assert.ok(once.every((values) => values.every(Number.isFinite)));
    assert.deepEqual(compute(given, pools.single!), once);
    assert.deepEqual(compute(given, pools.whole!), once);
  });
}
