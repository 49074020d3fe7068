/** How much a single weight matters; low scores go. */
import { stream } from "../../engine/tensor/random.ts";
import type { Weight } from "../model/model.ts";
import { decodeWeight } from "../model/weights.ts";

/** Criteria for single weights. */
export type WeightCriterion = "magnitude" | "taylor" | "movement" | "lamp" | "random";

/** Scores that gradients gave, by weight name. */
export type Gathered = Readonly<Record<string, Float32Array>>;

/** What a criterion sees besides the weight. */
interface WeightContext {
  readonly name: string;
  readonly seed: number;
  readonly gathered: Gathered;
}

/** Scores of a weight's values, in their order. */
type WeightScore = (weight: Weight, context: WeightContext) => Float32Array;

export const WEIGHT_SCORES: { readonly [C in WeightCriterion]: WeightScore } = {
  magnitude: (weight) => decodeWeight(weight).map(Math.abs),
  /** Mean over batches of (g · w)² (Molchanov et al. 2019, arXiv 1906.10771, eq. 8). */
  taylor: gatheredScore,
  /** −Σ g · w over a training: weights that move away from 0 stay (Sanh et al. 2020, arXiv 2005.07683, eq. 4). */
  movement: gatheredScore,
  /** w² over the sum of the squares not smaller than it in its layer (Lee et al. 2021, arXiv 2010.07611, eq. 3). */
  lamp: (weight) => lampScores(decodeWeight(weight)),
  random: (weight, { name, seed }) => stream(seed, `prune:${name}`).uniforms(0, weight.data.length),
};

/** Whether a criterion reads gradients. */
export const readsGradients = (criterion: string): boolean =>
  criterion === "taylor" || criterion === "movement";

function gatheredScore(_weight: Weight, { name, gathered }: WeightContext): Float32Array {
  const scores = gathered[name];
  if (scores === undefined) throw new Error(`internal: no gradients of ${name} were gathered`);
  return scores;
}

function lampScores(values: Float32Array): Float32Array {
  const order = Uint32Array.from(values.keys());
  // Stable: of equals the lower index has more behind it, so it goes first.
  order.sort((a, b) => Math.abs(values[a]!) - Math.abs(values[b]!)).reverse();
  const scores = new Float32Array(values.length);
  let sum = 0;
  for (const at of order) {
    const square = values[at]! * values[at]!;
    sum += square;
    scores[at] = sum === 0 ? 0 : square / sum;
  }
  return scores;
}
