/** The time of one inference in our own room. */
import type { RunContext } from "../../engine/op.ts";
import { withTensors } from "../../engine/tensor/mod.ts";
import { runner } from "../model/infer.ts";
import type { Model } from "../model/model.ts";
import { noiseOf } from "../model/noise.ts";

/** Inferences before the clock counts: kernels are compiled and memory is touched in them. */
const WARM_UP = 3;

/** Median milliseconds of one inference of `batch` samples of noise, from prepared input to logits read back. */
export async function latencyOf(
  model: Model,
  batch: number,
  repeats: number,
  context: RunContext,
): Promise<number> {
  const noise = model.inputs.map((input, index) => ({
    shape: [batch, ...input.shape],
    values: noiseOf(model, input, batch, index),
  }));
  const { signal, progress } = context;
  return await withTensors(async (room) => {
    const { run, dispose } = await runner(room, model);
    const times: number[] = [];
    try {
      for (let round = -WARM_UP; round < repeats; round++) {
        signal.throwIfAborted();
        const start = performance.now();
        room.tf.tidy(() => {
          room.values(run(noise.map(({ shape, values }) => room.tensor(values, shape))));
        });
        if (round >= 0) times.push(performance.now() - start);
        progress((round + WARM_UP + 1) / (WARM_UP + repeats), `${repeats} inferences`);
        await room.yieldToEventLoop();
      }
    } finally {
      dispose();
    }
    return median(times);
  }, context);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
