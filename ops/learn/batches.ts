/** Batches: what each epoch draws of the training samples, cut into pieces, the last one smaller. */
import { given } from "../../engine/given.ts";
import { sizeOf } from "../../engine/shape.ts";
import type { RunContext } from "../../engine/op.ts";
import type { Room, Tensor } from "../../engine/tensor/mod.ts";
import { type Dataset, labelsPerSample, type Meta, type Part, part } from "../data/dataset.ts";
import { conditionRows } from "../model/feed.ts";
import type { Model, ModelInput } from "../model/model.ts";
import type { Augmentation } from "./augment/augment.ts";
import { gatherer } from "./augment/gather.ts";
import type { Mix } from "./augment/mixup.ts";
import { variation } from "./augment/vary.ts";
import type { View } from "./augment/view.ts";
import { epochDraws, type Sampling } from "./sampling.ts";

/** One batch, before a model's preparation. */
export interface SampleBatch {
  /** Positions of the samples in the training part. */
  readonly samples: Uint32Array;
  /** The number by which each is varied, where one may be drawn again and is to look different; absent: its position. */
  readonly variants?: Uint32Array;
  /** How each is seen in this epoch; absent: as it is. */
  readonly view?: (variant: number) => View;
  /** What each is mixed with; absent or undefined: nothing. */
  readonly mix?: (variant: number) => Mix | undefined;
}

/** How to cut. */
interface BatchOptions {
  readonly batch: number;
  readonly augment: readonly Augmentation[];
  readonly seed: number;
  readonly sampling?: Sampling | undefined;
}

/** Number of updates in an epoch. */
export function batchesPerEpoch(count: number, { batch }: Pick<BatchOptions, "batch">): number {
  return Math.ceil(count / batch);
}

/** A function from (epoch, index) to a batch of the training part; both count from 0. */
export function batcher(data: Dataset, { batch, augment, seed, sampling }: BatchOptions) {
  const { count } = part(data, "train");
  const draws = epochDraws(data, { seed, sampling });
  const varied = variation(data.meta, augment, seed, count);
  let drawn: { epoch: number; samples: Uint32Array } | undefined;

  return (epoch: number, index: number): SampleBatch => {
    if (drawn?.epoch !== epoch) drawn = { epoch, samples: draws(epoch) };
    const { samples: order } = drawn;
    const first = index * batch;
    const samples = order.subarray(first, Math.min(count, first + batch));
    if (augment.length === 0) return { samples };
    const mixes = augment.some(({ use }) => use === "mixup");
    const view = (variant: number) => varied.view(epoch, variant);
    const mix = (variant: number) => varied.mix(epoch, variant);
    if (sampling !== "balanced") {
      return { samples, view, ...given({ mix: mixes ? mix : undefined }) };
    }
    // Numbers from `count` on are draws, those below it samples, which the partners of mixtures are seen by.
    const variants = samples.map((_, row) => count + first + row);
    if (!mixes) return { samples, variants, view };
    const mixDrawn = (variant: number) => {
      const found = mix(variant);
      return found && { ...found, partner: order[found.partner]! };
    };
    return { samples, variants, view, mix: mixDrawn };
  };
}

/** Batches of a part as a model reads them, prepared as it expects: one tensor per input, samples × its shape. */
export function inputReader(
  room: Room,
  meta: Meta,
  from: Part,
  { inputs, preprocess }: Pick<Model, "inputs" | "preprocess">,
): (batch: SampleBatch) => readonly Tensor[] {
  const [{ shape }, ...conditions] = inputs as readonly [ModelInput, ...ModelInput[]];
  const gather = gatherer(meta, from, preprocess ?? meta.normalize);
  const size = sizeOf(shape);
  let buffer = new Float32Array();
  return (batch) => {
    const { samples, variants, view } = batch;
    const length = samples.length * size;
    // The room copies, so one buffer serves all batches.
    if (buffer.length < length) buffer = new Float32Array(length);
    const values = buffer.subarray(0, length);
    const own = view && variants && ((_: number, row: number) => view(variants[row]!));
    gather(values, samples, own ?? view);
    eachMix(batch, (row, { partner, share }) => {
      const other = new Float32Array(size);
      gather(other, [partner], view);
      blend(values.subarray(row * size, (row + 1) * size), other, share);
    });
    return [
      room.tensor(values, [samples.length, ...shape]),
      ...conditions.map((each) =>
        room.tensor(conditionRows(each, from.y, samples), [samples.length, ...each.shape])
      ),
    ];
  };
}

/**
 * Labels of batches as rows: one-hot classes, or targets; a row per sample, or per place of it where each place has a
 * label. Null where there are none.
 */
export function targetReader(
  room: Room,
  { outputs }: Meta,
  { y, count }: Part,
): (batch: SampleBatch) => Tensor | null {
  if (y === null) return () => null;
  const places = y instanceof Int32Array ? labelsPerSample(y, count) : 1;
  const size = places * outputs;
  return (batch) => {
    const { samples } = batch;
    const rows = new Float32Array(samples.length * size);
    const own = (row: number) => rows.subarray(row * size, (row + 1) * size);
    for (const [row, sample] of samples.entries()) write(own(row), sample);
    eachMix(batch, (row, { partner, share }) => {
      const other = new Float32Array(size);
      write(other, partner);
      blend(own(row), other, share);
    });
    return room.tensor(rows, [samples.length * places, outputs]);
  };

  function write(row: Float32Array, sample: number): void {
    if (y instanceof Int32Array) {
      for (let place = 0; place < places; place++) {
        row[place * outputs + y[sample * places + place]!] = 1;
      }
    } else row.set(y!.subarray(sample * outputs, (sample + 1) * outputs));
  }
}

function eachMix(
  { samples, variants, mix }: SampleBatch,
  body: (row: number, mix: Mix) => void,
): void {
  if (mix === undefined) return;
  for (const [row, variant] of (variants ?? samples).entries()) {
    const found = mix(variant);
    if (found !== undefined) body(row, found);
  }
}

/** share · values + (1 − share) · other, in place. */
function blend(values: Float32Array, other: Float32Array, share: number): void {
  for (let i = 0; i < values.length; i++) values[i] = share * values[i]! + (1 - share) * other[i]!;
}

/** Samples per batch of what looks at the first ones. */
export const FIRST_BATCH = 64;

/** The first samples of the training part, in their order: what calibration and re-estimation look at. */
export interface FirstSamples {
  readonly data: Dataset;
  /** How many; all, if there are fewer. */
  readonly samples: number;
  readonly context: Pick<RunContext, "signal" | "progress">;
}

/**
 * Hands the first samples to `body` as a model's inputs see them, 64 at a time. What `body` leaves behind is
 * disposed. Throws where the run is aborted.
 */
export async function eachFirstBatch(
  room: Room,
  model: Pick<Model, "inputs" | "preprocess">,
  { data, samples: count, context }: FirstSamples,
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
    context.progress((from + length) / total, `${from + length} of ${total} samples`, total);
    await room.yieldToEventLoop();
  }
}
