/** Choosing between epochs: the task's figure on the validation part. */
import { ParameterError } from "../../engine/op.ts";
import type { Room, Tensor } from "../../engine/tensor/mod.ts";
import { type Dataset, part } from "../data/dataset.ts";
import { range } from "../model/feed.ts";
import type { Model } from "../model/model.ts";
import { inputReader } from "./batches.ts";
import { openScore } from "./score.ts";
import { headOutput } from "./terms/parts/head_output.ts";
import { readsValidation, type Training } from "./training_fields.ts";

const BATCH = 64;

/** Whether the data have validation samples by which outputs can be measured. */
export function canValidate({ meta: { task }, parts: { validation } }: Dataset): boolean {
  return validation !== undefined && validation.count > 0 && task !== "generation" &&
    (validation.y !== null || task === "reconstruction");
}

/** What is measured: data, and how a batch is run to logits. */
interface ValidationRun {
  readonly data: Dataset;
  readonly run: (x: readonly Tensor[]) => Tensor;
  readonly signal: AbortSignal;
}

/**
 * Accuracy, minus the nats per token, or minus the squared error on the validation part. In reconstruction the error
 * is that of the head's output from the sample.
 */
export async function validationScore(
  room: Room,
  model: Pick<Model, "inputs" | "preprocess" | "head">,
  { data, run, signal }: ValidationRun,
): Promise<number> {
  const validation = part(data, "validation");
  const { count, y } = validation;
  const { outputs, task } = data.meta;
  const reconstructs = task === "reconstruction";
  const labels = y === null ? 0 : y.length / count;
  const read = inputReader(room, data.meta, validation, model);
  const score = openScore(outputs, task);
  for (let first = 0; first < count; first += BATCH) {
    signal.throwIfAborted();
    const samples = range(first, Math.min(BATCH, count - first));
    room.tf.tidy(() => {
      const x = read({ samples });
      const logits = run(x);
      const answers = room.values(reconstructs ? headOutput(room, model.head, logits) : logits);
      const targets = reconstructs
        ? room.values(x[0]!)
        : y!.subarray(first * labels, (first + samples.length) * labels);
      score.add(answers, targets);
    });
    await room.yieldToEventLoop();
  }
  return score.value();
}

/** Throws where a training wants to choose and there is nothing to choose by. */
export function assertValidation(training: Training, data: Dataset): void {
  if (!readsValidation(training)) return;
  if (canValidate(data)) return;
  const field = training.checkpoint === "best" ? "checkpoint" : "patience";
  throw new ParameterError(
    "out-of-range",
    field,
    `\`${field}\` chooses by validation samples with labels, and the data have none`,
    "data: { split: { validation: 0.1 } }",
  );
}
