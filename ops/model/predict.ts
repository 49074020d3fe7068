/** What a model answers to samples at hand. */
import type { Batch } from "../../engine/kind.ts";
import type { RunContext } from "../../engine/run_context.ts";
import { withTensors } from "../../engine/tensor/mod.ts";
import { inferLogits } from "./infer.ts";
import { show, sizeOf } from "./layers.ts";
import type { Model } from "./model.ts";

/**
 * Logits of raw samples, one row each: what the model was trained on before normalisation, one after another or in
 * nested arrays. Throws a RangeError where they do not make whole samples.
 */
export async function predict(
  model: Model,
  batch: Batch,
  options: Pick<RunContext, "threads" | "kernels">,
): Promise<Float32Array[]> {
  const [input, ...conditions] = model.inputs;
  const shape = input?.shape ?? [];
  if (conditions.length > 0) {
    throw new RangeError(
      `Cannot predict: the model reads ${conditions.map(({ name }) => name).join(", ")} besides`,
    );
  }
  const x = Array.isArray(batch) ? Float32Array.from(numbersOf(batch)) : batch as Float32Array;
  const count = x.length / sizeOf(shape);
  if (!Number.isInteger(count) || count === 0) {
    throw new RangeError(
      `Cannot predict from ${x.length} numbers: the model reads samples of ${show(shape)}`,
    );
  }
  const logits = await withTensors(
    (room) => inferLogits(room, model, { count, x, y: null }),
    options,
  );
  const width = logits.length / count;
  return Array.from({ length: count }, (_, row) => logits.slice(row * width, (row + 1) * width));
}

function* numbersOf(batch: readonly (number | Batch)[]): Generator<number> {
  for (const each of batch) {
    if (typeof each === "number") yield each;
    else yield* numbersOf(Array.isArray(each) ? each : [...each as Float32Array]);
  }
}
