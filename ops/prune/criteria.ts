/** How much a channel matters. Scores are double precision sums in a fixed order; low scores go. */
import { stream } from "../../engine/tensor/random.ts";
import { isBatchNorm } from "../model/kinds/norm.ts";
import { decodeWeight } from "../model/weights.ts";
import { type Model, weightName } from "../model/model.ts";
import type { ChannelGroup, ChannelMap } from "../model/channels.ts";

/** Criteria for channels that training samples tell. */
export type SampledCriterion = "taylor" | "activation-mean" | "apoz";

/** Criteria for channels. */
export type ChannelCriterion = "l1" | "l2" | "bn-scale" | "fpgm" | SampledCriterion | "random";

/** What a criterion sees. */
interface ScoreContext {
  readonly model: Model;
  readonly map: ChannelMap;
  readonly seed: number;
  /** What training samples say of each unit, by id; there for the criteria that read them. */
  readonly sampled?: ReadonlyMap<number, number>;
}

/** Scores of a group's units, in their order. */
type ChannelScore = (group: ChannelGroup, context: ScoreContext) => Float64Array;

export const CHANNEL_SCORES: { readonly [C in ChannelCriterion]: ChannelScore } = {
  /** Σ|F| of a filter (Li et al. 2017, arXiv 1608.08710, §3.1). */
  l1: byFilters((filters) => filters.map((filter) => sum(filter, Math.abs))),
  /** √ΣF² of a filter (He et al. 2018, arXiv 1808.06866). */
  l2: byFilters((filters) => filters.map((filter) => Math.sqrt(sum(filter, (w) => w * w)))),
  /** Σⱼ‖Fᵢ − Fⱼ‖₂: the filter nearest the geometric median goes first (He et al. 2019, arXiv 1811.00250, eq. 6). */
  fpgm: byFilters(distanceSums),
  /** Mean |γ| of the batch normalisations that scale the channel (Liu et al. 2017, arXiv 1708.06519). */
  "bn-scale": (group, { model, map }) => {
    const sums = new Map<number, { total: number; count: number }>();
    for (const layer of model.layers.filter(isBatchNorm)) {
      const gamma = decodeWeight(model.weights[weightName(layer, "gamma")]!);
      map.channels[layer.name]!.forEach((id, index) => {
        const { total, count } = sums.get(id) ?? { total: 0, count: 0 };
        sums.set(id, { total: total + Math.abs(gamma[index]!), count: count + 1 });
      });
    }
    return Float64Array.from(group.units, ({ id }) => {
      const { total, count } = sums.get(id)!;
      return total / count;
    });
  },
  /** What the loss would change by, squared (see `taylorOfUnits`); comparable between layers as it is. */
  taylor: bySamples,
  /** Its mean after the ReLU (see `activationsOfUnits`). */
  "activation-mean": bySamples,
  /** How often it is above 0 after the ReLU: one minus its APoZ (see `activationsOfUnits`). */
  apoz: bySamples,
  /** A uniform draw per channel, named by the group's first layer. */
  random: ({ units, layers: [first] }, { seed }) => {
    const draws = stream(seed, `prune:${first!}`);
    return Float64Array.from(units, ({ members }) => draws.uniform(0, members.get(first!)![0]!));
  },
};

/**
 * A unit's score is the sum over the layers that write it, each divided by that layer's mean, so that a layer with
 * larger filters does not outweigh the others in a group or in a common ranking (Fang et al. 2023, arXiv 2301.12900,
 * §3.4).
 */
function byFilters(score: (filters: readonly Float32Array[]) => readonly number[]): ChannelScore {
  return (group, { model }) => {
    const totals = new Float64Array(group.units.length);
    for (const layer of group.layers) {
      const scores = score(filtersOf(model, layer));
      const mean = sum(scores, (each) => each) / scores.length;
      if (mean === 0) continue;
      group.units.forEach(({ members }, i) => {
        totals[i]! += sum(members.get(layer)!, (channel) => scores[channel]!) / mean;
      });
    }
    return totals;
  };
}

function bySamples({ units }: ChannelGroup, { sampled }: ScoreContext): Float64Array {
  return Float64Array.from(units, ({ id }) => sampled!.get(id)!);
}

/** The kernel of each output channel (the last axis of conv and dense kernels), flat. */
function filtersOf(model: Model, layer: string): readonly Float32Array[] {
  const kernel = model.weights[weightName(layer, "kernel")]!;
  const values = decodeWeight(kernel);
  const count = kernel.shape.at(-1)!;
  return Array.from(
    { length: count },
    (_, channel) =>
      Float32Array.from({ length: values.length / count }, (_, i) => values[i * count + channel]!),
  );
}

function distanceSums(filters: readonly Float32Array[]): number[] {
  const sums = filters.map(() => 0);
  filters.forEach((one, i) => {
    for (let j = 0; j < i; j++) {
      const other = filters[j]!;
      let square = 0;
      for (let k = 0; k < one.length; k++) square += (one[k]! - other[k]!) * (one[k]! - other[k]!);
      sums[i]! += Math.sqrt(square);
      sums[j]! += Math.sqrt(square);
    }
  });
  return sums;
}

function sum(values: ArrayLike<number>, term: (value: number) => number): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += term(values[i]!);
  return total;
}
