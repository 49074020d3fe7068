/** The op `quantize`: weights, and the values between layers, as small integers. */
import {
  defineOp,
  input,
  type LayerFacts,
  type ModelFacts,
  ParameterError,
} from "../../engine/op.ts";
import { given } from "../../engine/given.ts";
import { selectLayers } from "../../engine/selector.ts";
import { datasetInput } from "../data/dataset.ts";
import { modelKind } from "../model/kind.ts";
import { architectureOf, changedFacts, layerFacts } from "../model/layers.ts";
import { hasKernel, kindOf, storesKernel } from "../model/kinds/mod.ts";
import { ownerOf } from "../model/model.ts";
import { isBatchNorm } from "../model/kinds/norm.ts";
import { noteSkipped, withoutKernel } from "../model/skipped.ts";
import { effectOfQuantizing } from "./error.ts";
import { finetuneFacts } from "../learn/finetune_facts.ts";
import { neededParts, TRAINING_PARTS, type TrainingInputs } from "../learn/training_fields.ts";
import {
  type IntegerParams,
  type QuantizeParams,
  quantizeParams,
  valueIntegers,
} from "./fields.ts";
import { foldedArchitecture, folds } from "../model/fold.ts";
import { weightBits, withBiases } from "./treated_layers.ts";

/** Stores weights as integers or at half precision; with calibrated activations the model computes in integers. */
export const quantize = defineOp({
  name: "quantize",
  version: 2,
  summary: "Stores weights, and the values between layers, as small integers",
  inputs: {
    model: input(modelKind, "The model whose numbers get fewer bits"),
    data: datasetInput(
      "The training samples on which the ranges of the values between layers are found, and that are trained on",
      partsOf,
      { needed: neededOf },
    ),
  },
  output: modelKind,
  stage: { after: "cluster" },
  makes: "quantized",
  trainsInside: () => true,
  alsoCalled: ["quantization", "quantise", "quantisation"],
  summaryOf: (params) =>
    "granularity" in params ? `${params.granularity} ${params.scheme}` : params.scheme,
  params: quantizeParams,
  example: { scheme: "int8" },
  random: (params: QuantizeParams) => finetuneOf(params) !== undefined,
  changes: "model",
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
    if (params.scheme !== "float16") {
      assertClusters(before, params);
      assertAware(inputs, params);
    }
    const established = [...before.established, "format"].sort();
    const known = { ...before, ...given({ integers: valueIntegers(params) }) };
    const architecture = architectureOf(before);
    if (architecture === undefined || before.layers === undefined) {
      return { ...known, established };
    }
    if (params.scheme === "float16") return { ...known, established };
    assertRows(before.layers, params);
    const bits = weightBits(before.layers, params);
    const folded = params.fold === "batchnorm" ? foldedArchitecture(architecture) : architecture;
    const after = params.bias_correction === "none" ? folded : withBiases(
      folded,
      (layer) => hasKernel(layer) && (bits.get(ownerOf(layer)) ?? 32) < 32,
    );
    return changedFacts(known, after, "format");
  },
  effect: ({ model }, output) => effectOfQuantizing(model, output),
  run: async ({ model, data }, params, context) => {
    const layers = layerFacts(model);
    if (params.scheme === "float16") {
      const { atHalfPrecision } = await import("../model/integers/float16.ts");
      const kernels = layers.filter(storesKernel);
      const treated = new Set(selectLayers(kernels, params.layers, params.exclude));
      noteSkipped(context, layers, params, { treated, why: withoutKernel });
      return atHalfPrecision(model, treated);
    }
    const bits = weightBits(layers, params);
    const treated = { has: (name: string) => (bits.get(name) ?? 32) < 32 };
    noteSkipped(context, layers, params, {
      treated,
      why: (layer) =>
        bits.has(layer.name)
          ? "float32 by `per_layer`"
          : isBatchNorm(layer) && params.fold === "batchnorm"
          ? "folded into the layer before it"
          : withoutKernel(layer),
    });
    if (params.finetune !== undefined) {
      const { quantizedAware } = await import("./aware.ts");
      const training = { model, data: data!, finetune: params.finetune };
      return await quantizedAware(training, params, context);
    }
    const { quantized } = await import("./quantized.ts");
    return await quantized(model, data, params, context);
  },
});

function finetuneOf(params: QuantizeParams) {
  return params.scheme === "float16" ? undefined : params.finetune;
}

/** The parts of the data that are looked at. */
function partsOf(params: QuantizeParams): readonly ("train" | "validation")[] {
  if (params.scheme === "float16") return [];
  const { finetune, activations, bias_correction: correction } = params;
  if (finetune !== undefined) return TRAINING_PARTS;
  const calibrated = activations.use !== "none" && activations.ranges !== "dynamic";
  return calibrated || correction === "measured" ? ["train"] : [];
}

/** Those of them that must hold samples. */
function neededOf(params: QuantizeParams) {
  const finetune = finetuneOf(params);
  return finetune === undefined ? partsOf(params) : neededParts(finetune);
}

/** Throws where ranges are to be found while computing, and there are layers for which they are not. */
function assertRows(layers: readonly LayerFacts[], params: IntegerParams): void {
  const { activations } = params;
  if (activations.use === "none" || activations.ranges !== "dynamic") return;
  const bits = weightBits(layers, params);
  const other = layers.find((layer) =>
    hasKernel(layer) && !kindOf(layer).integers.dynamic && (bits.get(layer.name) ?? 32) < 32
  );
  if (other === undefined) return;
  throw new ParameterError(
    "unknown-value",
    "activations.ranges",
    `dynamic ranges are those of rows that dense layers read, and ${other.name} is a ${other.kind}`,
    `ranges: static, or exclude: type:${other.type}`,
  );
}

/** Throws where a finetuning, or what belongs to one, cannot work. */
function assertAware(inputs: TrainingInputs, params: IntegerParams): void {
  const { finetune, scales, symmetry, freeze_after: freezes, bias_correction: correction } = params;
  if (correction === "analytic" && params.equalize !== "none") {
    throw new ParameterError(
      "unknown-value",
      "bias_correction",
      "after `equalize` channels are no longer what batch normalisation says of them",
      "bias_correction: measured",
    );
  }
  if (finetune === undefined) {
    const field = scales === "learned"
      ? "scales"
      : freezes === undefined
      ? undefined
      : "freeze_after";
    if (field === undefined) return;
    throw new ParameterError(
      "missing-field",
      field,
      `\`${field}\` says how a training behaves, and there is none`,
      "finetune: { epochs: … }",
    );
  }
  const { activations } = params;
  if (activations.use !== "none" && activations.ranges === "dynamic") {
    throw new ParameterError(
      "unknown-value",
      "activations.ranges",
      "`finetune` rounds values by ranges that it watches, and dynamic ones are found row by row",
      "ranges: static, or no finetune",
    );
  }
  if (scales === "learned" && symmetry === "asymmetric") {
    throw new ParameterError(
      "unknown-value",
      "scales",
      "learned scales have no zero point beside them",
      "symmetry: symmetric",
    );
  }
  if (correction !== "none") {
    throw new ParameterError(
      "unknown-value",
      "bias_correction",
      "`finetune` moves the biases with rounding in view; there is nothing left to correct",
      "leave bias_correction out",
    );
  }
  if ((inputs.model as ModelFacts).established.includes("clusters")) {
    throw new ParameterError(
      "order",
      "finetune",
      "weights that share values cannot be trained and rounded at once",
      "train after `cluster` with its own finetune, and quantize without one",
    );
  }
  finetuneFacts(inputs, finetune);
}

/**
 * Throws where rounding would multiply the values that `cluster` left: they stay shared only if all weights of a
 * layer are rounded alike. Where single layers are chosen, the clustered ones may not be among them: that is seen
 * when the step has run.
 */
function assertClusters(model: ModelFacts, params: IntegerParams): void {
  if (!model.established.includes("clusters")) return;
  if (params.layers !== undefined || params.exclude !== undefined) return;
  const architecture = architectureOf(model);
  if (params.granularity !== "tensor") {
    refuseClusters(
      "granularity",
      "each channel would round the values that a layer shares by its own scale",
      "granularity: tensor",
    );
  }
  if (params.equalize !== "none") {
    refuseClusters("equalize", "`cross-layer` scales channels apart", "leave equalize out");
  }
  if (params.fold === "batchnorm" && architecture !== undefined && folds(architecture).size > 0) {
    refuseClusters("fold", "folding BatchNorm scales channels apart", "fold: none");
  }
}

function refuseClusters(path: string, because: string, help: string): never {
  throw new ParameterError(
    "order",
    path,
    `weights share values since \`cluster\`, and ${because}: there would be more of them`,
    help,
  );
}
