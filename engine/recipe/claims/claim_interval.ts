/** Claims that are close: whose sides lie nearer to one another than the samples behind them can tell apart. */
import type { Metrics } from "../../metrics.ts";
import { halfInterval } from "../../quantity.ts";
import { checkClaim, differenceInWords } from "./check_claim.ts";
import type { Claim, ClaimTerm, ClaimValue } from "./claim.ts";

/**
 * `close: the 95 % interval is ±0.6 points`, where the sides of a claim differ by less than that, met or missed;
 * undefined where they differ by more, or no side was measured on samples. Several intervals add as those of
 * independent measurements do, √(a² + b²): models that answer the same samples differ by less, so this calls a claim
 * close rather too often.
 */
export function closeInWords(
  claim: Claim,
  metricsOf: (model: string) => Metrics | undefined,
): string | undefined {
  const { left, right } = checkClaim(claim, metricsOf);
  if (left === undefined || right === undefined) return undefined;
  const halves = [claim.left, claim.right].flatMap((side) => halvesOf(side, metricsOf));
  const half = Math.hypot(...halves);
  if (!(Math.abs(left - right) < half)) return undefined;
  return `close: the 95 % interval is ±${differenceInWords(half, claim.dimension)}`;
}

/** Half of the interval of each term of a side that has one. */
function halvesOf(
  { first, second }: ClaimValue,
  metricsOf: (model: string) => Metrics | undefined,
): number[] {
  return [first, ...(second === undefined ? [] : [second])].flatMap((term) => {
    if ("quantity" in term) return [];
    const { times = 1, over = 1 } = term;
    const half = halfOf(term, metricsOf(term.model));
    return half === undefined ? [] : [half * times / over];
  });
}

function halfOf(
  { metric, key }: Extract<ClaimTerm, { readonly metric: string }>,
  metrics: Metrics | undefined,
): number | undefined {
  if (metrics === undefined || key !== undefined) return undefined;
  const { samples, intervals } = metrics;
  const interval = intervals?.[metric];
  if (interval !== undefined) return (interval[1] - interval[0]) / 2;
  if (metric !== "accuracy" && metric !== "agreement" || samples === undefined) return undefined;
  const share = metrics[metric];
  return share === undefined ? undefined : halfInterval(share, samples);
}
