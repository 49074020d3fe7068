/** Ranks of matrices that become products of two narrow ones. */
import { ParameterError } from "../../engine/op.ts";
import type { Rank } from "./fields.ts";

/** Rows and columns of a layer's kernel. */
export interface Extents {
  readonly rows: number;
  readonly columns: number;
}

/** The largest rank r whose factors, r · (rows + columns) numbers, are fewer than the matrix has; 0: none is. */
export function gainfulRank({ rows, columns }: Extents): number {
  return Math.ceil(rows * columns / (rows + columns)) - 1;
}

/** The lowest rank that keeps `share` of the sum of squares of descending singular values; at least 1. */
export function rankOfShare(values: Float64Array, share: number): number {
  const whole = energyOf(values);
  let kept = 0;
  const last = values.findIndex((value) => {
    kept += value * value;
    return kept >= share * whole;
  });
  return last < 0 ? values.length : last + 1;
}

/** A layer's matrix and its descending singular values. */
interface MatrixSpectrum extends Extents {
  readonly values: Float64Array;
}

/**
 * Ranks whose factors have at most `parameters` numbers together: every layer gets 1. Next comes the singular value
 * that keeps the largest share of its layer's energy for each number it costs, as long as it fits; of equals the
 * earlier layer's. No rank rises above the gainful one. Throws a ParameterError where rank 1 is too much already.
 */
export function ranksInBudget(
  spectra: ReadonlyMap<string, MatrixSpectrum>,
  parameters: number,
): ReadonlyMap<string, number> {
  assertBudget(spectra, parameters);
  const ranks = new Map([...spectra.keys()].map((layer) => [layer, 1]));
  let left = parameters - leastBudget(spectra);
  const candidates = [...spectra].flatMap(([layer, spectrum]) => {
    const cost = spectrum.rows + spectrum.columns;
    const whole = energyOf(spectrum.values);
    return Array.from(spectrum.values.subarray(1, gainfulRank(spectrum)), (value) => ({
      layer,
      cost,
      worth: whole === 0 ? 0 : value * value / whole / cost,
    }));
  });
  const full = new Set<string>();
  for (const { layer, cost } of candidates.sort((a, b) => b.worth - a.worth)) {
    // A layer's values come in order: behind one that did not fit, none does.
    if (cost > left) full.add(layer);
    if (full.has(layer)) continue;
    ranks.set(layer, ranks.get(layer)! + 1);
    left -= cost;
  }
  return ranks;
}

/** Throws a ParameterError where a budget does not give every layer rank 1. */
export function assertBudget(layers: ReadonlyMap<string, Extents>, parameters: number): void {
  const least = leastBudget(layers);
  if (parameters >= least) return;
  throw new ParameterError(
    "out-of-range",
    "with.rank.parameters",
    `${parameters} weights are not enough: at rank 1 the factors have ${least}`,
    `parameters: ${least} or more, or fewer layers`,
  );
}

/** The ranks that spectra lead to. */
export function fittedRanks(
  spectra: ReadonlyMap<string, MatrixSpectrum>,
  rank: Exclude<Rank, number>,
): ReadonlyMap<string, number> {
  if (rank.use === "budget") return ranksInBudget(spectra, rank.parameters);
  return new Map(
    [...spectra].map(([layer, { values }]) => [layer, rankOfShare(values, rank.share)]),
  );
}

function leastBudget(layers: ReadonlyMap<string, Extents>): number {
  return [...layers.values()].reduce((sum, { rows, columns }) => sum + rows + columns, 0);
}

function energyOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}
