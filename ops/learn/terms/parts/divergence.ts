/** Kullback–Leibler divergence between two answers. */
import type { Room, Tensor } from "../../../../engine/tensor/mod.ts";

/**
 * Above this temperature two softmaxes lie closer together than the digits of their logarithms: a divergence of 10⁻⁷
 * times the squared temperature would be rounding. There differences come from those of the logits.
 */
const CLOSE = 32;

/**
 * KL(softmax(from / T) ‖ softmax(to / T)) of each row, [B, K] → [B]. From differences of log-softmaxes: cross-entropy
 * minus entropy is the same number, and at a high temperature, where it is small, loses most of its digits.
 */
export function divergenceOf(room: Room, from: Tensor, to: Tensor, temperature: number): Tensor {
  const { tf, nn } = room;
  const p = nn.softmax(from, temperature);
  if (isClose(temperature)) {
    return spreadOf(room, p, tf.div(tf.sub(from, to), temperature)).spread;
  }
  const difference = tf.sub(nn.logSoftmax(from, temperature), nn.logSoftmax(to, temperature));
  return tf.sum(tf.mul(p, difference), -1);
}

/** Whether a divergence at that temperature needs `logRatio`. */
export const isClose = (temperature: number): boolean => temperature > CLOSE;

/**
 * log pᵢ − log qᵢ with p = softmax(from / T), q = softmax(to / T), [B, K]: with d = (from − to) / T it is
 * dᵢ + log Σ p e⁻ᵈ, whose rounding is that of d and not that of the logarithms.
 */
export function logRatio(room: Room, from: Tensor, to: Tensor, temperature: number): Tensor {
  const { tf, nn } = room;
  const d = tf.div(tf.sub(from, to), temperature);
  const shift = logMeanExp(room, nn.softmax(from, temperature), d);
  return tf.add(d, tf.expandDims(shift, -1));
}

/** log Σ w e⁻ᵈ of each row, for weights w that add up to 1, [B, K] → [B]. */
export function logMeanExp(room: Room, weights: Tensor, d: Tensor): Tensor {
  const { mean, spread } = spreadOf(room, weights, d);
  return room.tf.sub(spread, mean);
}

/**
 * m = Σ w d and log Σ w e^(m − d) of each row, [B] each: with w a softmax and d how far its logits are above
 * another's, the second is the divergence. It is log (1 + Σ w (e^(m − d) − 1 − (m − d))), in which nothing large
 * cancels where d is small.
 */
function spreadOf({ tf }: Room, weights: Tensor, d: Tensor): { mean: Tensor; spread: Tensor } {
  const mean = tf.sum(tf.mul(weights, d), -1, true);
  // Beyond it a class without weight would be 0 · ∞; one with weight is nearer to the mean.
  const around = tf.minimum(tf.sub(mean, d), 80);
  const beyond = tf.sum(tf.mul(weights, tf.sub(tf.expm1(around), around)), -1);
  return { mean: tf.squeeze(mean, [-1]), spread: tf.log1p(beyond) };
}
