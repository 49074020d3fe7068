/** What files answer in their runtime to noise, and what the model that they were written from answers to the same. */
import type { Files } from "../../../engine/kind.ts";
import { withTensors } from "../../../engine/tensor/mod.ts";
import type { RunnableFiles, Runtime } from "../../../ops/formats/runtime.ts";
import { inferLogits } from "../../../ops/model/infer.ts";
import { shapesOf } from "../../../ops/model/layers.ts";
import type { Model } from "../../../ops/model/model.ts";
import { networkOf } from "./tflite/support/written.ts";
import { noise } from "../lively_model.ts";
import { runContext } from "../run_context.ts";

/** A convolution, a pooling, a dense layer, and between them one that only moves numbers. */
export const network = networkOf(
  [6, 6, 2],
  {
    ...{ name: "conv", kind: "conv", inputs: ["x"], filters: 4, kernel: [3, 3], strides: [1, 1] },
    ...{ padding: "same", dilations: [1, 1], bias: true, activation: "relu" },
  },
  {
    ...{ name: "pool", kind: "max-pool", inputs: ["conv"], size: [2, 2], strides: [2, 2] },
    ...{ padding: "valid", dilations: [1, 1] },
  },
  { name: "flat", kind: "flatten", inputs: ["pool"] },
  { name: "dense", kind: "dense", inputs: ["flat"], units: 3, bias: true, activation: "linear" },
);

/** Answers of both to the same samples, and what the runtime says of the files. */
export interface Answers extends Omit<RunnableFiles, "infer"> {
  /** What leaves the files, each output's numbers for all samples. */
  readonly found: readonly Float32Array[];
  /** The same of a second inference of the same samples. */
  readonly again: readonly Float32Array[];
  readonly logits: Float32Array;
  readonly probabilities: Float32Array;
}

/** The answers to `count` samples at once. Of a model with one input. */
export async function answersOf(
  runtime: Pick<Runtime, "load">,
  { model, files, count = 1 }: {
    readonly model: Model;
    readonly files: Files;
    readonly count?: number;
  },
): Promise<Answers> {
  const rows = Array.from({ length: count }, (_, index) => noise(model, 2, index)[0]!);
  const x = Float32Array.from(rows.flatMap(({ data }) => [...data]));
  const samples = { x, shape: model.inputs[0]!.shape };
  const told = await runtime.load(
    { files, samples, context: runContext() },
    async ({ infer, ...told }) => {
      const found = (await infer()).map((each) => each.slice());
      return { ...told, found, again: await infer() };
    },
  );
  const logits = await withTensors((room) => inferLogits(room, model, { count, x, y: null }));
  return { ...told, logits, probabilities: headed(logits, model) };
}

/** Behind the head, by its formula: along the last axis. */
function headed(logits: Float32Array, model: Model): Float32Array {
  if (model.head === "none") return logits;
  if (model.head === "sigmoid") return logits.map((each) => 1 / (1 + Math.exp(-each)));
  const width = shapesOf(model)[model.outputs[0]!]!.at(-1)!;
  return logits.map((each, at) => {
    const row = logits.subarray(at - at % width, at - at % width + width);
    return Math.exp(each) / row.reduce((sum, other) => sum + Math.exp(other), 0);
  });
}
