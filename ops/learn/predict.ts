/** The op `predict`: what a model says of every training sample, once, for all who learn from it. */
import { type DatasetFacts, defineOp, input, type ModelFacts, Type } from "../../engine/op.ts";
import { datasetInput, part } from "../data/dataset.ts";
import { modelKind } from "../model/kind.ts";
import { outputsKind } from "./outputs.ts";
import { answerMisfit, misfitError } from "./training_facts.ts";

/** Logits that are kept, at most: 2 GiB as float32. They are one array in memory, then one file of the cache. */
const MOST = 0x2000_0000;

/** Throws a RangeError where answers are more than can be kept. */
export function assertRoom(samples: number, width: number): void {
  if (samples * width <= MOST) return;
  const gigabytes = (4 * samples * width / 0x4000_0000).toFixed(1);
  throw new RangeError(
    `Cannot keep what the model says of ${samples} samples: ${width} numbers for each make ${gigabytes} GiB, 2 GiB ` +
      "are the most; take fewer samples (data: { limit: … }) or tokens (text: { vocabulary: …, length: … }), or say " +
      "`augment` in `distill`, so that the teacher answers batch by batch",
  );
}

export const predict = defineOp({
  name: "predict",
  version: 1,
  summary: "Computes a model's logits on the training samples, 2 GiB at most",
  inputs: {
    model: input(modelKind, "The model that is asked, in inference", { learned: true }),
    data: datasetInput("The samples it is asked about", ["train"]),
  },
  output: outputsKind,
  makes: ({ model, data }) => `${model}-outputs${data === undefined ? "" : `-${data}`}`,
  params: Type.Object({}),
  example: {},
  facts({ model, data }) {
    const misfit = answerMisfit(model as ModelFacts, data as DatasetFacts, "the teacher");
    if (misfit !== undefined) throw misfitError(misfit, "model");
    return { kind: "outputs" };
  },
  async run({ model, data }, _params, { threads, kernels, signal, progress }) {
    const [{ withTensors }, { answerSize, inferLogits }] = await Promise.all([
      import("../../engine/tensor/mod.ts"),
      import("../model/infer.ts"),
    ]);
    const train = part(data, "train");
    assertRoom(train.count, answerSize(model));
    const options = {
      meta: data.meta,
      signal,
      progress: (fraction: number) => progress(fraction, `${train.count} samples`, train.count),
    };
    const logits = await withTensors(
      (room) => inferLogits(room, model, train, options),
      { threads, kernels },
    );
    return { count: train.count, width: logits.length / train.count, logits };
  },
});
