/** The op `predict`: what a model says of every training sample, once, for all who learn from it. */
import { defineOp, input, Type } from "../../engine/op.ts";
import { datasetInput, part } from "../data/dataset.ts";
import { modelKind } from "../model/kind.ts";
import { outputsKind } from "../train/outputs.ts";

export const predict = defineOp({
  name: "predict",
  version: 1,
  summary: "Computes a model's logits on the training samples",
  inputs: {
    model: input(modelKind, "The model that is asked, in inference"),
    data: datasetInput("The samples it is asked about", ["train"]),
  },
  output: outputsKind,
  params: Type.Object({}),
  example: {},
  async run({ model, data }, _params, { threads, signal, progress }) {
    const [{ withTensors }, { inferLogits }] = await Promise.all([
      import("../../engine/tensor/mod.ts"),
      import("../model/infer.ts"),
    ]);
    const train = part(data, "train");
    const options = {
      signal,
      progress: (fraction: number) => progress(fraction, `${train.count} samples`),
    };
    const logits = await withTensors(
      (room) => inferLogits(room, model, train, data.meta, options),
      { threads },
    );
    return { count: train.count, width: logits.length / train.count, logits };
  },
});
