/** Normalisation with scale and shift: over the batch, or over the channels of each position. */
import { Type } from "../../../engine/field.ts";
import { Activated, Flag, Positive } from "./attributes.ts";
import { defineLayer, type LayerIn } from "./define.ts";
import { activatedExpected } from "./expected.ts";
import { one } from "./shape_checks.ts";

/**
 * Batch normalisation (Ioffe & Szegedy 2015, arXiv 1502.03167): with the batch's mean and variance while training,
 * with their moving averages in inference.
 */
export const batchnorm = defineLayer({
  kind: "batchnorm",
  attributes: Type.Object({ epsilon: Positive, momentum: Positive, activation: Activated }),
  shape: one,
  weights: (_layer, [input]) => {
    const channels = [input!.at(-1)!];
    return { gamma: channels, beta: channels, mean: channels, variance: channels };
  },
  channels: { weights: { gamma: ["out"], beta: ["out"], mean: ["out"], variance: ["out"] } },
  integers: { values: "makes" },
  expected({ activation }, { weight }) {
    const [mean, gamma] = [Float64Array.from(weight("beta")), Float64Array.from(weight("gamma"))];
    return activatedExpected({ mean, deviation: gamma.map(Math.abs) }, activation);
  },
  run({ epsilon, activation }, { room: { nn }, inputs: [x], weight, training, statistics }) {
    const [gamma, beta] = [weight("gamma"), weight("beta")];
    if (!training) {
      return nn.batchNorm(
        x!,
        weight("mean"),
        weight("variance"),
        gamma,
        beta,
        epsilon,
        activation,
      );
    }
    const { y, mean, variance } = nn.batchNormTraining(x!, gamma, beta, epsilon, activation);
    statistics(mean, variance);
    return y;
  },
});

/** Whether a layer is a batch normalisation: what is folded, watched in training and ranked by its scale. */
export function isBatchNorm<L extends { readonly kind: string }>(
  layer: L,
): layer is L & LayerIn<typeof batchnorm> {
  return layer.kind === batchnorm.kind;
}

/** Normalised along the last axis, with gamma and beta (Ba et al. 2016, arXiv 1607.06450). */
export const layerNorm = defineLayer({
  kind: "layer-norm",
  attributes: Type.Object({ epsilon: Positive }),
  shape: one,
  weights: (_layer, [input]) => ({ gamma: [input!.at(-1)!], beta: [input!.at(-1)!] }),
  channels: {
    // Its mean and deviation are taken over all channels: without one of them it would be another function.
    pass: ({ inputs: [channels], ties }) => ties.fix(channels!),
    weights: { gamma: ["out"], beta: ["out"] },
  },
  run: ({ epsilon }, { room, inputs: [x], weight }) =>
    room.nn.layerNorm(x!, weight("gamma"), weight("beta"), epsilon),
});

/** Along the last axis: eᶻ over the sum of all, or its logarithm. */
export const softmax = defineLayer({
  kind: "softmax",
  attributes: Type.Object({ log: Flag }),
  selects: () => "activation",
  shape: one,
  // Each value depends on all.
  channels: { pass: ({ inputs: [channels], ties }) => ties.fix(channels!) },
  run: ({ log }, { room: { nn }, inputs: [x] }) => log ? nn.logSoftmax(x!, 1) : nn.softmax(x!, 1),
});

/**
 * Along the last axis, divided by √(spread + epsilon): `deviation`, of what is left without the mean, by the variance;
 * `rms` by the mean of squares (Zhang & Sennrich 2019, arXiv 1910.07467); `length` by the sum of squares, at least
 * epsilon, to which nothing is added. No weights.
 */
export const standardize = defineLayer({
  kind: "standardize",
  attributes: Type.Object({
    by: Type.Union([Type.Literal("deviation"), Type.Literal("rms"), Type.Literal("length")]),
    epsilon: Positive,
  }),
  shape: one,
  channels: { pass: ({ inputs: [channels], ties }) => ties.fix(channels!) },
  run({ by, epsilon }, { room: { tf }, inputs: [x] }) {
    const centred = by === "deviation" ? tf.sub(x!, tf.mean(x!, -1, true)) : x!;
    const squares = tf.square(centred);
    const spread = by === "length"
      ? tf.maximum(tf.sum(squares, -1, true), epsilon)
      : tf.add(tf.mean(squares, -1, true), epsilon);
    return tf.div(centred, tf.sqrt(spread));
  },
});
