/** The op `replace`: layers give way to cheaper blocks. */
import { defineOp, input, type ModelFacts, ParameterError } from "../../engine/op.ts";
import { modelKind } from "../model/kind.ts";
import { architectureOf, changedFacts, modelFacts } from "../model/layers.ts";
import { noteSkipped } from "../model/skipped.ts";
import { datasetInput } from "../data/dataset.ts";
import { finetuneFacts } from "../learn/finetune_facts.ts";
import { assertRecalibrates } from "../learn/recalibrate_field.ts";
import { neededParts, TRAINING_PARTS } from "../learn/training_fields.ts";
import { withBlocks } from "./blocks.ts";
import { effectOfReplacing } from "./effect.ts";
import { type ReplaceParams, replaceParams } from "./fields.ts";
import { isFitted } from "./fitted.ts";
import { knownBlocks } from "./plan.ts";

/** Swaps layers for blocks with fewer weights: all at once, or one after another with a training after each. */
export const replace = defineOp({
  name: "replace",
  version: 2,
  summary: "Swaps layers for cheaper blocks, fitted to what they replace",
  inputs: {
    model: input(modelKind, "The model whose layers are replaced"),
    data: datasetInput(
      "The training samples on which BatchNorm is estimated again, and to learn from",
      ({ finetune, recalibrate }: ReplaceParams) =>
        finetune !== undefined ? TRAINING_PARTS : recalibrate === undefined ? [] : ["train"],
      { needed: ({ finetune }: ReplaceParams) => finetune ? neededParts(finetune) : ["train"] },
    ),
  },
  output: modelKind,
  params: replaceParams,
  example: { layers: "type:conv", with: "separable" },
  random: (params: ReplaceParams) =>
    params.init === "random" || !isFitted(params.with) || params.finetune !== undefined,
  changes: "model",
  keeps: ["zeros", "clusters", "channels", "replaced"],
  establishes: ["replaced"],
  facts: (inputs, params) => {
    const before = inputs["model"] as ModelFacts;
    assertPossible(before, params);
    assertRecalibrates(before, params);
    const after = replacedFacts(before, params);
    return params.finetune === undefined
      ? after
      : finetuneFacts({ ...inputs, model: after }, params.finetune);
  },
  effect: ({ model }, output) => effectOfReplacing(model, output),
  run: async ({ model, data }, params, context) => {
    if (params.order !== "together") {
      const { replacedInOrder } = await import("./in_order.ts");
      return await replacedInOrder(model, data!, params.finetune!, params, context);
    }
    const { replaced } = await import("./replaced.ts");
    const redesigned = replaced(model, params, context);
    const left = new Set(redesigned.layers.map(({ name }) => name));
    const gone = { has: (name: string) => !left.has(name) };
    noteSkipped(
      context,
      modelFacts(model, model).layers!,
      params,
      gone,
      ({ kind }) => `${params.with.use} is for no ${kind}, or would not make it smaller`,
    );
    if (params.recalibrate === undefined) return redesigned;
    const { recalibrated } = await import("../learn/recalibrate.ts");
    return await recalibrated(redesigned, data, params.recalibrate, context);
  },
});

/** What is known of the model with its blocks; shapes stay open where the weights decide on the ranks. */
function replacedFacts(before: ModelFacts, params: ReplaceParams): ModelFacts {
  const { learned, family } = before;
  const established = [...new Set([...before.established, "replaced"])].sort();
  const open = { kind: "model", learned, established, ...family && { family } } as const;
  const architecture = architectureOf(before);
  const blocks = architecture && knownBlocks(architecture, params);
  if (architecture === undefined || blocks === undefined) return open;
  const replaced = [...new Set([...before.replaced ?? [], ...blocks.keys()])].sort();
  try {
    return changedFacts({ ...before, replaced }, withBlocks(architecture, blocks), "replaced");
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ParameterError("shape-mismatch", "layers", error.message);
  }
}

function assertPossible({ established }: ModelFacts, { order, finetune }: ReplaceParams): void {
  if (order !== "together" && finetune === undefined) {
    throw new ParameterError(
      "missing-field",
      "finetune",
      `replacing ${order}, one layer after another, differs from all at once by the training after each`,
      "finetune: { epochs: 1 }, or order: together",
    );
  }
  if (!established.includes("format")) return;
  throw new ParameterError(
    "order",
    "model",
    "the model is quantized already, and new layers would have no number format",
    "replace first, then quantize",
  );
}
