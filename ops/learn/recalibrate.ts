/**
 * BatchNorm's statistics estimated again: of a network that was cut, since what flows through it has changed; and
 * after a training that was too short for its moving averages to follow.
 */
import { isBatchNorm } from "../model/kinds/norm.ts";
import type { RunContext } from "../../engine/op.ts";
import { pow } from "../../engine/tensor/scalar_math.ts";
import { type Room, type Tensor, withTensors } from "../../engine/tensor/mod.ts";
import type { Dataset } from "../data/dataset.ts";
import { forward, type ForwardOptions, type ForwardResult } from "../model/forward.ts";
import { weightTensors } from "../model/infer.ts";
import { type LayerOf, type Model, ownerOf, weightName } from "../model/model.ts";
import { floatWeight } from "../model/weights.ts";
import { type Averages, followedOf } from "./averages.ts";
import type { Arrays } from "./constraint.ts";
import { eachFirstBatch, FIRST_BATCH, type FirstSamples } from "./batches.ts";
import type { Training } from "./training_fields.ts";

/** The share of an average that a training must have replaced. */
const FOLLOWED_ENOUGH = 0.9;

/** Sums over batches of one layer's means and mean squares, per channel. */
interface MomentSums {
  /** How many were added: one for each use of the layer in each batch. */
  count: number;
  readonly first: Float64Array;
  readonly second: Float64Array;
}

/**
 * The model with the mean and variance of every batchnorm taken over the first `batches` of 64 training samples; no
 * other weight moves. See `statisticsOver`.
 */
export function recalibrated(
  model: Model,
  data: Dataset,
  batches: number,
  context: RunContext,
): Promise<Model> {
  return withTensors(async (room) => {
    const { weights, dispose } = weightTensors(room, model);
    const samples = batches * FIRST_BATCH;
    const pass = (x: readonly Tensor[]) =>
      forward(room, { ...model, weights }, x, statisticsPass(room));
    try {
      const found = await statisticsOver(room, model, { data, samples, context, pass });
      const changed = Object.entries(found).map(([name, values]) =>
        [name, floatWeight([values.length], values)] as const
      );
      return { ...model, weights: { ...model.weights, ...Object.fromEntries(changed) } };
    } finally {
      dispose();
    }
  }, context);
}

/**
 * How a pass runs whose statistics are taken: normalised by its own batch, as in training; nothing is dropped or
 * drawn.
 */
export function statisticsPass({ tf }: Room): ForwardOptions {
  return {
    training: true,
    dropout: (_layer, shape) => tf.ones([...shape]),
    noise: (_layer, shape) => tf.zeros([...shape]),
  };
}

/**
 * Mean and variance of the batchnorms whose statistics `pass` gives, by weight name, over the first training samples,
 * 64 at a time. The variance is that of all samples: the mean of the batches' variances plus the variance of their
 * means. A smaller last batch is left out unless it is the only one.
 */
export async function statisticsOver(
  room: Room,
  model: Pick<Model, "inputs" | "layers" | "preprocess">,
  { pass, ...samples }: FirstSamples & {
    readonly pass: (x: readonly Tensor[]) => Pick<ForwardResult, "statistics">;
  },
): Promise<Averages> {
  const moments = new Map<string, MomentSums>();
  const owners = new Map(model.layers.map((layer) => [layer.name, ownerOf(layer)]));
  let seen = 0;
  await eachFirstBatch(room, model, samples, (x) => {
    if (seen > 0 && x[0]!.shape[0]! < FIRST_BATCH) return;
    const { statistics } = pass(x);
    for (const [layer, each] of Object.entries(statistics)) {
      add(room, moments, owners.get(layer)!, each);
    }
    seen++;
  });
  const averages: Record<string, Float32Array> = {};
  for (const [layer, { count, first, second }] of moments) {
    averages[weightName(layer, "mean")] = Float32Array.from(first, (sum) => sum / count);
    averages[weightName(layer, "variance")] = Float32Array.from(
      second,
      (sum, c) => Math.max(0, sum / count - (first[c]! / count) * (first[c]! / count)),
    );
  }
  return averages;
}

/**
 * The batchnorms that are estimated again after a training; `arrays` are what was kept of it. By itself those that
 * replaced less than nine tenths of their averages, where a layer's were older than the training: loaded, learned
 * before, or cut from such. A new network keeps the averages that it has, however few its updates.
 */
export function outdatedNorms(
  { layers }: Pick<Model, "layers">,
  { recalibrate = "auto" }: Pick<Training, "recalibrate">,
  arrays: Arrays,
): readonly LayerOf<"batchnorm">[] {
  const followed = layers.flatMap((layer) => {
    const own = followedOf(arrays, layer.name);
    return isBatchNorm(layer) && own !== undefined && own.updates > 0 ? [{ layer, ...own }] : [];
  });
  if (recalibrate === "never" || recalibrate === "auto" && !followed.some(({ older }) => older)) {
    return [];
  }
  return followed.filter(({ layer: { momentum }, updates }) =>
    recalibrate === "always" || 1 - pow(momentum, updates) < FOLLOWED_ENOUGH
  ).map(({ layer }) => layer);
}

/**
 * What is said of it where nobody asked: which layers, why, and how to leave them alone; `field` is that of a stage
 * which holds the training.
 */
export function outdatedSentence(
  norms: readonly LayerOf<"batchnorm">[],
  arrays: Arrays,
  field?: string,
): string {
  const [slowest] = [...norms].sort((a, b) => b.momentum - a.momentum);
  const { updates } = followedOf(arrays, slowest!.name)!;
  const share = Math.round(100 * (1 - pow(slowest!.momentum, updates)));
  const which = norms.length === 1
    ? slowest!.name
    : `${norms.length} layers (${norms[0]!.name}, …)`;
  const made = updates === 1 ? "1 update replaces" : `${updates} updates replace`;
  return `BatchNorm of ${which} was estimated anew over the training samples: its averages are from before the ` +
    `training, and at momentum ${slowest!.momentum} ${made} ${share} % of them; \`${
      field === undefined ? "" : `${field}.`
    }recalibrate: never\` keeps them`;
}

function add(
  room: Room,
  moments: Map<string, MomentSums>,
  layer: string,
  { mean, variance }: ForwardResult["statistics"][string],
): void {
  const [means, variances] = [room.values(mean), room.values(variance)];
  const sums = moments.get(layer) ??
    { count: 0, first: new Float64Array(means.length), second: new Float64Array(means.length) };
  moments.set(layer, sums);
  sums.count++;
  means.forEach((m, c) => {
    sums.first[c]! += m;
    sums.second[c]! += variances[c]! + m * m;
  });
}
