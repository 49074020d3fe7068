/** Logits without scale and offset (Sun et al. 2024, "Logit standardization", arXiv 2403.01265, eq. 11). */
import type { Room, Tensor } from "../../../../engine/tensor/mod.ts";
import { centred } from "./features.ts";

/** (z − mean) / (deviation + 10⁻⁷) of each row; the deviation divides by K − 1, as the authors' code has it. */
export function standardized(room: Room, logits: Tensor): Tensor {
  const { tf } = room;
  const offset = centred(room, logits, -1);
  const variance = tf.div(tf.sum(tf.square(offset), -1, true), Math.max(1, logits.shape[1]! - 1));
  // The root of zero has no gradient.
  const deviation = tf.sqrt(tf.maximum(variance, 1e-14));
  return tf.div(offset, tf.add(deviation, 1e-7));
}
