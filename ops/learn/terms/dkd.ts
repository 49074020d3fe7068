/** The divergence from the teacher in two parts with weights of their own (Zhao et al. 2022, arXiv 2203.08679). */
import { CurveField } from "../../../engine/field.ts";
import type { Room, Scalar, Tensor } from "../../../engine/tensor/mod.ts";
import { divergenceOf, isClose, logMeanExp, logRatio } from "./parts/divergence.ts";
import { defineTerm } from "./term.ts";

/** Over the temperature, at any temperature, too low a logit for a share in what is left. */
const LOWEST = -1e30;

/**
 * T² (`tckd` · KL(bₜ ‖ bₛ) + `nckd` · KL(p̂ₜ ‖ p̂ₛ)), mean over the batch, with b = [p_y, 1 − p_y] for the true class
 * y and p̂ the softmax over the others (eq. 7). With tckd 1 and nckd 1 − p_y of the teacher it would be soft targets.
 */
export const dkd = defineTerm({
  summary: "Divergence about the true class and among the others, weighted apart (DKD)",
  fields: {
    nckd: CurveField({
      minimum: 0,
      description: "The factor before the divergence among the other classes",
    }),
    tckd: CurveField({
      minimum: 0,
      default: 1,
      description: "The factor before the divergence between the true class and the rest",
    }),
    temperature: CurveField({
      exclusiveMinimum: 0,
      default: 4,
      description: "The divisor of both sides' logits",
    }),
  },
  reads: { teacher: true, labels: true },
  compares: "classes",
  oneClass: true,
  value({ room, logits, teacher, targets, at }, { tckd, nckd, temperature: curve }) {
    const { tf } = room;
    const temperature = at(curve);
    const truth = targets!;
    const [theirs, ours] = [teacher!, logits].map((z) => split(room, z, truth, temperature));
    const target = isClose(temperature)
      ? closeBetween(room, { teacher: teacher!, student: logits, truth, temperature }, theirs!)
      : between(room, theirs!, ours!);
    const [from, to] = [teacher!, logits].map((z) => without(room, z, truth, temperature));
    const others = divergenceOf(room, from!, to!, temperature);
    const both = tf.add(tf.mul(target, at(tckd)), tf.mul(others, at(nckd)));
    return tf.mul(tf.mean(both), temperature * temperature) as Scalar;
  },
});

/** Probability of the true class and of the rest, and their logarithms, [B] each. */
interface ProbabilitySplit {
  readonly truth: Tensor;
  readonly rest: Tensor;
  readonly logTruth: Tensor;
  readonly logRest: Tensor;
}

function split({ tf, nn }: Room, z: Tensor, truth: Tensor, temperature: number): ProbabilitySplit {
  const p = nn.softmax(z, temperature);
  const own = tf.mul(p, truth);
  // Summed, not 1 − p_y: near certainty the difference would have no digits left.
  const rest = tf.sum(tf.sub(p, own), 1);
  return {
    truth: tf.sum(own, 1),
    rest,
    logTruth: tf.sum(tf.mul(nn.logSoftmax(z, temperature), truth), 1),
    logRest: tf.log(tf.maximum(rest, 1e-30)),
  };
}

/** Logits in which the true class — of a mixed sample both — has no probability and no gradient. */
function without({ tf }: Room, z: Tensor, truth: Tensor, temperature: number): Tensor {
  const lowest = tf.fill(z.shape, LOWEST * Math.min(1, temperature));
  return tf.where(tf.greater(truth, 0), lowest, z);
}

/** KL between two splits, [B]. */
function between({ tf }: Room, from: ProbabilitySplit, to: ProbabilitySplit): Tensor {
  return tf.add(
    tf.mul(from.truth, tf.sub(from.logTruth, to.logTruth)),
    tf.mul(from.rest, tf.sub(from.logRest, to.logRest)),
  );
}

/** The same at a temperature so high that the logarithms of the splits tell nothing apart. */
function closeBetween(
  room: Room,
  { teacher, student, truth, temperature }: {
    readonly teacher: Tensor;
    readonly student: Tensor;
    readonly truth: Tensor;
    readonly temperature: number;
  },
  from: ProbabilitySplit,
): Tensor {
  const { tf, nn } = room;
  const ratio = logRatio(room, teacher, student, temperature);
  const others = tf.mul(nn.softmax(teacher, temperature), tf.sub(1, truth));
  const weights = tf.div(others, tf.expandDims(from.rest, 1));
  return tf.sub(
    tf.mul(from.truth, tf.sum(tf.mul(ratio, truth), 1)),
    tf.mul(from.rest, logMeanExp(room, weights, ratio)),
  );
}
