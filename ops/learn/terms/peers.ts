/** Divergence from the other models of a cohort (Zhang et al. 2018, "Deep mutual learning", arXiv 1706.00384). */
import { CurveField, OneOf } from "../../../engine/field.ts";
import type { Room, Scalar, Tensor } from "../../../engine/tensor/mod.ts";
import { divergenceOf } from "./parts/divergence.ts";
import { defineTerm } from "./term.ts";

/**
 * T² times, mean over the batch: with `each` the mean over the other models l of KL(pₗ ‖ p) (eq. 9 of the paper),
 * with `mean` KL of the mean of their probabilities from p. No gradient flows into the others.
 */
export const peers = defineTerm({
  summary: "Divergence from the other models of a cohort (mutual learning)",
  fields: {
    temperature: CurveField({
      exclusiveMinimum: 0,
      default: 1,
      description: "The divisor of all logits",
    }),
    target: OneOf(["each", "mean"], {
      default: "each",
      description: "What the model learns from: each of the others, or the mean of their answers",
    }),
  },
  reads: { peers: true },
  compares: "classes",
  value({ room, logits, peers, at }, { temperature: curve, target }) {
    const { tf } = room;
    const temperature = at(curve);
    const rows = divergences[target](room, peers!, logits, temperature);
    return tf.mul(tf.mean(rows), temperature * temperature) as Scalar;
  },
});

type PeerDivergence = (
  room: Room,
  peers: readonly Tensor[],
  own: Tensor,
  temperature: number,
) => Tensor;

const divergences: { readonly [T in "each" | "mean"]: PeerDivergence } = {
  each: (room, peers, own, temperature) =>
    room.tf.stack(peers.map((peer) => divergenceOf(room, peer, own, temperature))),
  mean: (room, peers, own, temperature) => {
    const { tf, nn } = room;
    const mean = tf.mean(tf.stack(peers.map((peer) => nn.softmax(peer, temperature))), 0);
    const logs = tf.log(tf.maximum(mean, 1e-30));
    return tf.sum(tf.mul(mean, tf.sub(logs, nn.logSoftmax(own, temperature))), -1);
  },
};
