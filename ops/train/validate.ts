/** Choosing between epochs: the task's figure on the validation part. */
import { ParameterError } from "../../engine/op.ts";
import type { Room, Tensor } from "../../engine/tensor/mod.ts";
import { type Dataset, part } from "../data/dataset.ts";
import type { Model } from "../model/model.ts";
import { inputReader } from "./batches.ts";
import { scoreOf } from "./score.ts";
import { readsValidation, type Training } from "./training_fields.ts";

const BATCH = 256;

/** Accuracy, or minus the squared error, of what `run` computes of batches: it gives logits. */
export async function validationScore(
  room: Room,
  model: Pick<Model, "inputs" | "preprocess">,
  data: Dataset,
  run: (x: readonly Tensor[]) => Tensor,
  signal: AbortSignal,
): Promise<number> {
  const validation = part(data, "validation");
  const { count, y } = validation;
  const { outputs } = data.meta;
  const read = inputReader(room, data.meta, validation, model);
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  const logits = new Float32Array(count * outputs);
  for (let first = 0; first < count; first += BATCH) {
    signal.throwIfAborted();
    const samples = order.subarray(first, first + BATCH);
    room.tf.tidy(() => {
      logits.set(room.values(run(read({ samples }))), first * outputs);
    });
    await room.breathe();
  }
  return scoreOf(logits, outputs, y!);
}

/** Throws where a training wants to choose and there is nothing to choose by. */
export function assertValidation(training: Training, data: Dataset): void {
  if (!readsValidation(training)) return;
  const { count, y } = part(data, "validation");
  if (count > 0 && y !== null) return;
  const field = training.checkpoint === "best" ? "checkpoint" : "patience";
  throw new ParameterError(
    "out-of-range",
    field,
    `\`${field}\` chooses by validation samples, and the data have none`,
    "data: { split: { validation: 0.1 } }",
  );
}
