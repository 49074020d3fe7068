/** Kullback–Leibler divergence between two answers. */
import type { Room, Tensor } from "../../../engine/tensor/mod.ts";

/**
 * KL(softmax(from / T) ‖ softmax(to / T)) of each row, [B, K] → [B]. From differences of log-softmaxes: cross-entropy
 * minus entropy is the same number, and at a high temperature, where it is small, loses most of its digits.
 */
export function divergenceOf(
  { tf, nn }: Room,
  from: Tensor,
  to: Tensor,
  temperature: number,
): Tensor {
  const difference = tf.sub(nn.logSoftmax(from, temperature), nn.logSoftmax(to, temperature));
  return tf.sum(tf.mul(nn.softmax(from, temperature), difference), -1);
}
