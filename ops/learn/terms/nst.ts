/** What each channel selects, as a distribution (Huang & Wang 2017, "Like what you like", arXiv 1707.01219). */
import { OneOf } from "../../../engine/field.ts";
import type { Room, Scalar, Tensor } from "../../../engine/tensor/mod.ts";
import { alike, places, shortfall, unfitMaps, unit } from "./parts/features.ts";
import { matchTerm } from "./parts/match.ts";

/**
 * The squared maximum mean discrepancy between channels of student and teacher, each a vector over the places of a
 * map with length 1 (one that is 0 everywhere stays so): mean k(s, s) + mean k(t, t) − 2 mean k(s, t) over pairs of
 * channels and the batch (eq. 5). k(x, y) is (x·y)² for `poly`, x·y for `linear`, exp(−‖x − y‖² / 2σ²) for `gaussian`
 * with σ² the mean of ‖s − t‖² over the batch. The order of channels and the scale of each mean nothing; their counts
 * may differ; the larger map is pooled.
 */
export const nst = matchTerm(
  "The distribution of channel activations (neuron selectivity, Huang & Wang)",
  {
    kernel: OneOf(["poly", "linear", "gaussian"], {
      default: "poly",
      description: "The kernel of the discrepancy",
    }),
  },
  (room, { student, teacher }, { kernel }) => {
    const { tf } = room;
    const [ours, theirs] = alike(room, student[0]!, teacher[0]!)
      .map((map) => channelsOf(room, map)) as [ChannelVectors, ChannelVectors];
    const across = pairsOf(room, ours, theirs);
    const like = kernels[kernel](room, across);
    const mean = (pairs: Pairs) => tf.mean(like(pairs));
    const within = tf.add(
      mean(pairsOf(room, ours, ours)),
      mean(pairsOf(room, theirs, theirs)),
    );
    return tf.sub(within, tf.mul(mean(across), 2)) as Scalar;
  },
  { layers: 1, unfit: unfitMaps },
);

/** The channels of a map as vectors over its places, and what one that is 0 everywhere lacks of the length 1, [B, 1, C]. */
interface ChannelVectors {
  readonly vectors: Tensor;
  readonly short: Tensor;
}

function channelsOf(room: Room, map: Tensor): ChannelVectors {
  const values = places(room, map);
  return { vectors: unit(room, values, 1), short: shortfall(room, values, 1) };
}

/** Every channel x of one map with every y of another, [B, C, D]: x·y, and half of what both lengths lack of 1. */
interface Pairs {
  readonly dots: Tensor;
  readonly short: Tensor;
}

function pairsOf({ tf }: Room, a: ChannelVectors, b: ChannelVectors): Pairs {
  const short = tf.mul(tf.add(tf.transpose(a.short, [0, 2, 1]), b.short), 0.5);
  return { dots: tf.matMul(a.vectors, b.vectors, true), short };
}

/** From pairs to the kernel's values; `across` are those of the student with the teacher. */
type KernelFunction = (room: Room, across: Pairs) => (pairs: Pairs) => Tensor;

const kernels: { readonly [K in "poly" | "linear" | "gaussian"]: KernelFunction } = {
  poly: ({ tf }) => ({ dots }) => tf.square(dots),
  linear: () => ({ dots }) => dots,
  gaussian: ({ tf }, across) => {
    // ‖x − y‖² / 2 = 1 − short − x·y; σ² is twice the mean of it.
    const mean = tf.sub(tf.sub(1, tf.mean(across.dots)), tf.mean(across.short));
    const spread = tf.maximum(tf.mul(mean, 2), 1e-6);
    return ({ dots, short }) => tf.exp(tf.div(tf.add(tf.sub(dots, 1), short), spread));
  },
};
