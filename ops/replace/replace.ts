/** The op `replace`: layers give way to cheaper blocks. */
import { defineOp, input, type ModelFacts, ParameterError } from "../../engine/op.ts";
import { modelKind } from "../model/kind.ts";
import { architectureOf, modelFacts } from "../model/layers.ts";
import { recalibrationData } from "../train/recalibrate_field.ts";
import { withBlocks } from "./blocks.ts";
import { effectOfReplacing } from "./effect.ts";
import { type ReplaceParams, replaceParams } from "./fields.ts";
import { knownBlocks } from "./plan.ts";

/** Swaps convolutions for separable ones, or dense layers and 1×1 convolutions for two of low rank. */
export const replace = defineOp({
  name: "replace",
  version: 1,
  summary: "Swaps layers for cheaper blocks, fitted to what they replace",
  inputs: {
    model: input(modelKind, "The model whose layers are replaced"),
    data: recalibrationData,
  },
  output: modelKind,
  params: replaceParams,
  example: { layers: "type:conv", with: "separable" },
  random: (params: ReplaceParams) => params.init === "random",
  changes: "model",
  keeps: ["zeros", "clusters", "channels", "replaced"],
  establishes: ["replaced"],
  facts: (inputs, params) => {
    const before = inputs["model"] as ModelFacts;
    assertPossible(before, params);
    const { learned, family } = before;
    const established = [...new Set([...before.established, "replaced"])].sort();
    const open = { kind: "model", learned, established, ...family && { family } } as const;
    const architecture = architectureOf(before);
    if (architecture === undefined) return open;
    const blocks = knownBlocks(architecture, params);
    // Shapes stay open where the weights decide on the ranks.
    if (blocks === undefined) return open;
    try {
      const after = modelFacts(withBlocks(architecture, blocks), { learned, established: {} });
      return { ...after, established };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new ParameterError("shape-mismatch", "layers", error.message);
    }
  },
  effect: ({ model }, output) => effectOfReplacing(model, output),
  run: async ({ model, data }, params, context) => {
    const { replaced } = await import("./replaced.ts");
    const redesigned = replaced(model, params, context);
    if (params.recalibrate === undefined) return redesigned;
    const { recalibrated } = await import("../train/recalibrate.ts");
    return await recalibrated(redesigned, data, params.recalibrate, context);
  },
});

function assertPossible({ established }: ModelFacts, { order }: ReplaceParams): void {
  if (order !== "together") {
    throw new ParameterError(
      "not-yet",
      "order",
      `layers cannot be replaced ${order}, one after another, yet`,
      "order: together",
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
