/** The value of a curve at a moment of a training. */
import type { Curve } from "../../engine/field.ts";
import { cosPi, pow } from "../../engine/tensor/scalar_math.ts";

/**
 * The value at time `epoch` (in epochs, may be fractional) of a training of `epochs` epochs. With f the share
 * of the way from the curve's first to its last epoch (0 before, 1 after):
 * `linear` start + (end − start) f · `cosine` end + (start − end)(1 + cos πf)/2 · `cubic` end + (start − end)(1 − f)³
 * (Zhu & Gupta 2017, eq. 1) · `exponential` start (end/start)^f · `step` start · factor^(how many of `at` have come).
 * `warmup` multiplies by epoch/warmup until that reaches 1. A number is itself all the time.
 */
export function curveAt(curve: Curve, epoch: number, epochs: number): number {
  if (typeof curve === "number") return curve;
  if (curve.use === "step") {
    const passed = curve.at.filter((each) => each <= epoch).length;
    return curve.start * pow(curve.factor, passed);
  }
  const [first, last] = curve.epochs ?? [0, epochs];
  const share = last > first ? clamp((epoch - first) / (last - first)) : epoch < first ? 0 : 1;
  const rise = curve.warmup === undefined || curve.warmup === 0
    ? 1
    : Math.min(1, epoch / curve.warmup);
  return rise * movements[curve.use](curve.start, curve.end, share);
}

type CurveKind = Exclude<Extract<Curve, { use: string }>["use"], "step">;

const movements: { [M in CurveKind]: (start: number, end: number, share: number) => number } = {
  linear: (start, end, share) => start + (end - start) * share,
  cosine: (start, end, share) => end + (start - end) * (1 + cosPi(share)) / 2,
  cubic: (start, end, share) => end + (start - end) * (1 - share) * (1 - share) * (1 - share),
  exponential: (start, end, share) => start * pow(end / start, share),
};

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
