/**
 * Figures of samples that have any number of labels. A label is answered where its probability is above one half, its logit
 * above 0.
 */
import { bernoulliSurprise } from "../learn/score.ts";
import type { Labelled } from "./answered.ts";

/** Whether the number at a place says that the label is there. */
export const isAnswered = (logits: Float32Array, at: number): boolean => logits[at]! > 0;

/** The fraction of samples of which every label is answered rightly, scikit-learn's `accuracy_score`. */
export function subsetAccuracy({ y, logits, width }: Labelled, weights?: Uint32Array): number {
  let [right, count] = [0, 0];
  for (let first = 0, row = 0; first < y.length; first += width, row++) {
    const weight = weights?.[row] ?? 1;
    let all = true;
    for (let at = first; at < first + width; at++) {
      if (isAnswered(logits, at) !== (y[at] === 1)) all = false;
    }
    if (all) right += weight;
    count += weight;
  }
  return right / count;
}

/** The fraction of all labels of all samples that are answered wrongly, scikit-learn's `hamming_loss`. */
export function hammingLoss({ y, logits, width }: Labelled, weights?: Uint32Array): number {
  let [wrong, count] = [0, 0];
  for (let at = 0; at < y.length; at++) {
    const weight = weights?.[Math.floor(at / width)] ?? 1;
    if (isAnswered(logits, at) !== (y[at] === 1)) wrong += weight;
    count += weight;
  }
  return wrong / count;
}

/** Binary cross-entropy in nats, the mean over samples and labels. */
export function labelLoss({ y, logits }: Labelled): number {
  return y.reduce((sum, truth, at) => sum + bernoulliSurprise(logits[at]!, truth), 0) / y.length;
}
