/** BatchNorm's statistics estimated again, since what flows through a network that was cut has changed. */
import type { RunContext } from "../../engine/op.ts";
import { type Room, withTensors } from "../../engine/tensor/mod.ts";
import type { Dataset } from "../data/dataset.ts";
import { forward, type ForwardResult } from "../model/forward.ts";
import { weightTensors } from "../model/infer.ts";
import { type Model, type Weight, weightName } from "../model/model.ts";
import { floatWeight } from "../model/weights.ts";
import { eachFirstBatch, FIRST_BATCH } from "./first_batches.ts";

/** Sums over batches of one layer's means and mean squares, per channel. */
interface Moments {
  readonly first: Float64Array;
  readonly second: Float64Array;
}

/**
 * The model with the mean and variance of every batchnorm taken over the first `batches` of 64 training samples, each
 * batch normalised by its own statistics on the way, as in training; nothing is dropped or drawn, no other weight moves. The
 * variance is that of all samples: the mean of the batches' variances plus the variance of their means. A smaller last
 * batch is left out unless it is the only one.
 */
export function recalibrated(
  model: Model,
  data: Dataset,
  batches: number,
  context: RunContext,
): Promise<Model> {
  return withTensors(async (room) => {
    const { weights, dispose } = weightTensors(room, model);
    const moments = new Map<string, Moments>();
    let seen = 0;
    try {
      await eachFirstBatch(room, model, data, batches * FIRST_BATCH, context, (x) => {
        if (seen > 0 && x[0]!.shape[0]! < FIRST_BATCH) return;
        const dropout = (_layer: string, shape: readonly number[]) => room.tf.ones([...shape]);
        const noise = (_layer: string, shape: readonly number[]) => room.tf.zeros([...shape]);
        const { statistics } = forward(room, model, weights, x, { training: true, dropout, noise });
        for (const [layer, each] of Object.entries(statistics)) add(room, moments, layer, each);
        seen++;
      });
    } finally {
      dispose();
    }
    return withStatistics(model, moments, seen);
  }, context);
}

function add(
  room: Room,
  moments: Map<string, Moments>,
  layer: string,
  { mean, variance }: ForwardResult["statistics"][string],
): void {
  const [means, variances] = [room.values(mean), room.values(variance)];
  const sums = moments.get(layer) ??
    { first: new Float64Array(means.length), second: new Float64Array(means.length) };
  moments.set(layer, sums);
  means.forEach((m, c) => {
    sums.first[c]! += m;
    sums.second[c]! += variances[c]! + m * m;
  });
}

function withStatistics(
  model: Model,
  moments: ReadonlyMap<string, Moments>,
  batches: number,
): Model {
  const weights: Record<string, Weight> = { ...model.weights };
  for (const [layer, { first, second }] of moments) {
    const mean = Float32Array.from(first, (sum) => sum / batches);
    const variance = Float32Array.from(
      second,
      (sum, c) => Math.max(0, sum / batches - (first[c]! / batches) * (first[c]! / batches)),
    );
    weights[weightName(layer, "mean")] = floatWeight([mean.length], mean);
    weights[weightName(layer, "variance")] = floatWeight([variance.length], variance);
  }
  return { ...model, weights };
}
