/**
 * Resemblances as probabilities (Passalis & Tefas 2018, "Learning deep representations with PKT", arXiv 1803.10837).
 */
import type { Room, Scalar, Tensor } from "../../../engine/tensor/mod.ts";
import { cosinesOf } from "./parts/features.ts";
import { matchTerm } from "./parts/match.ts";

const EPSILON = 1e-7;

/**
 * With p = (1 + cos(xᵢ, xⱼ)) / 2, each row divided by its sum: the mean over B² of pₜ log((pₜ + 10⁻⁷) / (pₛ + 10⁻⁷)),
 * as the authors' code has it. Any two layers can be compared.
 */
export const pkt = matchTerm(
  "Resemblances of samples as probabilities (Passalis & Tefas)",
  {},
  (room, { student: [ours], teacher: [theirs] }) => {
    const { tf } = room;
    const [p, q] = [probabilities(room, theirs!), probabilities(room, ours!)];
    const ratio = tf.div(tf.add(p, EPSILON), tf.add(q, EPSILON));
    return tf.mean(tf.mul(p, tf.log(ratio))) as Scalar;
  },
);

function probabilities(room: Room, values: Tensor): Tensor {
  const { tf } = room;
  const likeness = tf.mul(tf.add(cosinesOf(room, values), 1), 0.5);
  return tf.div(likeness, tf.sum(likeness, 1, true));
}
