/** What stands in whose place. */
import { ParameterError } from "../../engine/op.ts";
import type { Architecture } from "../model/model.ts";
import { type Block, type Factorable, lowRankBlock, separableBlock } from "./blocks.ts";
import { type Candidates, extentsOf, lowRankLayers, separableLayers } from "./candidates.ts";
import type { ReplaceParams } from "./fields.ts";
import { assertBudget, gainfulRank } from "./rank.ts";

/** Blocks by the name of the layer they replace. */
export type Blocks = ReadonlyMap<string, Block>;

/** The blocks as far as structure alone tells; undefined where the weights decide. Throws where nothing can be replaced. */
export function knownBlocks(architecture: Architecture, params: ReplaceParams): Blocks | undefined {
  if (params.with.use === "separable") return separableBlocks(architecture, params);
  const { rank } = params.with;
  const candidates = lowRankLayers(architecture, params);
  if (typeof rank === "number") return lowRankBlocks(candidates, () => rank);
  if (rank.use === "budget") assertBudget(extentsByName(candidates), rank.parameters);
  return undefined;
}

/** A depthwise and a pointwise layer for each convolution. */
export function separableBlocks(
  architecture: Architecture,
  params: Pick<ReplaceParams, "layers" | "exclude">,
): Blocks {
  const candidates = separableLayers(architecture, params);
  return new Map([...candidates].map(([name, { layer }]) => [name, separableBlock(layer)]));
}

/**
 * Two narrow layers for each whose rank makes them smaller; the others stay. Throws a ParameterError where all stay.
 */
export function lowRankBlocks(
  candidates: Candidates<Factorable>,
  rankOf: (layer: string) => number,
): Blocks {
  const blocks = [...candidates]
    .filter(([name, { shape }]) => rankOf(name) <= gainfulRank(extentsOf(shape)))
    .map(([name, { layer }]) => [name, lowRankBlock(layer, rankOf(name))] as const);
  if (blocks.length > 0) return new Map(blocks);
  const limits = [...candidates].map(([name, { shape }]) =>
    `${name} ${gainfulRank(extentsOf(shape))}`
  );
  throw new ParameterError(
    "out-of-range",
    "with.rank",
    "no layer would be smaller at this rank",
    `the highest that is worth it: ${limits.join(", ")}`,
  );
}

/** The extents of every candidate's kernel. */
export function extentsByName(candidates: Candidates<Factorable>) {
  return new Map([...candidates].map(([name, { shape }]) => [name, extentsOf(shape)] as const));
}
