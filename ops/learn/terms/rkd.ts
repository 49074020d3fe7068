/** Distances and angles between samples (Park et al. 2019, "Relational knowledge distillation", arXiv 1904.05068). */
import { Type } from "../../../engine/field.ts";
import type { Room, Scalar, Tensor } from "../../../engine/tensor/mod.ts";
import { centredGram, huber } from "./parts/features.ts";
import { matchTerm } from "./parts/match.ts";

/** Squared distances below are of samples that are the same. */
const SAME = 1e-12;

/**
 * `distance_weight` · the mean over pairs of huber(ψₛ − ψₜ) with ψ = ‖xᵢ − xⱼ‖ / μ (eq. 6, 7; μ: mean of the
 * distances that are not zero) + `angle_weight` · the mean over triples of huber(aₛ − aₜ) with a = cos ∠ xᵢ xⱼ xₖ
 * (eq. 9, 10). Both means are over all B² or B³, those of a sample with itself among them, as the authors' code has
 * it; huber is with δ = 1. Any two layers can be compared; neither scale, rotation nor shift of all samples changes
 * the value.
 */
export const rkd = matchTerm(
  "Distances and angles between the samples of a batch (Park et al.)",
  {
    distance_weight: Type.Number({
      minimum: 0,
      default: 25,
      description: "The factor before distances",
    }),
    angle_weight: Type.Number({ minimum: 0, default: 50, description: "The factor before angles" }),
  },
  (room, { student: [ours], teacher: [theirs] }, { distance_weight, angle_weight }) => {
    const { tf } = room;
    const [a, b] = [relationsOf(room, ours!), relationsOf(room, theirs!)];
    const distances = tf.mean(huber(room, tf.sub(a.distances, b.distances)));
    const angles = tf.mean(huber(room, tf.sub(a.angles, b.angles)));
    return tf.add(tf.mul(distances, distance_weight), tf.mul(angles, angle_weight)) as Scalar;
  },
);

/** Distances over their mean, [B, B], and cosines of angles at the first axis' sample, [B, B, B]. */
function relationsOf(room: Room, values: Tensor): { distances: Tensor; angles: Tensor } {
  const { tf } = room;
  const gram = centredGram(room, values);
  const count = gram.shape[0]!;
  const self = tf.eye(count);
  // ‖xᵢ − xⱼ‖² = Gᵢᵢ + Gⱼⱼ − 2 Gᵢⱼ
  const squares = tf.sum(tf.mul(gram, self), 1, true);
  const apart = tf.sub(tf.add(squares, tf.transpose(squares)), tf.mul(gram, 2));
  const positive = tf.mul(tf.step(tf.sub(apart, SAME)), tf.sub(1, self));
  const lengths = tf.mul(tf.sqrt(tf.maximum(apart, SAME)), positive);
  const mean = tf.div(tf.sum(lengths), tf.maximum(tf.sum(positive), 1));
  const distances = tf.div(lengths, tf.maximum(mean, SAME));
  // (xᵢ − xⱼ)·(xₖ − xⱼ) = Gᵢₖ − Gᵢⱼ − Gₖⱼ + Gⱼⱼ, the corner j on the first axis.
  const [corner, one, other] = [[count, 1, 1], [count, count, 1], [count, 1, count]];
  const products = tf.add(
    tf.sub(
      tf.sub(tf.reshape(gram, [1, count, count]), tf.reshape(gram, one!)),
      tf.reshape(gram, other!),
    ),
    tf.reshape(squares, corner!),
  );
  const inverse = tf.div(positive, tf.add(lengths, tf.sub(1, positive)));
  const angles = tf.mul(
    tf.mul(products, tf.reshape(inverse, one!)),
    tf.reshape(inverse, other!),
  );
  return { distances, angles };
}
