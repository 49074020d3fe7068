/** A replacement: blocks in the place of layers, their weights fitted to what was there or drawn afresh. */
import type { RunContext } from "../../engine/op.ts";
import { initialModel } from "../model/initialize.ts";
import { weightSlots } from "../model/layers.ts";
import { type Model, structureOf, type Weight, weightName } from "../model/model.ts";
import { decodeWeight, floatWeight } from "../model/weights.ts";
import { withBlocks } from "./blocks.ts";
import { extentsOf, lowRankLayers } from "./candidates.ts";
import type { Rank, ReplaceParams } from "./fields.ts";
import { factors, type Fit, separableFit } from "./fit.ts";
import { type Blocks, knownBlocks, lowRankBlocks } from "./plan.ts";
import { fittedRanks } from "./rank.ts";
import { type Svd, svd } from "./svd.ts";

/** The blocks, and the fit of each that is asked for. */
interface Redesign {
  readonly blocks: Blocks;
  readonly fitOf: (layer: string) => Fit;
}

/** The model with blocks. Notes: `fit_error`, per layer √(Σ(w − ŵ)² / Σw²), where weights are fitted. */
export function replaced(model: Model, params: ReplaceParams, context: RunContext): Model {
  const { blocks, fitOf } = redesigned(model, params, context);
  const structure = withBlocks(structureOf(model), blocks);
  const own = params.init === "random"
    ? initialModel(structure, params.seed ?? 0).weights
    : fittedWeights(model, blocks, fitOf, context);
  const weights = Object.fromEntries(
    weightSlots(structure).map(({ name }) => [name, model.weights[name] ?? own[name]!]),
  );
  const names = new Set([...model.established.replaced ?? [], ...blocks.keys()]);
  const established = { ...model.established, replaced: [...names].sort() };
  return { ...model, ...structure, weights, established };
}

function redesigned(model: Model, params: ReplaceParams, context: RunContext): Redesign {
  const structure = structureOf(model);
  const kernelOf = (layer: string): Weight => {
    context.signal.throwIfAborted();
    return model.weights[weightName(layer, "kernel")]!;
  };
  if (params.with.use === "separable") {
    const fitOf = (layer: string) => {
      const kernel = kernelOf(layer);
      return separableFit(decodeWeight(kernel), kernel.shape);
    };
    return { blocks: knownBlocks(structure, params)!, fitOf };
  }
  const known = new Map<string, Svd>();
  const svdOf = (layer: string) => {
    let found = known.get(layer);
    if (found !== undefined) return found;
    const kernel = kernelOf(layer);
    const { rows, columns } = extentsOf(kernel.shape);
    known.set(layer, found = svd(decodeWeight(kernel), rows, columns));
    return found;
  };
  const ranks = ranksOf(model, params, params.with.rank, svdOf);
  const candidates = lowRankLayers(structure, params);
  const blocks = lowRankBlocks(candidates, ranks);
  for (const layer of candidates.keys()) {
    if (blocks.has(layer)) continue;
    context.warn(`${layer} stays: at rank ${ranks(layer)} its factors would not be smaller`);
  }
  return { blocks, fitOf: (layer) => factors(svdOf(layer), ranks(layer)) };
}

/** Each layer's rank: the one given, or what the rule makes of all their singular values. */
function ranksOf(
  model: Model,
  params: ReplaceParams,
  rank: Rank,
  svdOf: (layer: string) => Svd,
): (layer: string) => number {
  if (typeof rank === "number") return () => rank;
  const candidates = [...lowRankLayers(structureOf(model), params)];
  const spectra = candidates.map(([name, { shape }]) =>
    [name, { ...extentsOf(shape), values: svdOf(name).values }] as const
  );
  const ranks = fittedRanks(new Map(spectra), rank);
  return (layer) => ranks.get(layer)!;
}

function fittedWeights(
  model: Model,
  blocks: Blocks,
  fitOf: (layer: string) => Fit,
  context: RunContext,
): Record<string, Weight> {
  const weights: Record<string, Weight> = {};
  const errors: Record<string, number> = {};
  const shapes = new Map(
    weightSlots(withBlocks(structureOf(model), blocks)).map(({ name, shape }) => [name, shape]),
  );
  for (const [layer, block] of blocks) {
    const { first, second, lost, whole } = fitOf(layer);
    for (const [i, kernel] of [first, second].entries()) {
      const name = weightName(block[i]!.name, "kernel");
      weights[name] = floatWeight(shapes.get(name)!, kernel);
    }
    const bias = model.weights[weightName(layer, "bias")];
    if (bias !== undefined) weights[weightName(block[1].name, "bias")] = bias;
    errors[layer] = whole === 0 ? 0 : Math.sqrt(lost / whole);
    context.progress(Object.keys(errors).length / blocks.size, layer);
  }
  context.note("fit_error", errors);
  return weights;
}
