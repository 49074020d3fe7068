/** The loss of supervised training: cross-entropy with the labels, or squared error. */
import { Type } from "../../../engine/field.ts";
import { given } from "../../../engine/given.ts";
import type { Scalar } from "../../../engine/tensor/mod.ts";
import { classWeightsField, classWeightsRefusal, weightOfClasses } from "./parts/class_weights.ts";
import { flat } from "./parts/features.ts";
import { bernoulli, headOutput } from "./parts/head_output.ts";
import { defineTerm, type TermBatch } from "./term.ts";

/**
 * Classification: the mean over the batch of −Σₖ tₖ log softmax(z)ₖ with t = (1 − ε) one-hot + ε/K, ε = `smoothing`
 * (Szegedy et al. 2016). With `class_weights` w each sample's summand is multiplied by Σₖ wₖ · one-hotₖ; the mean is
 * still over the samples, as Keras has it. Several labels: the mean over batch and labels of −t log σ(z) − (1 − t)
 * log(1 − σ(z)) with t = (1 − ε) y + ε/2, Keras's binary cross-entropy. Regression: the mean of (z − t)² over batch and
 * targets. Reconstruction: the mean of (x̂ − x)² over batch and values, x̂ the head's output. Smoothing is for classes
 * and labels alone.
 */
export const labels = defineTerm({
  summary:
    "Cross-entropy with the labels, binary where there are several; squared error for regression",
  fields: {
    smoothing: Type.Number({
      minimum: 0,
      exclusiveMaximum: 1,
      default: 0,
      description:
        "The share of each label that is spread over all classes; where a sample may have several, over yes and no of each",
    }),
    class_weights: Type.Optional(classWeightsField),
  },
  reads: { labels: true },
  refusesData: ({ class_weights: said }, data) => said && classWeightsRefusal(said, data),
  value(batch, { smoothing, class_weights: said }) {
    const weights = said && weightOfClasses(said, batch.classes!);
    return lossOfLabels(batch, { smoothing, ...given({ weights }) });
  },
});

/** The same without a training: no curve is read. */
export function lossOfLabels(
  { room, task, logits, targets, own, sample }: Omit<TermBatch, "at">,
  { smoothing, weights }: { readonly smoothing: number; readonly weights?: readonly number[] },
): Scalar {
  const { tf, nn } = room;
  if (task === "reconstruction") {
    const made = headOutput(room, own!.model.head, flat(room, logits));
    return tf.mean(tf.squaredDifference(made, flat(room, sample!)));
  }
  if (task === "regression") return tf.mean(tf.square(tf.sub(flat(room, logits), targets!)));
  if (task === "multi-label") {
    const soft = smoothing === 0
      ? targets!
      : tf.add(tf.mul(targets!, 1 - smoothing), smoothing / 2);
    return tf.mean(bernoulli(room, flat(room, logits), soft));
  }
  const classes = logits.shape[1]!;
  const spread = smoothing === 0
    ? targets!
    : tf.add(tf.mul(targets!, 1 - smoothing), smoothing / classes);
  const rows = nn.crossEntropy(logits, spread, 1);
  if (weights === undefined) return tf.mean(rows);
  const factors = tf.matMul(targets!, room.tensor(Float32Array.from(weights), [classes, 1]));
  return tf.mean(tf.mul(rows, tf.reshape(factors, rows.shape)));
}
