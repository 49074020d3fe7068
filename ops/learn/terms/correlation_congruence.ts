/** How samples correlate, through a kernel (Peng et al. 2019, arXiv 1904.01802). */
import { Type } from "../../../engine/field.ts";
import type { Scalar } from "../../../engine/tensor/mod.ts";
import { exp } from "../../../engine/tensor/scalar_math.ts";
import { cosinesOf, meanSquare } from "./parts/features.ts";
import { matchTerm } from "./parts/match.ts";

/**
 * With unit x and K(x, y) = Σₚ e^(−2γ) (2γ)ᵖ/p! (x·y)ᵖ for p = 0 … `terms` — the Gaussian kernel's first terms
 * (eq. 7 of the paper): the mean over B² of (Kₛ − Kₜ)². Any two layers can be compared.
 */
export const correlationCongruence = matchTerm(
  "How samples correlate, through a Gaussian kernel's first terms (Peng et al.)",
  {
    gamma: Type.Number({ exclusiveMinimum: 0, default: 0.4, description: "The kernel's width" }),
    terms: Type.Integer({
      minimum: 1,
      maximum: 10,
      default: 2,
      description: "The highest power of the kernel's series",
    }),
  },
  (room, { student, teacher }, { gamma, terms }) => {
    const { tf } = room;
    const [ours, theirs] = [student, teacher].map(([values]) => {
      const cosines = cosinesOf(room, values!);
      let factor = exp(-2 * gamma);
      let power = tf.onesLike(cosines);
      let kernel = tf.mul(power, factor);
      for (let p = 1; p <= terms; p++) {
        factor *= 2 * gamma / p;
        power = tf.mul(power, cosines);
        kernel = tf.add(kernel, tf.mul(power, factor));
      }
      return kernel;
    });
    return meanSquare(room, ours!, theirs!) as Scalar;
  },
);
