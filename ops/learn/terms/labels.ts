/** The loss of supervised training: cross-entropy with the labels, or squared error. */
import { Type } from "../../../engine/field.ts";
import type { Scalar } from "../../../engine/tensor/mod.ts";
import { flat } from "./parts/features.ts";
import { headOutput } from "./parts/head_output.ts";
import { defineTerm, type TermBatch } from "./term.ts";

/**
 * Classification: the mean over the batch of −Σₖ tₖ log softmax(z)ₖ with t = (1 − ε) one-hot + ε/K, ε = `smoothing`
 * (Szegedy et al. 2016). Regression: the mean of (z − t)² over batch and targets. Reconstruction: the mean of (x̂ −
 * x)² over batch and values, x̂ the head's output. Smoothing is for classification alone.
 */
export const labels = defineTerm({
  summary: "Cross-entropy with the labels; squared error for regression",
  fields: {
    smoothing: Type.Number({
      minimum: 0,
      exclusiveMaximum: 1,
      default: 0,
      description: "The share of each label that is spread over all classes",
    }),
  },
  reads: { labels: true },
  value: (batch, { smoothing }) => lossOfLabels(batch, smoothing),
});

/** The same without a training: no curve is read. */
export function lossOfLabels(
  { room, task, logits, targets, own, sample }: Omit<TermBatch, "at">,
  smoothing: number,
): Scalar {
  const { tf, nn } = room;
  if (task === "reconstruction") {
    const made = headOutput(room, own!.model.head, flat(room, logits));
    return tf.mean(tf.squaredDifference(made, flat(room, sample!)));
  }
  if (task === "regression") return tf.mean(tf.square(tf.sub(flat(room, logits), targets!)));
  const classes = logits.shape[1]!;
  const spread = smoothing === 0
    ? targets!
    : tf.add(tf.mul(targets!, 1 - smoothing), smoothing / classes);
  return tf.mean(nn.crossEntropy(logits, spread, 1));
}
