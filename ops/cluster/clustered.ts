/** A clustering: the kernels of the selected layers share their values, each layer its own. */
import { stream } from "../../engine/tensor/random.ts";
import { modelFacts } from "../model/layers.ts";
import { type Model, type Weight, weightName } from "../model/model.ts";
import type { ClusterParams } from "./fields.ts";
import { clusterCounts } from "./selected.ts";
import { sharedWeight } from "../model/codebook/shared_weight.ts";

/** The model with shared weights. */
export function clustered(model: Model, params: ClusterParams): Model {
  const { layers } = modelFacts(model, model);
  const weights: Record<string, Weight> = { ...model.weights };
  for (const [layer, count] of clusterCounts(layers!, params)) {
    const name = weightName(layer, "kernel");
    const draws = stream(params.seed ?? 0, `cluster:${name}`);
    weights[name] = sharedWeight(weights[name]!, count, params.init, draws);
  }
  return { ...model, weights, established: { ...model.established, clusters: true } };
}
