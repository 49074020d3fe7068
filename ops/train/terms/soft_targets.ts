/** What the teacher holds possible: divergence between softened answers (Hinton et al. 2015, arXiv 1503.02531). */
import { CurveField, OneOf } from "../../../engine/field.ts";
import type { Room, Tensor } from "../../../engine/tensor/mod.ts";
import { defineTerm, teacherFields } from "./term.ts";

/**
 * With p = softmax(z / T) of teacher (t) and student (s): `forward` KL(pₜ ‖ pₛ), `reverse` KL(pₛ ‖ pₜ), summed over
 * classes, meaned over the batch, times T² unless `scale` is `none`. The gradient of the forward form is
 * T (pₛ − pₜ), so the teacher's share keeps its size when T changes.
 */
export const softTargets = defineTerm({
  schema: teacherFields("Divergence from the teacher's softened answer (Hinton)", {
    temperature: CurveField({
      exclusiveMinimum: 0,
      default: 4,
      description: "The divisor of both sides' logits; higher shows more of the teacher's doubts",
    }),
    scale: OneOf(["t-squared", "none"], {
      default: "t-squared",
      description: "The factor before the divergence: the squared temperature, or none",
    }),
    divergence: OneOf(["forward", "reverse"], {
      default: "forward",
      description:
        "The direction: forward covers all the teacher holds possible, reverse seeks its best guess",
    }),
  }),
  value({ room, logits, teacher, at }, { temperature: curve, scale, divergence }) {
    const temperature = at(curve);
    const rows = divergences[divergence](room, logits, teacher!, temperature);
    const factor = scale === "t-squared" ? temperature * temperature : 1;
    return room.tf.mul(room.tf.mean(rows), factor);
  },
});

type Divergence = (room: Room, student: Tensor, teacher: Tensor, temperature: number) => Tensor;

const divergences: { readonly [D in "forward" | "reverse"]: Divergence } = {
  forward: (room, student, teacher, temperature) =>
    divergenceOf(room, teacher, student, temperature),
  reverse: (room, student, teacher, temperature) =>
    divergenceOf(room, student, teacher, temperature),
};

/**
 * KL of each row. From differences of log-softmaxes: cross-entropy minus entropy is the same number, and at a high
 * temperature, where it is small, loses most of its digits.
 */
function divergenceOf({ tf, nn }: Room, from: Tensor, to: Tensor, temperature: number): Tensor {
  const difference = tf.sub(nn.logSoftmax(from, temperature), nn.logSoftmax(to, temperature));
  return tf.sum(tf.mul(nn.softmax(from, temperature), difference), -1);
}
