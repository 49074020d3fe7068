/** Which channels go: the lowest scores, as many as the ratio says; of equals the lower index. */
import { countOf, type KeepLimits, keptCount } from "./count.ts";

/** One group's share of the decision; `scores[i]` is the importance of its i-th unit. */
interface Scored {
  readonly scores: ArrayLike<number>;
  /** The fraction of this group that goes; absent: the group takes part in the common ranking. */
  readonly ratio?: number;
}

/**
 * The indices of the units that go, per group in the order given. Groups with a `ratio` of their own are cut alone; the
 * others are ranked together and lose `common` of all their units. A group at its limit keeps what it has, and the next
 * in the ranking goes instead; rounding up to `roundTo` gives the most important ones back.
 */
export function selectUnits(
  groups: readonly Scored[],
  common: number,
  limits: KeepLimits,
): readonly (readonly number[])[] {
  const ranked = rankTogether(groups, common, limits);
  return groups.map(({ scores, ratio }, g) => {
    const total = scores.length;
    const wanted = ratio === undefined ? ranked[g]! : countOf(ratio, total);
    const removed = total - keptCount(total, wanted, limits);
    return ascending(scores).slice(0, removed).sort((a, b) => a - b);
  });
}

/** How many units each group loses in the common ranking, before rounding. */
function rankTogether(
  groups: readonly Scored[],
  common: number,
  limits: KeepLimits,
): readonly number[] {
  const ranking = groups.flatMap(({ scores, ratio }, group) =>
    ratio === undefined ? Array.from(scores, (score) => ({ score, group })) : []
  );
  // Stable: of equal scores the earlier group and the lower index go first.
  ranking.sort((a, b) => a.score - b.score);
  const removed = groups.map(() => 0);
  let left = countOf(common, ranking.length);
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
