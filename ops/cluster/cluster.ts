/** The op `cluster`: the weights of a layer share a few values. */
import { defineOp, input, type ModelFacts, ParameterError } from "../../engine/op.ts";
import { modelKind } from "../model/kind.ts";
import { layerFacts } from "../model/layers.ts";
import { noteSkipped, withoutKernel } from "../model/skipped.ts";
import { assertRecalibrates, recalibrationData } from "../learn/recalibrate_field.ts";
import { clusterCounts, clustered, effectOfClustering } from "./clustering.ts";
import { type ClusterParams, clusterParams } from "./fields.ts";

/** Shares weights by k-means, each layer apart (Han et al. 2015, "Deep Compression", §3). */
export const cluster = defineOp({
  name: "cluster",
  version: 1,
  summary: "Lets the weights of each layer share a few values, found by k-means",
  inputs: {
    model: input(modelKind, "The model whose weights share values"),
    data: recalibrationData,
  },
  output: modelKind,
  stage: { after: "prune" },
  makes: "clustered",
  alsoCalled: ["clustering", "weight_sharing"],
  params: clusterParams,
  example: { clusters: 16 },
  random: (params: ClusterParams) => params.init === "k-means++",
  changes: "model",
  facts: (inputs, params) => {
    const before = inputs["model"] as ModelFacts;
    if (before.established.includes("format")) {
      throw new ParameterError(
        "order",
        "model",
        "the model is quantized already, and shared values would be no integers of its format",
        "cluster first, then quantize",
      );
    }
    assertRecalibrates(before, params);
    if (before.layers !== undefined) clusterCounts(before.layers, params);
    const established = [...new Set([...before.established, "clusters"])].sort();
    return { ...before, established };
  },
  effect: ({ model }, output) => effectOfClustering(model, output),
  run: async ({ model, data }, params, context) => {
    const layers = layerFacts(model);
    const treated = clusterCounts(layers, params);
    noteSkipped(context, layers, params, { treated, why: withoutKernel });
    const shared = clustered(model, params);
    if (params.recalibrate === undefined) return shared;
    const { recalibrated } = await import("../learn/recalibrate.ts");
    return await recalibrated(shared, data, params.recalibrate, context);
  },
});
