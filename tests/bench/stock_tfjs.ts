// deno-lint-ignore-file no-console -- a benchmark prints
/** A workload in stock tfjs on its CPU backend, one thread, as its users write it: layers and `trainOnBatch`. */
import * as tf from "npm:@tensorflow/tfjs-layers@4.22.0";
import * as core from "npm:@tensorflow/tfjs-core@4.22.0";
import "npm:@tensorflow/tfjs-backend-cpu@4.22.0";
import { median } from "./median.ts";

const { conv2d, maxPooling2d, flatten, dense } = tf.layers;
const conv = (filters: number, inputShape?: number[]) =>
  conv2d({
    filters,
    kernelSize: 3,
    padding: "same",
    activation: "relu",
    ...(inputShape === undefined ? {} : { inputShape }),
  });

const workloads = {
  mlp1200: {
    batch: [128, 784],
    layers: () => [
      dense({ units: 1200, activation: "relu", inputShape: [784] }),
      dense({ units: 1200, activation: "relu" }),
      dense({ units: 10 }),
    ],
  },
  cnn: {
    batch: [64, 28, 28, 1],
    layers: () => [
      conv(16, [28, 28, 1]),
      maxPooling2d({ poolSize: 2 }),
      conv(32),
      maxPooling2d({ poolSize: 2 }),
      flatten(),
      dense({ units: 128, activation: "relu" }),
      dense({ units: 10 }),
    ],
  },
} as const;

const workload = Deno.args[0] as keyof typeof workloads;
const { batch, layers } = workloads[workload];
await core.setBackend("cpu");
const model = tf.sequential({ layers: layers() });
const loss = (labels: core.Tensor, logits: core.Tensor) =>
  core.losses.softmaxCrossEntropy(labels, logits);
model.compile({ optimizer: core.train.adam(), loss });
const x = core.randomNormal([...batch]);
const y = core.oneHot(
  core.tensor1d(Array.from({ length: batch[0] }, (_, i) => i % 10), "int32"),
  10,
);

async function rate(step: () => Promise<unknown>): Promise<number> {
  await step();
  const rates: number[] = [];
  for (let i = 0; i < 2; i++) {
    const began = performance.now();
    await step();
    rates.push(batch[0] * 1000 / (performance.now() - began));
  }
  return Math.round(median(rates) * 10) / 10;
}

const train = await rate(() => model.trainOnBatch(x, y));
const infer = await rate(() => (model.predict(x) as core.Tensor).data());
console.log(JSON.stringify({ workload, train_items_per_s: train, infer_items_per_s: infer }));
