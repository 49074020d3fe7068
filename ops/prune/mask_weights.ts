/** Weight pruning: single weights become zero and stay zero, held by a mask. Shapes do not change. */
import { codeBits, CODES } from "../model/codebook/shared_weight.ts";
import { layerFacts } from "../model/layers.ts";
import { storesKernel } from "../model/kinds/mod.ts";
import { type Model, type Weight, weightName } from "../model/model.ts";
import { axisIndex } from "../model/weights.ts";
import { countOf, lowestMasks, type RatioParams, ratiosOf } from "./ranking.ts";
import { type Gathered, WEIGHT_SCORES, type WeightCriterion } from "./weight_criteria.ts";

/** Parameters of `granularity: weight`. */
export interface WeightParams extends RatioParams {
  readonly criterion: WeightCriterion;
}

/** A model whose least important weights are zero. */
export function maskWeights(
  model: Model,
  params: WeightParams,
  seed: number,
  gathered: Gathered = {},
): Model {
  return withMasks(model, chosenMasks(model, params, seed, gathered));
}

/** The model with zeros where the masks of its weights, by name, are 0. */
export function withMasks(model: Model, masks: ReadonlyMap<string, Uint8Array>): Model {
  const weights = { ...model.weights };
  for (const [name, mask] of masks) {
    weights[name] = masked(weights[name]!, mask);
  }
  return { ...model, weights, established: { ...model.established, zeros: true } };
}

/**
 * The masks (0 goes) of all pruned kernels by name. What is masked already stays so and counts. `seed` draws for
 * `criterion: random`; `gathered`: what other criteria need.
 */
export function chosenMasks(
  model: Model,
  params: WeightParams,
  seed: number,
  gathered: Gathered = {},
): ReadonlyMap<string, Uint8Array> {
  const selection = ratiosOf(layerFacts(model).filter(storesKernel), params);
  const score = WEIGHT_SCORES[params.criterion];
  const kernels = [...selection].map(([layer, ratio]) => {
    const name = weightName(layer, "kernel");
    const weight = model.weights[name]!;
    return { name, ratio, mask: weight.mask, scores: score(weight, { name, seed, gathered }) };
  });
  const chosen = new Map<string, Uint8Array>();
  const cut = (members: typeof kernels, ratio: number) => {
    const total = members.reduce((sum, { scores }) => sum + scores.length, 0);
    const masks = lowestMasks(members, countOf(ratio * total));
    members.forEach(({ name }, i) => chosen.set(name, masks[i]!));
  };
  for (const kernel of kernels) if (kernel.ratio !== undefined) cut([kernel], kernel.ratio);
  cut(kernels.filter((kernel) => kernel.ratio === undefined), params.ratio);
  return chosen;
}

/** The weight with zeros where the mask is 0, whatever its number format. */
function masked(before: Weight, mask: Uint8Array): Weight {
  const weight = withZero(before);
  const data = weight.data.slice();
  const zero = zeroCode(weight);
  mask.forEach((kept, i) => {
    if (kept === 0) data[i] = zero(i);
  });
  return { ...weight, data, mask };
}

/** Weights that share values, none of which is 0, are given one for those that go: it costs no cluster. */
function withZero(weight: Weight): Weight {
  const { encoding, data } = weight;
  if (encoding.use !== "codebook" || encoding.centroids.includes(0)) return weight;
  const centroids = Float32Array.from([0, ...encoding.centroids]);
  if (centroids.length > CODES) {
    throw new Error(
      `Cannot prune weights that share ${CODES} values, none of which is 0: prune before cluster`,
    );
  }
  return {
    ...weight,
    encoding: { ...encoding, bits: codeBits(centroids.length), centroids },
    data: Uint8Array.from(data, (code) => code + 1),
  };
}

/** The stored number that decodes to 0, by position. */
function zeroCode({ encoding, shape }: Weight): (at: number) => number {
  if (encoding.use === "affine") {
    const channel = axisIndex(shape, encoding.axis);
    return (at) => encoding.zero[channel(at)]!;
  }
  if (encoding.use !== "codebook") return () => 0;
  const code = encoding.centroids.indexOf(0);
  return () => code;
}
