/** The best of some models, by the task's metric on validation samples. */
import type { RunContext } from "../../engine/op.ts";
import { withTensors } from "../../engine/tensor/mod.ts";
import { type Dataset, part } from "../data/dataset.ts";
import { inferLogits } from "../model/infer.ts";
import type { Model } from "../model/model.ts";
import { scoreOf } from "../train/score.ts";

/**
 * Its position; the first of equal ones. Notes: `scores`, in the order of the models. Throws a RangeError where there
 * is nothing to choose by.
 */
export async function bestPeer(
  models: readonly Model[],
  data: Dataset,
  { threads, signal, note, progress }: Pick<
    RunContext,
    "threads" | "signal" | "note" | "progress"
  >,
): Promise<number> {
  const validation = part(data, "validation");
  const { y } = validation;
  if (validation.count === 0 || y === null) {
    throw new RangeError("Cannot choose the best peer: the data have no validation samples");
  }
  const scores = await withTensors(async (room) => {
    const found: number[] = [];
    for (const model of models) {
      const logits = await inferLogits(room, model, validation, data.meta, { signal });
      found.push(scoreOf(logits, data.meta.outputs, y));
      progress(found.length / models.length, `${found.length} of ${models.length} peers`);
    }
    return found;
  }, { threads });
  note("scores", scores);
  return scores.indexOf(Math.max(...scores));
}
