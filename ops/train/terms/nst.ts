/** What each channel selects, as a distribution (Huang & Wang 2017, "Like what you like", arXiv 1707.01219). */
import { OneOf } from "../../../engine/field.ts";
import type { Room, Scalar, Tensor } from "../../../engine/tensor/mod.ts";
import { alike, places, unfitMaps, unit } from "./features.ts";
import { matchFields, matchTerm } from "./match.ts";

/**
 * The squared maximum mean discrepancy between channels of student and teacher, each a vector over the places of a map
 * with length 1: mean k(s, s) + mean k(t, t) − 2 mean k(s, t) over pairs of channels and the batch (eq. 5). k(x, y) is
 * (x·y)² for `poly`, x·y for `linear`, exp(−‖x − y‖² / 2σ²) for `gaussian` with σ² the mean of ‖s − t‖² over the batch.
 * The order of channels and the scale of each mean nothing; their counts may differ; the larger map is pooled.
 */
export const nst = matchTerm(
  matchFields("What channels select, as a distribution (Huang & Wang)", {
    kernel: OneOf(["poly", "linear", "gaussian"], {
      default: "poly",
      description: "The kernel of the discrepancy",
    }),
  }),
  (room, { student, teacher }, { kernel }) => {
    const { tf } = room;
    const [ours, theirs] = alike(room, student[0]!, teacher[0]!)
      .map((map) => unit(room, places(room, map), 1)) as [Tensor, Tensor];
    const products = (a: Tensor, b: Tensor) => tf.matMul(a, b, true);
    const across = products(ours, theirs);
    const like = kernels[kernel](room, across);
    const mean = (dots: Tensor) => tf.mean(like(dots));
    const within = tf.add(mean(products(ours, ours)), mean(products(theirs, theirs)));
    return tf.sub(within, tf.mul(mean(across), 2)) as Scalar;
  },
  { layers: 1, unfit: unfitMaps },
);

/** From products of unit vectors to the kernel's values; `across` are those of the student with the teacher. */
type Kernel = (room: Room, across: Tensor) => (dots: Tensor) => Tensor;

const kernels: { readonly [K in "poly" | "linear" | "gaussian"]: Kernel } = {
  poly: ({ tf }) => (dots) => tf.square(dots),
  linear: () => (dots) => dots,
  gaussian: ({ tf }, across) => {
    // ‖x − y‖² = 2 − 2 x·y, so the exponent is (x·y − 1) / σ² with σ² = 2 − 2 mean x·y.
    const spread = tf.maximum(tf.mul(tf.sub(1, tf.mean(across)), 2), 1e-6);
    return (dots) => tf.exp(tf.div(tf.sub(dots, 1), spread));
  },
};
