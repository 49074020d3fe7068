/** Distance from a teacher's output, by which generators and decoders are distilled (Aguinaldo et al. 2019). */
import { OneOf } from "../../../engine/field.ts";
import type { Scalar } from "../../../engine/tensor/mod.ts";
import { flat, magnitude } from "./parts/features.ts";
import { bernoulli, headOutput } from "./parts/head_output.ts";
import { defineTerm } from "./term.ts";

/**
 * The distance between the two heads' outputs on the same input: the mean over batch and values of (x − y)² (`mse`, on
 * pixels eq. 2 of arXiv 1902.00159) or |x − y| (`l1`). `cross-entropy` is of the teacher's probabilities: the mean over
 * batch and values under a sigmoid, over the batch under a softmax.
 */
export const output = defineTerm({
  summary: "Distance between the outputs themselves, pixel by pixel",
  fields: {
    distance: OneOf(["mse", "l1", "cross-entropy"], {
      default: "mse",
      description: "The distance between values",
    }),
  },
  reads: { teacher: true },
  compares: "outputs",
  refuses: ({ distance }, { head, family }) =>
    distance === "cross-entropy" && head === "none"
      ? {
        field: "distance",
        message:
          `cross-entropy is between probabilities, and this model (${family}) gives plain numbers`,
        help: "distance: mse",
      }
      : undefined,
  value({ room, logits, teacher, own }, { distance }) {
    const { tf, nn } = room;
    const { head } = own!.model;
    const [ours, theirs] = [flat(room, logits), flat(room, teacher!)];
    if (distance === "cross-entropy") {
      const targets = headOutput(room, head, theirs);
      return tf.mean(
        head === "softmax" ? nn.crossEntropy(ours, targets, 1) : bernoulli(room, ours, targets),
      ) as Scalar;
    }
    const difference = tf.sub(headOutput(room, head, ours), headOutput(room, head, theirs));
    return tf.mean(
      distance === "mse" ? tf.square(difference) : magnitude(room, difference),
    ) as Scalar;
  },
});
