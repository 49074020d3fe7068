/** What stands in whose place. */
import { ParameterError } from "../../engine/op.ts";
import { type Shape, sizeOf } from "../model/layers.ts";
import type { Architecture, LayerOf } from "../model/model.ts";
import { type Factorable, type LayerBlock, lowRankBlock, separableBlock } from "./blocks.ts";
import {
  type Candidates,
  extentsOf,
  type LayerChoice,
  lowRankLayers,
  windowLayers,
} from "./candidates.ts";
import type { ReplaceParams, With } from "./fields.ts";
import { bottleneckBlock, ghostBlock, groupedBlock, tuckerBlock } from "./narrow_blocks.ts";
import { assertBudget, gainfulRank } from "./rank.ts";
import { assertTuckerBudget, type TuckerRanks, tuckerRanks, tuckerWeights } from "./tucker.ts";

/** Blocks by the name of the layer they replace. */
export type Blocks = ReadonlyMap<string, LayerBlock>;

type ConvLayer = LayerOf<"conv">;

/**
 * The blocks as far as structure alone tells; undefined where the weights decide. Throws where nothing can be
 * replaced.
 */
export function knownBlocks(architecture: Architecture, params: ReplaceParams): Blocks | undefined {
  const how = params.with;
  switch (how.use) {
    case "separable":
      return windowBlocks(architecture, params, separableWeights, separableBlock);
    case "svd": {
      const candidates = lowRankLayers(architecture, params);
      if (typeof how.rank === "number") return lowRankBlocks(candidates, () => Number(how.rank));
      if (how.rank.use === "budget") assertBudget(extentsByName(candidates), how.rank.parameters);
      return undefined;
    }
    case "tucker": {
      const candidates = tuckerLayers(architecture, params);
      const { rank } = how;
      if (typeof rank === "number") {
        return tuckerBlocks(candidates, (_name, shape) => tuckerRanks(shape, rank));
      }
      if (rank.use === "budget") assertTuckerBudget(shapesByName(candidates), rank.parameters);
      return undefined;
    }
    case "bottleneck": {
      const channels = ({ filters }: ConvLayer) => Math.max(1, Math.round(how.width * filters));
      return windowBlocks(
        architecture,
        params,
        (shape, layer) =>
          tuckerWeights(shape, [channels(layer), channels(layer)]) + 2 * channels(layer),
        (layer) => bottleneckBlock(layer, channels(layer)),
      );
    }
    case "grouped":
      return windowBlocks(
        architecture,
        params,
        (shape) => groupedWeights(shape, how.groups),
        (layer) => groupedBlock(layer, how.groups),
      );
    case "ghost":
      assertOdd(how.kernel);
      return windowBlocks(
        architecture,
        params,
        (shape) => ghostWeights(shape, how),
        (layer) => ghostBlock(layer, how.parts, how.kernel),
      );
    default:
      return how satisfies never;
  }
}

/** The convolutions that a Tucker block of rank 1 is smaller than. */
export function tuckerLayers(
  architecture: Architecture,
  params: LayerChoice,
): Candidates<ConvLayer> {
  return windowLayers(architecture, params, (shape) => tuckerWeights(shape, [1, 1]));
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

/** Three narrow layers for each whose ranks make them smaller; the others stay. Throws where all stay. */
export function tuckerBlocks(
  candidates: Candidates<ConvLayer>,
  ranksOf: (layer: string, shape: Shape) => TuckerRanks,
): Blocks {
  const blocks = [...candidates]
    .filter(([name, { shape }]) => tuckerWeights(shape, ranksOf(name, shape)) < sizeOf(shape))
    .map(([name, { layer, shape }]) => [name, tuckerBlock(layer, ranksOf(name, shape))] as const);
  if (blocks.length > 0) return new Map(blocks);
  throw new ParameterError(
    "out-of-range",
    "with.rank",
    "no layer would be smaller at this rank",
    "a lower rank, or larger layers",
  );
}

/** The extents of every candidate's kernel. */
function extentsByName(candidates: Candidates<Factorable>) {
  return new Map([...candidates].map(([name, { shape }]) => [name, extentsOf(shape)] as const));
}

function shapesByName(candidates: Candidates<ConvLayer>): ReadonlyMap<string, Shape> {
  return new Map([...candidates].map(([name, { shape }]) => [name, shape]));
}

function windowBlocks(
  architecture: Architecture,
  params: LayerChoice,
  weights: (shape: Shape, layer: ConvLayer) => number,
  block: (layer: ConvLayer) => LayerBlock,
): Blocks {
  const candidates = windowLayers(architecture, params, weights);
  return new Map([...candidates].map(([name, { layer }]) => [name, block(layer)]));
}

function separableWeights([height, width, inputs, filters]: Shape): number {
  return height! * width! * inputs! + inputs! * filters!;
}

function groupedWeights(shape: Shape, groups: number): number {
  const [, , inputs, filters] = shape as [number, number, number, number];
  return whole(sizeOf(shape) / groups, [inputs / groups, filters / groups]);
}

function ghostWeights(shape: Shape, { parts, kernel }: Extract<With, { use: "ghost" }>): number {
  const primaries = shape.at(-1)! / parts;
  const cheap = (parts - 1) * primaries * kernel * kernel;
  return whole(sizeOf(shape) / parts + cheap, [primaries]);
}

/** The number of weights where channels can be divided so; else no block is smaller. */
function whole(weights: number, channels: readonly number[]): number {
  return channels.every(Number.isInteger) ? weights : Infinity;
}

function assertOdd(kernel: number): void {
  if (kernel % 2 === 1) return;
  throw new ParameterError(
    "out-of-range",
    "with.kernel",
    `the window of cheap filters has a middle, so its side is odd; this is ${kernel}`,
    `kernel: ${kernel + 1}`,
  );
}
