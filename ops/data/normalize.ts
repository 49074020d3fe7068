/** How stored values become what a model sees: a scale and an offset, learned on train where they are learned. */
import { Choice, ListOf, type Static, Type } from "../../engine/field.ts";
import { isStored } from "../../engine/pack.ts";
import { type HeldValues, isBytes, type Meta, type Values } from "./dataset.ts";

/** The `normalize` field. */
export const normalizeField = Choice({
  none: Type.Object({}, { description: "Values as they are stored" }),
  unit: Type.Object({}, {
    description: "0…1: bytes by their range, other values by the range of each feature in train",
  }),
  standard: Type.Object({}, {
    description: "Mean 0, deviation 1 of each channel or feature, learned on train",
  }),
  range: Type.Object({
    low: Type.Number({ description: "The value that the smallest becomes" }),
    high: Type.Number({ description: "The value that the largest becomes" }),
  }, { description: "As `unit`, from low to high" }),
  fixed: Type.Object({
    mean: ListOf(Type.Number(), {
      description: "The mean to take off, one or one per channel; bytes count as 0…1 here",
    }),
    deviation: ListOf(Type.Number({ exclusiveMinimum: 0 }), {
      description: "The deviation to divide by, one or one per channel",
    }),
  }, { description: "Published means and deviations" }),
}, { description: "The normalisation, kept with the model", default: { use: "unit" } });

/** A normalisation as a recipe asks for it. */
export type Normalize = Static<typeof normalizeField>;

/** Samples of which the numbers are looked at. */
type MeasuredSamples = { readonly x: Values; readonly input: readonly number[] };

/** value · scale + offset for what a recipe asks for, learned on these samples. Throws a RangeError on misfit lists. */
export function learnNormalization(
  normalize: Normalize,
  train: MeasuredSamples,
): Meta["normalize"] {
  switch (normalize.use) {
    case "none":
      return { scale: [1], offset: [0] };
    case "unit":
      return spread(train, 0, 1);
    case "range":
      return spread(train, normalize.low, normalize.high);
    case "standard":
      return standardize(statisticsOf(train));
    case "fixed":
      return fixed(normalize, train);
    default:
      return normalize satisfies never;
  }
}

/** The same, but as stored of the features that `stored` names. */
export function keepStored(
  { scale, offset }: Meta["normalize"],
  stored: readonly boolean[],
): Meta["normalize"] {
  return {
    scale: stored.map((kept, i) => kept ? 1 : scale[i % scale.length]!),
    offset: stored.map((kept, i) => kept ? 0 : offset[i % offset.length]!),
  };
}

/** The smallest value becomes `low`, the largest `high`; a feature that never varies becomes `low`. */
function spread(train: MeasuredSamples, low: number, high: number): Meta["normalize"] {
  if (isBytes(train.x)) return { scale: [(high - low) / 255], offset: [low] };
  const features = statisticsOf(train);
  const scale = features.map(({ smallest, largest }) =>
    largest > smallest ? (high - low) / (largest - smallest) : 0
  );
  return { scale, offset: features.map(({ smallest }, i) => low - smallest * scale[i]!) };
}

/** A feature that never varies becomes 0. */
function standardize(features: readonly Statistics[]): Meta["normalize"] {
  const scale = features.map(({ variance }) => variance > 0 ? 1 / Math.sqrt(variance) : 0);
  return { scale, offset: features.map(({ mean }, i) => -mean * scale[i]!) };
}

function fixed(
  { mean, deviation }: Extract<Normalize, { use: "fixed" }>,
  { x, input }: MeasuredSamples,
): Meta["normalize"] {
  const channels = input.at(-1)!;
  const length = Math.max(mean.length, deviation.length);
  for (const [name, list] of Object.entries({ mean, deviation })) {
    if (list.length !== 1 && list.length !== channels) {
      throw new RangeError(
        `Cannot normalise with ${list.length} values of \`${name}\`: the samples have ${channels} channels; ` +
          `give one, or one per channel`,
      );
    }
  }
  const range = isBytes(x) ? 255 : 1;
  const at = (list: readonly number[], i: number) => list[i % list.length]!;
  const each = Array.from({ length }, (_, i) => i);
  return {
    scale: each.map((i) => 1 / (range * at(deviation, i))),
    offset: each.map((i) => -at(mean, i) / at(deviation, i)),
  };
}

interface Statistics {
  readonly mean: number;
  /** Of the population. */
  readonly variance: number;
  readonly smallest: number;
  readonly largest: number;
}

/** Values of a file that are looked at together, a megabyte at most. */
const TOGETHER = 1 << 20;

/** Of each channel (last axis), in the order of the samples, in double precision; twice through for the variance. */
function statisticsOf({ x, input }: MeasuredSamples): Statistics[] {
  const channels = input.at(-1)!;
  const count = x.length / channels;
  const each = Array.from(
    { length: channels },
    () => ({ sum: 0, smallest: Infinity, largest: -Infinity, squares: 0 }),
  );
  // Sums go on from piece to piece, so that a file gives the bits of an array.
  eachPiece(x, channels, (values, channel) => {
    let { sum, smallest, largest } = each[channel]!;
    for (let i = channel; i < values.length; i += channels) {
      sum += values[i]!;
      smallest = Math.min(smallest, values[i]!);
      largest = Math.max(largest, values[i]!);
    }
    Object.assign(each[channel]!, { sum, smallest, largest });
  });
  const means = each.map(({ sum }) => sum / count);
  eachPiece(x, channels, (values, channel) => {
    const mean = means[channel]!;
    let { squares } = each[channel]!;
    for (let i = channel; i < values.length; i += channels) {
      squares += (values[i]! - mean) * (values[i]! - mean);
    }
    each[channel]!.squares = squares;
  });
  return each.map(({ smallest, largest, squares }, channel) => ({
    mean: means[channel]!,
    variance: squares / count,
    smallest,
    largest,
  }));
}

/** Shows the values piece by piece, once for every channel; those that are held are one piece. */
function eachPiece(
  x: Values,
  channels: number,
  show: (values: HeldValues, channel: number) => void,
): void {
  const length = isStored(x) ? Math.ceil(TOGETHER / channels) * channels : x.length;
  for (let from = 0; from < x.length; from += length) {
    const values = x.subarray(from, from + length);
    for (let channel = 0; channel < channels; channel++) show(values, channel);
  }
}
