/** A teacher's values inside as targets (Romero et al. 2015, "FitNets", arXiv 1412.6550). */
import { OneOf } from "../../../engine/field.ts";
import type { Room, Scalar, Tensor } from "../../../engine/tensor/mod.ts";
import { ADAPT, unfitForAdapt } from "./parts/adapt.ts";
import { alike, flat, magnitude, unit, unlikeness } from "./parts/features.ts";
import { huber } from "./parts/huber.ts";
import { matchFields, matchTerm } from "./parts/match.ts";

/**
 * The distance between values of the student, after the adapter if there is one, and the teacher's; larger maps are
 * pooled to the smaller. `mse` (x − y)², `l1` |x − y|, `smooth-l1` huber with δ = 1, `cosine` 1 − cos between whole
 * samples. `reduction`: `mean` over batch and values, `batch-mean` summed over values and divided by B. With
 * `normalize: l2` each sample is first divided by its length: mse and batch-mean are then patient distillation's term.
 */
export const hint = matchTerm(
  matchFields("A teacher's values inside as targets (FitNets), through trained regressors", {
    distance: OneOf(["mse", "l1", "smooth-l1", "cosine"], {
      default: "mse",
      description: "The distance between values",
    }),
    adapt: OneOf(ADAPT, {
      default: "auto",
      description:
        "The layer between unequal shapes, trained with the student and dropped from the result",
    }),
    normalize: OneOf(["none", "l2"], {
      default: "none",
      description: "The length each sample is given before: its own, or 1",
    }),
    reduction: OneOf(["mean", "batch-mean"], {
      default: "mean",
      description: "The divisor: batch and values, or the batch alone",
    }),
  }),
  (room, { student, teacher }, { distance, normalize, reduction }) => {
    const { tf } = room;
    const sides = alike(room, student[0]!, teacher[0]!).map((values) => flat(room, values));
    if (distance === "cosine") {
      return tf.mean(unlikeness(room, sides[0]!, sides[1]!, 1)) as Scalar;
    }
    const [ours, theirs] =
      (normalize === "l2" ? sides.map((rows) => unit(room, rows, 1)) : sides) as [Tensor, Tensor];
    const values = distances[distance](room, tf.sub(ours, theirs));
    return (reduction === "mean" ? tf.mean(values) : tf.mean(tf.sum(values, 1))) as Scalar;
  },
  { layers: 1, unfit: unfitForAdapt },
);

const distances: {
  readonly [D in "mse" | "l1" | "smooth-l1"]: (room: Room, difference: Tensor) => Tensor;
} = {
  mse: ({ tf }, difference) => tf.square(difference),
  l1: magnitude,
  "smooth-l1": huber,
};
