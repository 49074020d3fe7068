/**
 * Batches whose samples are varied value by value (turned, recoloured, noisy): other threads make the next ones while
 * the model learns from one. How a sample is seen depends on seed, epoch and sample alone, so that neither who computes
 * it nor when changes a bit.
 */
import { sizeOf } from "../../../engine/shape.ts";
import { run } from "../../../engine/threads.ts";
import { type Dataset, isBytes, type Meta, type Part, part } from "../../data/dataset.ts";
import { chosenDefinition } from "../../../engine/own/entry.ts";
import type { Augmentation } from "./augment.ts";
import { gatherer } from "./gather.ts";
import { variation } from "./vary.ts";
import { changed, plainView } from "./view.ts";
import { batcher, batchesPerEpoch, type SampleBatch } from "../batches.ts";
import type { Sampling } from "../sampling.ts";

/** Batches of a training, in order. */
export interface Batches {
  /** The batch at a place of an epoch; places behind those asked for before. */
  at(epoch: number, index: number): Promise<SampleBatch>;
  /** Waits until no thread works for them any more. */
  close(): Promise<void>;
}

/** How they are cut and varied. */
interface Cut {
  readonly batch: number;
  readonly epochs: number;
  readonly augment: readonly Augmentation[];
  readonly seed: number;
  readonly sampling?: Sampling | undefined;
}

/** Batches that are made ahead of the one that the model learns from. */
const AHEAD = 2;
/** The fewest values of a batch for which another thread is worth its while. */
const WORTH = 16384;
/** What takes tens of nanoseconds for every value; all else takes a few. */
const COSTLY: ReadonlySet<Augmentation["use"]> = new Set(["rotate", "color", "noise"]);

/** The batches of a training part. */
export function openBatches(data: Dataset, cut: Cut): Batches {
  const batchAt = batcher(data, cut);
  const values = Math.min(cut.batch, part(data, "train").count) * sizeOf(data.meta.input);
  // A definition of one's own is a function of this thread.
  const costly = cut.augment.some(({ use }) => COSTLY.has(use)) &&
    cut.augment.every((each) => chosenDefinition(each) === undefined);
  if (!costly || values < WORTH || data.meta.type === "int32") {
    return { at: (epoch, index) => Promise.resolve(batchAt(epoch, index)), close: async () => {} };
  }
  const perEpoch = batchesPerEpoch(part(data, "train").count, cut);
  const begun = new Map<number, Promise<SampleBatch>>();
  const begin = (number: number) => {
    if (begun.has(number) || number >= cut.epochs * perEpoch) return;
    const epoch = Math.floor(number / perEpoch);
    const made = madeApart(data, cut, epoch, batchAt(epoch, number % perEpoch));
    // Whoever waits for it sees how it failed; where nobody comes to wait, the training has ended otherwise.
    made.catch(() => {});
    begun.set(number, made);
  };
  return {
    at(epoch, index) {
      const number = epoch * perEpoch + index;
      for (let next = number; next <= number + AHEAD; next++) begin(next);
      const made = begun.get(number)!;
      begun.delete(number);
      return made;
    },
    async close() {
      await Promise.allSettled(begun.values());
    },
  };
}

/** The batch with its samples, and those that they are mixed with, varied in another thread. */
async function madeApart(
  { meta, parts }: Dataset,
  { augment, seed }: Cut,
  epoch: number,
  { view: _, mix, ...drawn }: SampleBatch,
): Promise<SampleBatch> {
  const { x, count } = parts.train!;
  const { samples, variants = samples } = drawn;
  const mixes = mix && new Map(Array.from(variants, (variant) => [variant, mix(variant)]));
  const partners = [...mixes?.values() ?? []].flatMap((found) => found?.partner ?? []);
  // What is varied under a number: a draw, or a sample that one is mixed with, under its own.
  const varied = new Map(Array.from(variants, (variant, row) => [variant, samples[row]!]));
  for (const partner of partners) varied.set(partner, partner);
  const rows = Uint32Array.from(varied.keys());
  const stored = storedRows(x, Uint32Array.from(varied.values()), sizeOf(meta.input));
  const seen = await run<Float32Array>({
    module: import.meta.url,
    name: seenRows.name,
    args: [{ meta, augment, seed, count }, epoch, rows, stored],
    transfer: [stored.buffer],
  });
  const size = sizeOf(meta.input);
  const plain = plainView(...sides(meta));
  const views = new Map(Array.from(rows, (variant, row) => {
    const own = seen.subarray(row * size, (row + 1) * size);
    return [variant, changed(plain, (values) => values.set(own))];
  }));
  const batch = { ...drawn, view: (variant: number) => views.get(variant)! };
  return mixes === undefined ? batch : { ...batch, mix: (variant) => mixes.get(variant) };
}

const sides = ({ input }: Meta): [number, number] =>
  input.length === 3 ? [input[0]!, input[1]!] : [1, 1];

/** Copies of samples as they are stored, one after another. */
function storedRows(
  x: Part["x"],
  samples: Uint32Array,
  size: number,
): Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer> {
  const length = samples.length * size;
  const rows = isBytes(x) ? new Uint8Array(length) : new Float32Array(length);
  samples.forEach((sample, row) =>
    rows.set(x.subarray(sample * size, (sample + 1) * size), row * size)
  );
  return rows;
}

/** What a thread is told of the training that it works for. */
interface Varied {
  readonly meta: Meta;
  readonly augment: readonly Augmentation[];
  readonly seed: number;
  /** Samples of the training part. */
  readonly count: number;
}

/** For the thread: samples, whose stored values come in the order of the numbers they are varied by, as an epoch sees them. */
export function seenRows(
  { meta, augment, seed, count }: Varied,
  epoch: number,
  variants: Uint32Array,
  stored: Uint8Array | Float32Array,
): Float32Array {
  const varied = variation(meta, augment, seed, count);
  const rows = new Float32Array(stored.length);
  gatherer(meta, { x: stored, count: variants.length, y: null }, null)(
    rows,
    Uint32Array.from(variants, (_, row) => row),
    (row) => varied.view(epoch, variants[row]!),
  );
  return rows;
}
