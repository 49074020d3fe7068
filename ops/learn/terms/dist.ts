/**
 * Correlation instead of equality (Huang et al. 2022, "Knowledge distillation from a stronger teacher", 2205.10536).
 */
import { CurveField } from "../../../engine/field.ts";
import type { Room, Scalar, Tensor } from "../../../engine/tensor/mod.ts";
import { centred, unlikeness } from "./parts/features.ts";
import { defineTerm } from "./term.ts";

/**
 * T² (`inter` · the mean over samples of 1 − r of their rows + `intra` · the mean over classes of 1 − r of their
 * columns), r Pearson's correlation of softmax(z / T) with the teacher's (eq. 8–10). Within a batch of two, columns
 * can only be wholly alike or wholly opposed: intra has a meaning from three samples on.
 */
export const dist = defineTerm({
  summary: "Correlation with the teacher, per sample and per class (DIST)",
  fields: {
    inter: CurveField({ minimum: 0, default: 1, description: "The factor before samples" }),
    intra: CurveField({ minimum: 0, default: 1, description: "The factor before classes" }),
    temperature: CurveField({
      exclusiveMinimum: 0,
      default: 1,
      description: "The divisor of both sides' logits",
    }),
  },
  reads: { teacher: true },
  compares: "classes",
  value({ room, logits, teacher, at }, { inter, intra, temperature: curve }) {
    const { tf, nn } = room;
    const temperature = at(curve);
    const [ours, theirs] = [logits, teacher!].map((z) => nn.softmax(z, temperature));
    const rows = tf.mul(uncorrelated(room, ours!, theirs!, 1), at(inter));
    const columns = tf.mul(uncorrelated(room, ours!, theirs!, 0), at(intra));
    return tf.mul(tf.add(rows, columns), temperature * temperature) as Scalar;
  },
});

/** The mean of 1 − r along an axis. */
function uncorrelated(room: Room, a: Tensor, b: Tensor, axis: 0 | 1): Tensor {
  const [x, y] = [a, b].map((values) => centred(room, values, axis));
  return room.tf.mean(unlikeness(room, x!, y!, axis));
}
