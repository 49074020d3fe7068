/** The op `quantize`: weights, and the values between layers, as small integers. */
import { defineOp, input, type ModelFacts, ParameterError } from "../../engine/op.ts";
import { selectLayers } from "../../engine/selector.ts";
import { datasetInput } from "../data/dataset.ts";
import { modelKind } from "../model/kind.ts";
import { architectureOf, modelFacts } from "../model/layers.ts";
import { hasKernel } from "../model/selection.ts";
import { effectOfQuantizing } from "./error.ts";
import { type QuantizeParams, quantizeParams } from "./fields.ts";
import { foldedArchitecture } from "./fold.ts";
import { withBiases } from "./with_biases.ts";
import { weightBits } from "./treated.ts";

/** Stores weights as integers or at half precision; with calibrated activations the model computes in integers. */
export const quantize = defineOp({
  name: "quantize",
  version: 1,
  summary: "Stores weights, and the values between layers, as small integers",
  inputs: {
    model: input(modelKind, "The model whose numbers get fewer bits"),
    data: datasetInput(
      "The training samples on which the ranges of the values between layers are found",
      (params: QuantizeParams) => calibrates(params) ? ["train"] : [],
    ),
  },
  output: modelKind,
  params: quantizeParams,
  example: { scheme: "int8" },
  changes: "model",
  keeps: ["zeros", "channels"],
  establishes: ["format"],
  facts: (inputs, params) => {
    const before = inputs["model"] as ModelFacts;
    if (before.established.includes("format")) {
      throw new ParameterError(
        "order",
        "scheme",
        "the model is quantized already, and its format has to stay",
        "quantize once, or give layers their own scheme with `per_layer`",
      );
    }
    const established = [...before.established, "format"].sort();
    const architecture = architectureOf(before);
    if (architecture === undefined || before.layers === undefined) {
      return { ...before, established };
    }
    if (params.scheme === "float16") return { ...before, established };
    const bits = weightBits(before.layers, params);
    const folded = params.fold === "batchnorm" ? foldedArchitecture(architecture) : architecture;
    const after = params.bias_correction === "none"
      ? folded
      : withBiases(folded, ({ name }) => (bits.get(name) ?? 32) < 32);
    const { learned } = before;
    return { ...modelFacts(after, { learned, established: {} }), established };
  },
  effect: ({ model }, output) => effectOfQuantizing(model, output),
  run: async ({ model, data }, params, context) => {
    if (params.scheme === "float16") {
      const { atHalfPrecision } = await import("./float16.ts");
      const { layers } = modelFacts(model, model);
      const kernels = layers!.filter(hasKernel);
      return atHalfPrecision(model, new Set(selectLayers(kernels, params.layers, params.exclude)));
    }
    const { quantized } = await import("./quantized.ts");
    return await quantized(model, data, params, context);
  },
});

/** Whether training samples are looked at. */
function calibrates(params: QuantizeParams): boolean {
  return params.scheme !== "float16" &&
    (params.activations.use !== "none" || params.bias_correction !== "none");
}
