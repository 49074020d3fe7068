/** Choosing between epochs: the task's figure on the validation part. */
import { ParameterError } from "../../engine/op.ts";
import type { Room, Tensor } from "../../engine/tensor/mod.ts";
import { type Dataset, labelsPerSample, part } from "../data/dataset.ts";
import { sizeOf } from "../model/layers.ts";
import type { Model } from "../model/model.ts";
import { inputReader } from "./batches.ts";
import { scoreOf } from "./score.ts";
import { behindHead } from "./terms/behind_head.ts";
import { readsValidation, type Training } from "./training_fields.ts";

const BATCH = 256;

/**
 * Accuracy, minus the nats per token, or minus the squared error, of what `run` computes of batches: it gives logits. Where the sample is its own
 * answer, the error is that of what stands behind the head.
 */
export async function validationScore(
  room: Room,
  model: Pick<Model, "inputs" | "preprocess" | "head">,
  data: Dataset,
  run: (x: readonly Tensor[]) => Tensor,
  signal: AbortSignal,
): Promise<number> {
  const validation = part(data, "validation");
  const { count, y } = validation;
  const { outputs, task, input } = data.meta;
  const itself = task === "reconstruction";
  const places = task === "next-token" ? labelsPerSample(y as Int32Array, count) : 1;
  const width = itself ? sizeOf(input) : outputs * places;
  const truths = new Float32Array(itself ? count * width : 0);
  const read = inputReader(room, data.meta, validation, model);
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  const answers = new Float32Array(count * width);
  for (let first = 0; first < count; first += BATCH) {
    signal.throwIfAborted();
    const samples = order.subarray(first, first + BATCH);
    room.tf.tidy(() => {
      const x = read({ samples });
      const said = run(x);
      const answer = itself ? behindHead(room, model.head, said) : said;
      answers.set(room.values(answer), first * width);
      if (itself) truths.set(room.values(x[0]!), first * width);
    });
    await room.breathe();
  }
  return itself ? scoreOf(answers, width, truths) : scoreOf(answers, outputs, y!, task);
}

/** Throws where a training wants to choose and there is nothing to choose by. */
export function assertValidation(training: Training, data: Dataset): void {
  if (!readsValidation(training)) return;
  const { count, y } = part(data, "validation");
  if (count > 0 && (y !== null || data.meta.task === "reconstruction")) return;
  const field = training.checkpoint === "best" ? "checkpoint" : "patience";
  throw new ParameterError(
    "out-of-range",
    field,
    `\`${field}\` chooses by validation samples, and the data have none`,
    "data: { split: { validation: 0.1 } }",
  );
}
