/** A teacher's inner features as targets (Romero et al. 2015, "FitNets", arXiv 1412.6550). */
import { OneOf } from "../../../engine/field.ts";
import type { Room, Scalar, Tensor } from "../../../engine/tensor/mod.ts";
import type { Shape } from "../../model/layers.ts";
import { sameShape } from "../../../engine/shape.ts";
import { alike, canPool, flat, huber, magnitude, unit, unlikeness } from "./parts/features.ts";
import { matchTerm } from "./parts/match.ts";

/** The layer between unequal shapes while a student learns. */
const ADAPT = ["auto", "none", "conv", "dense"] as const;

/** See `ADAPT`. */
type Adapt = typeof ADAPT[number];

/**
 * The distance between values of the student, after the adapter if there is one, and the teacher's; larger maps are
 * pooled to the smaller. `mse` (x − y)², `l1` |x − y|, `smooth-l1` huber with δ = 1, `cosine` 1 − cos between whole
 * samples. `reduction`: `mean` over batch and values, `batch-mean` summed over values and divided by B. With
 * `normalize: l2` each sample is first divided by its length: mse and batch-mean are then patient distillation's
 * term.
 */
export const hint = matchTerm(
  "A teacher's inner features as targets (FitNets), through trained regressors",
  {
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
      description: "The length of the features of a sample as they are compared: their own, or 1",
    }),
    reduction: OneOf(["mean", "batch-mean"], {
      default: "mean",
      description: "The divisor: batch and values, or the batch alone",
    }),
  },
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
  {
    layers: 1,
    unfit: unfitForAdapt,
    adapter: ({ adapt }, student, teacher) => adapterKind(adapt, student, teacher),
  },
);

const distances: {
  readonly [D in "mse" | "l1" | "smooth-l1"]: (room: Room, difference: Tensor) => Tensor;
} = {
  mse: ({ tf }, difference) => tf.square(difference),
  l1: magnitude,
  "smooth-l1": huber,
};

/**
 * The kind of layer that maps the student's last axis to the teacher's; undefined where none is needed. `auto` takes
 * one only where channels differ: 1×1 convolution on a map, dense elsewhere.
 */
function adapterKind(
  adapt: Adapt,
  student: Shape,
  teacher: Shape,
): "conv" | "dense" | undefined {
  if (adapt === "conv" || adapt === "dense") return adapt;
  if (adapt === "none" || student.at(-1) === teacher.at(-1)) return undefined;
  return student.length === 3 ? "conv" : "dense";
}

/** What would let these shapes be compared under this setting, as help; undefined where they can. */
function unfitForAdapt(
  [student = []]: readonly Shape[],
  [teacher = []]: readonly Shape[],
  { adapt }: { readonly adapt: Adapt },
): string | undefined {
  if (student.length !== teacher.length) {
    return "match a map with a map, a vector with a vector (head.pool gives one)";
  }
  if (adapt === "conv" && student.length !== 3) return "adapt: dense (a convolution needs maps)";
  if (adapt === "none") {
    return sameShape(student, teacher)
      ? undefined
      : "adapt: auto puts a trained layer between them (dropped from the result); adapt is none here";
  }
  const front = (shape: Shape) => shape.slice(0, -1);
  return sameShape(front(student), front(teacher)) || canPool(student, teacher)
    ? undefined
    : "match layers whose height and width divide each other: the larger is pooled to the smaller";
}
