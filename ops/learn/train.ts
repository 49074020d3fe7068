/** The op `train`: a model learns from labels. */
import { defineOp, input, Type } from "../../engine/op.ts";
import { datasetInput } from "../data/dataset.ts";
import { modelKind } from "../model/kind.ts";
import {
  epochsText,
  neededParts,
  TRAINING_PARTS,
  trainingProperties,
  undoesQuantization,
} from "./training_fields.ts";
import { assertNoPeers, assertNoTeacher, trainingFacts } from "./training_facts.ts";

export const train = defineOp({
  name: "train",
  version: 2,
  summary: "Trains a model on the labels of the data",
  inputs: {
    model: input(modelKind, "The model that learns"),
    data: datasetInput(
      "The samples to learn from, and to choose epochs by",
      TRAINING_PARTS,
      { needed: neededParts },
    ),
  },
  output: modelKind,
  makes: "trained",
  learns: true,
  alsoCalled: ["fit", "finetune"],
  refusedAfter: [undoesQuantization],
  summaryOf: epochsText,
  changes: "model",
  random: true,
  params: Type.Object(
    trainingProperties([{ use: "labels", weight: 1, smoothing: 0 }]),
  ),
  example: { epochs: 1, optimizer: { use: "adam", learning_rate: 0.001 } },
  facts(inputs, params) {
    assertNoTeacher(params.loss);
    assertNoPeers(params.loss);
    return trainingFacts(inputs, params);
  },
  async run({ model, data }, training, context) {
    const { trainModel } = await import("./train_models.ts");
    return await trainModel({ model, data, training }, context);
  },
});
