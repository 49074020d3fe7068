/** Batches: each epoch a new permutation of the training samples, cut into pieces, the last one smaller. */
import type { Room, Tensor } from "../../engine/tensor/mod.ts";
import { stream } from "../../engine/tensor/random.ts";
import { type Dataset, type Meta, type Part, part } from "../data/dataset.ts";
import { conditionRows } from "../model/feed.ts";
import type { Model, ModelInput } from "../model/model.ts";
import { type Augmentation, drawView } from "./augment.ts";
import { gatherer } from "./gather.ts";
import { plainView, type View } from "./view.ts";

/** One batch, before a model's preparation. */
export interface Batch {
  /** Positions of the samples in the training part. */
  readonly samples: Uint32Array;
  /** How each is seen in this epoch; absent: as it is. */
  readonly view?: (sample: number) => View;
}

/** How to cut. */
export interface Cut {
  readonly batch: number;
  readonly augment: readonly Augmentation[];
  readonly seed: number;
}

/** Number of updates in an epoch. */
export function batchesPerEpoch(count: number, { batch }: Pick<Cut, "batch">): number {
  return Math.ceil(count / batch);
}

/** A function from (epoch, index) to a batch of the training part; both count from 0. */
export function batcher(data: Dataset, { batch, augment, seed }: Cut) {
  const { count } = part(data, "train");
  const order = stream(seed, "order");
  const draws = stream(seed, "augment");
  let drawn: { epoch: number; samples: Uint32Array } | undefined;

  return (epoch: number, index: number): Batch => {
    if (drawn?.epoch !== epoch) drawn = { epoch, samples: order.permutation(epoch, count) };
    const samples = drawn.samples.subarray(index * batch, Math.min(count, (index + 1) * batch));
    if (augment.length === 0) return { samples };
    const [height, width] = data.meta.input as [number, number];
    const plain = plainView(height, width);
    return { samples, view: (sample) => drawView(plain, augment, draws, epoch, sample) };
  };
}

/** Batches of a part as a model reads them, prepared as it expects: one tensor per input, samples × its shape. */
export function inputReader(
  room: Room,
  meta: Meta,
  from: Part,
  { inputs, preprocess }: Pick<Model, "inputs" | "preprocess">,
): (batch: Batch) => readonly Tensor[] {
  const [{ shape }, ...conditions] = inputs as readonly [ModelInput, ...ModelInput[]];
  const gather = gatherer(meta, from, preprocess ?? meta.normalize);
  const size = shape.reduce((product, extent) => product * extent, 1);
  let buffer = new Float32Array();
  return ({ samples, view }) => {
    const length = samples.length * size;
    // The room copies, so one buffer serves all batches.
    if (buffer.length < length) buffer = new Float32Array(length);
    const values = buffer.subarray(0, length);
    gather(values, samples, 0, samples.length, view);
    return [
      room.tensor(values, [samples.length, ...shape]),
      ...conditions.map((each) =>
        room.tensor(conditionRows(each, from.y, samples), [samples.length, ...each.shape])
      ),
    ];
  };
}

/** Labels of batches as rows: one-hot classes, or targets; null where there are none. */
export function targetReader(
  room: Room,
  { outputs }: Meta,
  { y }: Part,
): (batch: Batch) => Tensor | null {
  if (y === null) return () => null;
  return ({ samples }) => {
    const rows = new Float32Array(samples.length * outputs);
    for (const [row, sample] of samples.entries()) {
      if (y instanceof Int32Array) rows[row * outputs + y[sample]!] = 1;
      else rows.set(y.subarray(sample * outputs, (sample + 1) * outputs), row * outputs);
    }
    return room.tensor(rows, [samples.length, outputs]);
  };
}
