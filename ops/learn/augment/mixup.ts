/** Two samples as one (Zhang et al. 2018, "mixup: beyond empirical risk minimization", arXiv 1710.09412). */
import type { Stream } from "../../../engine/tensor/random.ts";
import { cosPi, pow } from "../../../engine/tensor/scalar_math.ts";

/** What a sample is mixed with: share · itself + (1 − share) · the partner, labels alike. */
export interface Mix {
  readonly partner: number;
  readonly share: number;
}

/** Draws a mix takes at most: the partner, and attempts at the share. */
const ATTEMPTS = 32;

/** The mix of a sample: a partner among `count`, itself included, and a share of Beta(α, α). */
export function drawMix(alpha: number, count: number, draws: Stream, block: number): Mix {
  const partner = Math.floor(draws.uniform(block, 0) * count);
  return { partner, share: betaShare(alpha, (index) => draws.uniform(block, index + 1)) };
}

/**
 * One draw of Beta(α, α), exactly. For α ≤ ½ by Jöhnk (1964), who keeps U^(1/α) / (U^(1/α) + V^(1/α)) where the sum is
 * at most 1, in 4 of 5 attempts or more. Above it by Ulrich (1984), ½ + ½ √(1 − U^(2/(2α − 1))) cos 2πV.
 */
export function betaShare(alpha: number, uniform: (index: number) => number): number {
  if (alpha > 0.5) {
    const rest = 1 - pow(uniform(0), 2 / (2 * alpha - 1));
    return (1 + Math.sqrt(Math.max(0, rest)) * cosPi(2 * uniform(1))) / 2;
  }
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const a = pow(uniform(2 * attempt), 1 / alpha);
    const b = pow(uniform(2 * attempt + 1), 1 / alpha);
    if (a + b > 0 && a + b <= 1) return a / (a + b);
  }
  // Only where α is so small that both powers vanish: then one of the two samples is all there is.
  return uniform(2 * ATTEMPTS) < 0.5 ? 0 : 1;
}
