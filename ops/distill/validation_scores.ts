/** How good models are, by the task's metric on validation samples: what choosing between them stands on. */
import type { RunContext } from "../../engine/op.ts";
import { withTensors } from "../../engine/tensor/mod.ts";
import { type Dataset, part } from "../data/dataset.ts";
import { inferLogits } from "../model/infer.ts";
import type { Model } from "../model/model.ts";
import { scoreOf } from "../learn/score.ts";

/**
 * Accuracy of each, minus the nats per token or minus the squared error, in order. Throws a RangeError where there
 * are no labelled validation samples; `what` is being chosen.
 */
export async function validationScores(
  models: readonly Model[],
  data: Dataset,
  what: string,
  context: Pick<RunContext, "threads" | "kernels" | "signal" | "progress">,
): Promise<readonly number[]> {
  const validation = part(data, "validation");
  const { y } = validation;
  if (validation.count === 0 || y === null) {
    throw new RangeError(
      `Cannot choose ${what}: the data have no validation samples${
        y === null && validation.count > 0 ? " with labels" : ""
      }`,
    );
  }
  const { signal, progress } = context;
  return await withTensors(async (room) => {
    const found: number[] = [];
    for (const model of models) {
      const logits = await inferLogits(room, model, validation, { meta: data.meta, signal });
      found.push(scoreOf(logits, data.meta.outputs, y, data.meta.task));
      progress(found.length / models.length, `${found.length} of ${models.length} models`);
    }
    return found;
  }, context);
}
