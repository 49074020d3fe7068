/** The time of one inference in our own room, and how inferences are timed anywhere. */
import type { RunContext } from "../../engine/op.ts";
import { withTensors } from "../../engine/tensor/mod.ts";
import { runner } from "../model/infer.ts";
import type { Model } from "../model/model.ts";
import { noiseOf } from "../model/noise.ts";

/** Inferences before the clock counts, at least: kernels are compiled and memory is touched in them. */
const WARM_UP = 3;

/** Milliseconds of inferences, in the order of their length. */
export type Times = readonly number[];

/** Times of inferences of `batch` samples of noise in our own room, from prepared input to logits read back. */
export async function timesOf(
  model: Model,
  batch: number,
  repeats: number,
  context: RunContext,
): Promise<Times> {
  const noise = model.inputs.map((input, index) => ({
    shape: [batch, ...input.shape],
    values: noiseOf(model, input, batch, index),
  }));
  return await withTensors(async (room) => {
    const { run, dispose } = await runner(room, model);
    const infer = () =>
      room.tf.tidy(() => {
        room.values(run(noise.map(({ shape, values }) => room.tensor(values, shape))));
      });
    try {
      return await timed(infer, repeats, { context, rest: () => room.yieldToEventLoop() });
    } finally {
      dispose();
    }
  }, context);
}

/**
 * Times of so many inferences, after a few that do not count, which take `warmUp` milliseconds at least (default 0); between
 * two of them others may work.
 */
export async function timed(
  infer: () => unknown,
  repeats: number,
  { context: { signal, progress }, rest, warmUp = 0 }: {
    readonly context: Pick<RunContext, "signal" | "progress">;
    readonly rest: () => Promise<void>;
    readonly warmUp?: number;
  },
): Promise<Times> {
  const times: number[] = [];
  const began = performance.now();
  for (let round = -WARM_UP; round < repeats; round++) {
    signal.throwIfAborted();
    const start = performance.now();
    await infer();
    const end = performance.now();
    if (round >= 0) times.push(end - start);
    progress((round + WARM_UP + 1) / (WARM_UP + repeats), `${repeats} inferences`);
    await rest();
    if (round === -1 && end - began < warmUp) round--;
  }
  return times.sort((a, b) => a - b);
}

/**
 * The time below which a fraction of the times lie: between two of them on the line through both (Hyndman & Fan 1996,
 * definition 7). Of ½ it is the median.
 */
export function quantile(times: Times, fraction: number): number {
  const place = fraction * (times.length - 1);
  const [below, above] = [times[Math.floor(place)]!, times[Math.ceil(place)]!];
  return below + (above - below) * (place - Math.floor(place));
}
