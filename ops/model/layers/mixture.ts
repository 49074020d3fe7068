/** The mean of several distributions, by logits: what several classifiers say together. */
import type { Room, Tensor } from "../../../engine/tensor/mod.ts";
import { log } from "../../../engine/tensor/scalar_math.ts";

/** The logarithm of each share, in single precision: what every runtime adds. */
export function logShares(shares: readonly number[]): readonly number[] {
  return shares.map((share) => Math.fround(log(share)));
}

/**
 * log Σ shareₖ · softmax(zₖ), for each class: a softmax of it is the mean of the distributions. Term by term, as
 * a + softplus(b − a) with the logarithms a and b of both sides, so that no probability is too small.
 */
export function mixture(
  { tf, nn }: Room,
  shares: readonly number[],
  logits: readonly Tensor[],
): Tensor {
  const logs = logShares(shares);
  const sides = logits.map((z, k) => tf.add(nn.logSoftmax(z, 1), logs[k]!));
  return sides.reduce((a, b) => tf.add(a, tf.softplus(tf.sub(b, a))));
}
