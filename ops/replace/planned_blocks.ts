/** The blocks of a replacement where the weights have a say: ranks by energy or within a budget. */
import type { RunContext } from "../../engine/op.ts";
import { type Model, structureOf, weightName } from "../model/model.ts";
import { decodeWeight } from "../model/weights.ts";
import { extentsOf, lowRankLayers } from "./candidates.ts";
import type { Rank, ReplaceParams } from "./fields.ts";
import type { KernelSpectrum } from "./fit_block.ts";
import { type Blocks, knownBlocks, lowRankBlocks, tuckerBlocks, tuckerLayers } from "./plan.ts";
import { fittedRanks } from "./rank.ts";
import { svd } from "../model/svd.ts";
import { fittedTuckerRanks, unfoldings } from "./tucker.ts";

/** Blocks by the layer whose place they take, and the decompositions of kernels that are known already. */
export interface PlannedBlocks {
  readonly blocks: Blocks;
  readonly spectra: ReadonlyMap<string, KernelSpectrum>;
}

type Rule = Exclude<Rank, number>;

/** The blocks, and the decompositions that their ranks came from. Warns where a layer stays. */
export function plannedBlocks(
  model: Model,
  params: ReplaceParams,
  context: RunContext,
): PlannedBlocks {
  const known = knownBlocks(structureOf(model), params);
  const { use, rank } = params.with as { readonly use: string; readonly rank?: Rank };
  if (known !== undefined) {
    if (use === "svd") {
      warnOfRank(model, params, {
        blocks: known,
        rankOf: () => String(rank),
      }, context);
    }
    return { blocks: known, spectra: new Map() };
  }
  const rule = rank as Rule;
  return use === "svd"
    ? lowRank(model, params, rule, context)
    : throughTucker(model, params, rule, context);
}

function lowRank(model: Model, params: ReplaceParams, rule: Rule, context: RunContext) {
  const candidates = lowRankLayers(structureOf(model), params);
  const found = [...candidates].map(([name, { shape }]) => {
    const { rows, columns } = extentsOf(shape);
    return [name, {
      rows,
      columns,
      svd: svd(kernelOf(model, name, context), rows, columns),
    }] as const;
  });
  const ranks = fittedRanks(
    new Map(found.map(([name, { svd, ...extents }]) => [name, { ...extents, values: svd.values }])),
    rule,
  );
  const blocks = lowRankBlocks(candidates, (layer) => ranks.get(layer)!);
  warnOfRank(model, params, { blocks, rankOf: (layer) => String(ranks.get(layer)) }, context);
  return { blocks, spectra: new Map(found.map(([name, { svd }]) => [name, [svd] as const])) };
}

function throughTucker(model: Model, params: ReplaceParams, rule: Rule, context: RunContext) {
  const candidates = tuckerLayers(structureOf(model), params);
  const spectra = new Map(
    [...candidates].map(([name, { shape }]) =>
      [name, unfoldings(kernelOf(model, name, context), shape)] as const
    ),
  );
  const unfolded = new Map(
    [...candidates].map(([name, { shape }]) =>
      [name, { shape, unfoldings: spectra.get(name)! }] as const
    ),
  );
  const ranks = fittedTuckerRanks(unfolded, rule);
  const blocks = tuckerBlocks(candidates, (layer) => ranks.get(layer)!);
  for (const layer of candidates.keys()) {
    if (!blocks.has(layer)) stays(layer, ranks.get(layer)!.join(" and "), context);
  }
  return { blocks, spectra };
}

function warnOfRank(
  model: Model,
  params: ReplaceParams,
  { blocks, rankOf }: {
    readonly blocks: Blocks;
    readonly rankOf: (layer: string) => string;
  },
  context: RunContext,
): void {
  for (const layer of lowRankLayers(structureOf(model), params).keys()) {
    if (!blocks.has(layer)) stays(layer, rankOf(layer), context);
  }
}

function stays(layer: string, rank: string, context: RunContext): void {
  context.warn(`${layer} stays: at rank ${rank} its factors would not be smaller`);
}

function kernelOf(model: Model, layer: string, { signal }: RunContext): Float32Array {
  signal.throwIfAborted();
  return decodeWeight(model.weights[weightName(layer, "kernel")]!);
}
