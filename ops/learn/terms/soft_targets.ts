/** What the teacher holds possible: divergence between softened answers (Hinton et al. 2015, arXiv 1503.02531). */
import { type Curve, CurveField, OneOf } from "../../../engine/field.ts";
import type { Room, Scalar, Tensor } from "../../../engine/tensor/mod.ts";
import { corrected } from "./parts/corrected.ts";
import { divergenceOf } from "./parts/divergence.ts";
import { standardized } from "./parts/standardized.ts";
import { isPerSample, sampleTemperatures, temperaturesOf } from "./parts/temperatures.ts";
import { defineTerm, teacherFields } from "./term.ts";

/**
 * With p = softmax(z / T) of teacher (t) and student (s): `forward` KL(pₜ ‖ pₛ), `reverse` KL(pₛ ‖ pₜ), summed over
 * classes, meaned over the batch, times T² unless `scale` is `none`. The gradient of the forward form is
 * T (pₛ − pₜ), so the teacher's share keeps its size when T changes. `teacher_errors: swap` gives the true class the
 * teacher's largest logit (TextBrewer's probability shift); `standardize: sample` divides each sample's centred logits
 * by their deviation, on both sides (Sun et al. 2024, arXiv 2403.01265).
 */
export const softTargets = defineTerm({
  schema: teacherFields("Divergence from the teacher's softened answer (Hinton)", {
    temperature: CurveField({
      exclusiveMinimum: 0,
      default: 4,
      description: "The divisor of both sides' logits; higher shows more of the teacher's doubts",
      also: sampleTemperatures,
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
    teacher_errors: OneOf(["keep", "swap"], {
      default: "keep",
      description:
        "The answers in which the teacher is wrong: kept, or its best guess swapped with the truth",
    }),
    standardize: OneOf(["none", "sample"], {
      default: "none",
      description: "The scale of logits: as they are, or each sample's to mean 0 and deviation 1",
    }),
  }),
  value({ room, logits, teacher: said, targets, at }, params) {
    const { temperature, scale, divergence, teacher_errors, standardize } = params;
    const { tf } = room;
    const right = teacher_errors === "swap" ? corrected(room, said!, targets!) : said!;
    const [student, teacher] = standardize === "sample"
      ? [standardized(room, logits), standardized(room, right)]
      : [logits, right];
    if (!isPerSample(temperature)) {
      const degrees = at(temperature as Curve);
      const rows = divergences[divergence](room, student, teacher, degrees);
      return tf.mul(tf.mean(rows), scale === "none" ? 1 : degrees * degrees) as Scalar;
    }
    const degrees = temperaturesOf(room, student, teacher, temperature);
    const [ours, theirs] = [student, teacher].map((z) => tf.div(z, degrees));
    const rows = divergences[divergence](room, ours!, theirs!, 1);
    const factors = tf.reshape(tf.square(degrees), rows.shape);
    return tf.mean(scale === "none" ? rows : tf.mul(rows, factors)) as Scalar;
  },
});

type Divergence = (room: Room, student: Tensor, teacher: Tensor, temperature: number) => Tensor;

const divergences: { readonly [D in "forward" | "reverse"]: Divergence } = {
  forward: (room, student, teacher, temperature) =>
    divergenceOf(room, teacher, student, temperature),
  reverse: (room, student, teacher, temperature) =>
    divergenceOf(room, student, teacher, temperature),
};
