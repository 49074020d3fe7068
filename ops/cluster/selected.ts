/** Which layers share their weights, and how many values each. */
import type { LayerFacts } from "../../engine/op.ts";
import { storesKernel } from "../model/kinds/mod.ts";
import { selectionOf } from "../model/selection.ts";
import type { ClusterParams } from "./fields.ts";

/** Shared values of each treated layer. See `selectionOf` for errors. */
export function clusterCounts(
  layers: readonly LayerFacts[],
  params: ClusterParams,
): ReadonlyMap<string, number> {
  return selectionOf(
    layers.filter(storesKernel),
    params,
    params.clusters,
    ({ clusters }) => clusters,
  );
}
