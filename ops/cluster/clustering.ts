/** A clustering: which layers share how many values, the model whose kernels do, and what that changed. */
import type { Json, LayerFacts } from "../../engine/op.ts";
import { stream } from "../../engine/tensor/random.ts";
import { sharedWeight } from "../model/codebook/shared_weight.ts";
import { storesKernel } from "../model/kinds/mod.ts";
import { layerFacts } from "../model/layers.ts";
import { type Model, type Weight, weightName } from "../model/model.ts";
import { selectionOf } from "../model/selection.ts";
import { decodeWeight } from "../model/weights.ts";
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

/** The model whose selected kernels share values, each layer its own. */
export function clustered(model: Model, params: ClusterParams): Model {
  const weights: Record<string, Weight> = { ...model.weights };
  for (const [layer, count] of clusterCounts(layerFacts(model), params)) {
    const name = weightName(layer, "kernel");
    const draws = stream(params.seed ?? 0, `cluster:${name}`);
    weights[name] = sharedWeight(weights[name]!, count, params.init, draws);
  }
  return { ...model, weights, established: { ...model.established, clusters: true } };
}

/** One layer's kernel. */
interface SharedValues {
  /** Weights that are not pruned. */
  readonly weights: number;
  /** Different values among them, before and after. */
  readonly before: number;
  readonly values: number;
  /** Σ (w − ŵ)²: the sum of squared distances from the centroids. */
  readonly wcss: number;
}

/** The layers whose kernels were not stored by codebook before, or lost values; undefined where there are none. */
export function effectOfClustering(before: Model, after: Model): Json | undefined {
  const layers: Record<string, SharedValues> = {};
  for (const { name } of after.layers) {
    const [was, is] = [before, after].map(({ weights }) => weights[weightName(name, "kernel")]);
    if (was === undefined || is?.encoding.use !== "codebook") continue;
    const [exact, shared] = [was, is].map((weight) => live(decodeWeight(weight), is.mask));
    const counts = { before: new Set(exact).size, values: new Set(shared).size };
    if (was.encoding.use === "codebook" && counts.before === counts.values) continue;
    const wcss = exact!.reduce((sum, w, i) => sum + (w - shared![i]!) * (w - shared![i]!), 0);
    layers[name] = { weights: exact!.length, ...counts, wcss };
  }
  return Object.keys(layers).length === 0 ? undefined : { layers } as unknown as Json;
}

function live(values: Float32Array, mask: Uint8Array | undefined): Float32Array {
  return mask === undefined ? values : values.filter((_, i) => mask[i] !== 0);
}
