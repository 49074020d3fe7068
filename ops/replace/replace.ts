/** The op `replace`: layers are replaced by cheaper blocks. */
import { given } from "../../engine/given.ts";
import { defineOp, input, type Json, type ModelFacts, ParameterError } from "../../engine/op.ts";
import { modelKind } from "../model/kind.ts";
import { architectureOf, changedFacts, layerFacts, sizeOf } from "../model/layers.ts";
import type { Model } from "../model/model.ts";
import { noteSkipped } from "../model/skipped.ts";
import { datasetInput } from "../data/dataset.ts";
import { finetuneFacts } from "../learn/finetune_facts.ts";
import { assertRecalibrates } from "../learn/recalibrate_field.ts";
import { neededParts, TRAINING_PARTS } from "../learn/training_fields.ts";
import { withBlocks } from "./blocks.ts";
import { isFitted, type ReplaceParams, replaceParams } from "./fields.ts";
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
  stage: {},
  makes: "replaced",
  trainsInside: ({ order }) => order !== "together",
  unwiseAfter: [{
    after: "prune",
    because: "the new blocks are dense: what pruning removed in the old ones is forgotten",
    help: "replace first",
  }],
  params: replaceParams,
  example: { layers: "type:conv", with: "separable" },
  random: (params: ReplaceParams) =>
    params.init === "random" || !isFitted(params.with) || params.finetune !== undefined,
  changes: "model",
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
      const training = { model, data: data!, finetune: params.finetune! };
      return await replacedInOrder(training, params, context);
    }
    const { replaced } = await import("./replaced.ts");
    const redesigned = replaced(model, params, context);
    const left = new Set(redesigned.layers.map(({ name }) => name));
    noteSkipped(context, layerFacts(model), params, {
      treated: { has: (name) => !left.has(name) },
      why: ({ kind }) => `${params.with.use} is for no ${kind}, or would not make it smaller`,
    });
    if (params.recalibrate === undefined) return redesigned;
    const { recalibrated } = await import("../learn/recalibrate.ts");
    return await recalibrated(redesigned, data, params.recalibrate, context);
  },
});

/** What is known of the model with its blocks; shapes stay open where the weights decide on the ranks. */
function replacedFacts(before: ModelFacts, params: ReplaceParams): ModelFacts {
  const { learned, family } = before;
  const established = [...new Set([...before.established, "replaced"])].sort();
  const open = { kind: "model", learned, established, ...given({ family }) } as const;
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

/** For each layer that gave way, the layers in its place and the parameters of both; undefined where none did. */
function effectOfReplacing(before: Model, after: Model): Json | undefined {
  const now = after.layers.map(({ name }) => name);
  const had = new Set(before.layers.map(({ name }) => name));
  const rows = before.layers.filter(({ name }) => !now.includes(name)).map(({ name }) => {
    const group = now.filter((each) => each.startsWith(`${name}.`) && !had.has(each));
    const parameters = parametersOf(after, group);
    return [name, { layers: group, parameters, before: parametersOf(before, [name]) }] as const;
  });
  return rows.length === 0 ? undefined : { layers: Object.fromEntries(rows) };
}

function parametersOf({ weights }: Model, layers: readonly string[]): number {
  return Object.entries(weights)
    .filter(([name]) => layers.includes(name.slice(0, name.lastIndexOf("/"))))
    .reduce((sum, [, { shape }]) => sum + sizeOf(shape), 0);
}
