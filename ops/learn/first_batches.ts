/** The first samples of the training part, in their order: what calibration and re-estimation look at. */
import type { RunContext } from "../../engine/op.ts";
import type { Room, Tensor } from "../../engine/tensor/mod.ts";
import { type Dataset, part } from "../data/dataset.ts";
import type { Model } from "../model/model.ts";
import { inputReader } from "./batches.ts";

/** Samples per batch. */
export const FIRST_BATCH = 64;

/**
 * Hands the first `count` samples (all, if there are fewer) to `body` as a model's inputs see them, 64 at a time. What `body`
 * leaves behind is disposed. Throws where the run is aborted.
 */
export async function eachFirstBatch(
  room: Room,
  model: Pick<Model, "inputs" | "preprocess">,
  data: Dataset,
  count: number,
  context: Pick<RunContext, "signal" | "progress">,
  body: (x: readonly Tensor[]) => void,
): Promise<void> {
  const train = part(data, "train");
  const total = Math.min(count, train.count);
  const read = inputReader(room, data.meta, train, model);
  for (let from = 0; from < total; from += FIRST_BATCH) {
    context.signal.throwIfAborted();
    const length = Math.min(FIRST_BATCH, total - from);
    const samples = Uint32Array.from({ length }, (_, i) => from + i);
    room.tf.tidy(() => body(read({ samples })));
    context.progress((from + length) / total, `${from + length} of ${total} samples`);
    await room.yieldToEventLoop();
  }
}
