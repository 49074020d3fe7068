/** A teacher's output as the target: what generators and decoders are distilled by (Aguinaldo et al. 2019). */
import { OneOf } from "../../../engine/field.ts";
import type { Scalar } from "../../../engine/tensor/mod.ts";
import { behindHead, bernoulli } from "./parts/behind_head.ts";
import { flat, magnitude } from "./parts/features.ts";
import { defineTerm, teacherFields } from "./term.ts";

/**
 * The distance between what both answer to the same input, each behind its head: the mean over batch and values of
 * (x − y)² (`mse`) or |x − y| (`l1`); `cross-entropy`: of the teacher's probabilities, the mean over batch and values
 * under a sigmoid, over the batch under a softmax (arXiv 1902.00159, eq. 2: `mse` on pixels).
 */
export const output = defineTerm({
  schema: teacherFields("Distance between the outputs themselves, pixel by pixel", {
    distance: OneOf(["mse", "l1", "cross-entropy"], {
      default: "mse",
      description: "The distance between values",
    }),
  }),
  value({ room, logits, teacher, own }, { distance }) {
    const { tf, nn } = room;
    const { head } = own!.model;
    const [ours, theirs] = [flat(room, logits), flat(room, teacher!)];
    if (distance === "cross-entropy") {
      const targets = behindHead(room, head, theirs);
      return tf.mean(
        head === "softmax" ? nn.crossEntropy(ours, targets, 1) : bernoulli(room, ours, targets),
      ) as Scalar;
    }
    const difference = tf.sub(behindHead(room, head, ours), behindHead(room, head, theirs));
    return tf.mean(
      distance === "mse" ? tf.square(difference) : magnitude(room, difference),
    ) as Scalar;
  },
});
