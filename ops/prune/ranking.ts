/**
 * Which weights and channels go: the lowest scores, as many as the ratio says. Counts are exact: they depend on the
 * ratio and on how many there are, never on the values.
 */
import type { LayerFacts } from "../../engine/op.ts";
import { selectionOf, type SelectionParams } from "../model/selection.ts";

/** The parameters that say how much of which layers goes. */
export interface RatioParams extends SelectionParams<{ readonly ratio: number }> {
  readonly ratio: number;
  readonly scope: "layer" | "global";
}

/** Each pruned layer's own ratio; undefined: it takes part in the common ranking. See `selectionOf` for errors. */
export function ratiosOf(
  treatable: readonly LayerFacts[],
  params: RatioParams,
): ReadonlyMap<string, number | undefined> {
  const common = params.scope === "layer" ? params.ratio : undefined;
  return selectionOf(treatable, params, common, ({ ratio }): number | undefined => ratio);
}

/** The whole number nearest a share of a total; a half stays. */
export function countOf(share: number): number {
  return Math.max(0, Math.ceil(share - 0.5));
}

/** What limits how many channels of a group stay. */
export interface KeepLimits {
  /** At least so many stay. */
  readonly minKeep: number;
  /** What stays is a multiple of it, rounded up, unless the group has fewer. */
  readonly roundTo: number;
}

/** How many of `total` channels stay when `removed` were to go. */
export function keptCount(
  total: number,
  removed: number,
  { minKeep, roundTo }: KeepLimits,
): number {
  const wanted = Math.max(total - removed, minKeep);
  return Math.min(total, Math.ceil(wanted / roundTo) * roundTo);
}

/** One array in a ranking. Where `mask` is 0 the entry has gone already and goes again, before all others. */
export interface Ranked {
  readonly scores: Float32Array;
  readonly mask?: Uint8Array | undefined;
}

/**
 * Masks (1 stays, 0 goes) of the `count` lowest scores over all arrays together, in their order; of equals the lower
 * position goes first. Entries whose mask is 0 stay gone even where they are more than `count`.
 */
export function lowestMasks(arrays: readonly Ranked[], count: number): Uint8Array[] {
  const keys = arrays.map(sortKeys);
  const all = new Uint32Array(keys.reduce((sum, each) => sum + each.length, 0));
  keys.reduce((offset, each) => (all.set(each, offset), offset + each.length), 0);
  all.sort();
  // The lowest that stays; of its equals some may go.
  const stays = all[count] ?? Infinity;
  let ties = count - lowerBound(all, stays);
  return keys.map((each) =>
    Uint8Array.from(each, (key) => {
      if (key === 0 || key < stays) return 0;
      return key > stays || ties-- <= 0 ? 1 : 0;
    })
  );
}

/**
 * Integers in the order of the scores: a float's bits rise with it, those of a negative one fall; 0 is left for what
 * has gone.
 */
function sortKeys({ scores, mask }: Ranked): Uint32Array {
  // Adding 0 makes −0 the 0 that it equals.
  const bits = new Uint32Array(scores.map((score) => score + 0).buffer);
  return bits.map((key, i) => mask?.[i] === 0 ? 0 : key >>> 31 === 0 ? key | 0x80000000 : ~key);
}

/** How many of the sorted values are below `value`. */
function lowerBound(sorted: Uint32Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** One group's share of the decision; `scores[i]` is the importance of its i-th unit. */
interface ScoredGroup {
  readonly scores: ArrayLike<number>;
  /** The fraction of this group that goes; absent: the group takes part in the common ranking. */
  readonly ratio?: number;
}

/**
 * The indices of the units that go, per group in the order given: the lowest scores, of equals the lower index.
 * Groups with a `ratio` of their own are cut alone; the others are ranked together and lose `common` of all their
 * units. A group at its limit keeps what it has, and the next in the ranking goes instead; rounding up to `roundTo`
 * gives the most important ones back.
 */
export function selectUnits(
  groups: readonly ScoredGroup[],
  common: number,
  limits: KeepLimits,
): readonly (readonly number[])[] {
  const ranked = rankTogether(groups, common, limits);
  return groups.map(({ scores, ratio }, g) => {
    const total = scores.length;
    const wanted = ratio === undefined ? ranked[g]! : countOf(ratio * total);
    const removed = total - keptCount(total, wanted, limits);
    return ascending(scores).slice(0, removed).sort((a, b) => a - b);
  });
}

/** How many units each group loses in the common ranking, before rounding. */
function rankTogether(
  groups: readonly ScoredGroup[],
  common: number,
  limits: KeepLimits,
): readonly number[] {
  const ranking = groups.flatMap(({ scores, ratio }, group) =>
    ratio === undefined ? Array.from(scores, (score) => ({ score, group })) : []
  );
  // Stable: of equal scores the earlier group and the lower index go first.
  ranking.sort((a, b) => a.score - b.score);
  const removed = groups.map(() => 0);
  let left = countOf(common * ranking.length);
  for (const { group } of ranking) {
    if (left === 0) break;
    if (groups[group]!.scores.length - removed[group]! <= limits.minKeep) continue;
    removed[group]!++;
    left--;
  }
  return removed;
}

/** Indices by rising score; of equals the lower index first. */
function ascending(scores: ArrayLike<number>): number[] {
  return Array.from(scores, (_, index) => index).sort((a, b) => scores[a]! - scores[b]!);
}
