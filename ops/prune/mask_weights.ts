/** Weight pruning: single weights become zero and stay zero, held by a mask. Shapes do not change. */
import { stream } from "../../engine/tensor/random.ts";
import { modelFacts } from "../model/layers.ts";
import { hasKernel } from "../model/selection.ts";
import { type Model, structureOf, type Weight, weightName } from "../model/model.ts";
import { axisIndex, decodeWeight } from "../model/weights.ts";
import { countOf } from "./count.ts";
import { lowestMasks } from "./lowest.ts";
import { type RatioParams, ratiosOf } from "./ratios.ts";

/** Criteria for single weights. */
export type WeightCriterion = "magnitude" | "random";

/** Parameters of `granularity: weight`. */
export interface WeightParams extends RatioParams {
  readonly criterion: WeightCriterion;
}

/** A model whose least important weights are zero; `seed` draws for `criterion: random`. */
export function maskWeights(model: Model, params: WeightParams, seed: number): Model {
  const { layers } = modelFacts(structureOf(model), model);
  const selection = ratiosOf(layers!.filter(hasKernel), params);
  const kernels = [...selection].map(([layer, ratio]) => {
    const name = weightName(layer, "kernel");
    const weight = model.weights[name]!;
    return { name, weight, ratio, scores: WEIGHT_SCORES[params.criterion](weight, name, seed) };
  });
  const weights = { ...model.weights };
  const cut = (members: typeof kernels, ratio: number) => {
    const total = members.reduce((sum, { scores }) => sum + scores.length, 0);
    const ranked = members.map(({ scores, weight }) => ({ scores, mask: weight.mask }));
    const masks = lowestMasks(ranked, countOf(ratio, total));
    members.forEach(({ name, weight }, i) => weights[name] = masked(weight, masks[i]!));
  };
  for (const kernel of kernels) if (kernel.ratio !== undefined) cut([kernel], kernel.ratio);
  cut(kernels.filter((kernel) => kernel.ratio === undefined), params.ratio);
  return { ...model, weights, established: { ...model.established, zeros: true } };
}

type WeightScore = (weight: Weight, name: string, seed: number) => Float32Array;

const WEIGHT_SCORES: { readonly [C in WeightCriterion]: WeightScore } = {
  magnitude: (weight) => decodeWeight(weight).map(Math.abs),
  random: (weight, name, seed) => stream(seed, `prune:${name}`).uniforms(0, weight.data.length),
};

/** The weight with zeros where the mask is 0, whatever its number format. */
function masked(weight: Weight, mask: Uint8Array): Weight {
  const data = weight.data.slice();
  const zero = zeroCode(weight);
  for (let i = 0; i < data.length; i++) if (mask[i] === 0) data[i] = zero(i);
  return { ...weight, data, mask };
}

/** The stored number that decodes to 0, by position. */
function zeroCode({ encoding, shape }: Weight): (at: number) => number {
  if (encoding.use === "affine") {
    const channel = axisIndex(shape, encoding.axis);
    return (at) => encoding.zero[channel(at)]!;
  }
  if (encoding.use !== "codebook") return () => 0;
  const code = encoding.centroids.indexOf(0);
  if (code >= 0) return () => code;
  throw new Error(
    "Cannot prune weights that share centroids none of which is 0: prune before cluster",
  );
}
