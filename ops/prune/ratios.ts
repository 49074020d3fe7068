/** The ratio of each pruned layer. */
import type { LayerFacts } from "../../engine/op.ts";
import { selectionOf, type SelectionParams } from "../model/selection.ts";

/** The parameters that say where how much goes. */
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
