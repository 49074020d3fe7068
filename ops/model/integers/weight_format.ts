/** Weights as integers: one scale per channel or per tensor, zeros exact. */
import type { Encoding, Quantization, Weight } from "../model.ts";
import { axisIndex, decodeWeight } from "../weights.ts";
import type { Range } from "./activation_format.ts";
import { type Affine, clamp, type Integers, RULES, type Rules, toInteger } from "./rules.ts";

/** The number format of a weight. */
export interface WeightFormat {
  readonly bits: number;
  /** The axis with one scale per index; null: one scale. */
  readonly axis: number | null;
  readonly symmetry: "symmetric" | "asymmetric";
  readonly rules: Quantization["rules"];
}

/** Below it a float32 loses precision, and quotients by it may overflow. */
const SMALLEST_SCALE = 1.1754943508222875e-38;

/**
 * Integers of a weight format: symmetric [−(2^(bits−1) − 1), 2^(bits−1) − 1], so that a product of two never
 * overflows 16 bits; asymmetric all 2^bits.
 */
export function integersOf({ bits, symmetry }: Pick<WeightFormat, "bits" | "symmetry">): Integers {
  const half = 1 << (bits - 1);
  return { low: symmetry === "symmetric" ? 1 - half : -half, high: half - 1 };
}

/**
 * The weight as integers. Symmetric: scale = max|w| / high, zero point 0; asymmetric: the range of w and 0, by the
 * rules. A channel of zeros gets scale 1. `floor[c]` is the smallest scale that channel c may get. Masks stay, and
 * what they hold at zero is the zero point. `scales`: those that were learned, in place of all that.
 */
export function quantizedWeight(
  weight: Weight,
  format: WeightFormat,
  floor?: ArrayLike<number>,
  scales?: ArrayLike<number>,
): Weight {
  const values = decodeWeight(weight);
  const channel = axisIndex(weight.shape, format.axis);
  const count = format.axis === null ? 1 : weight.shape[format.axis]!;
  const grids = scales === undefined
    ? weightGrids(rangesOf(values, channel, count), format, floor)
    : learnedGrids(scales, format, floor);
  const data = Int8Array.from(values, (value, i) => grids[channel(i)]!.integer(value));
  const encoding: Encoding = {
    use: "affine",
    bits: format.bits,
    axis: format.axis,
    symmetry: format.symmetry,
    scale: Float32Array.from(grids, ({ scale }) => scale),
    zero: Int32Array.from(grids, ({ zero }) => zero),
  };
  const { shape, mask } = weight;
  return mask === undefined ? { shape, encoding, data } : { shape, encoding, data, mask };
}

/** Scale and zero point of each range of weights, by `quantizedWeight`'s definition. */
export function weightGrids(
  ranges: readonly Range[],
  format: WeightFormat,
  floor?: ArrayLike<number>,
): readonly Grid[] {
  const integers = integersOf(format);
  const grid = format.symmetry === "symmetric" ? symmetricGrid : asymmetricGrid;
  return ranges.map((range, c) => grid(range, integers, RULES[format.rules], floor?.[c] ?? 0));
}

/** The grids of scales that were learned, each at least as large as its floor. */
export function learnedGrids(
  scales: ArrayLike<number>,
  format: WeightFormat,
  floor?: ArrayLike<number>,
): readonly Grid[] {
  const integers = integersOf(format);
  return Array.from(scales, (learned, c): Grid => {
    const scale = Math.fround(Math.max(learned, SMALLEST_SCALE, floor?.[c] ?? 0));
    const affine = { scale, zero: 0 };
    return {
      ...affine,
      integer: (value) => toInteger(value, affine, integers, RULES[format.rules]),
    };
  });
}

/** Smallest and largest value of each channel, 0 among them. */
function rangesOf(
  values: Float32Array,
  channel: (at: number) => number,
  count: number,
): readonly Range[] {
  const ranges = Array.from({ length: count }, () => ({ minimum: 0, maximum: 0 }));
  values.forEach((value, i) => {
    const range = ranges[channel(i)]!;
    if (value < range.minimum) range.minimum = value;
    if (value > range.maximum) range.maximum = value;
  });
  return ranges;
}

/** A scale and zero point, and the integer that a weight becomes. */
interface Grid extends Affine {
  integer(value: number): number;
}

type MakeGrid = (range: Range, integers: Integers, rules: Rules, floor: number) => Grid;

const symmetricGrid: MakeGrid = ({ minimum, maximum }, { low, high }, { round }, floor) => {
  const largest = Math.max(-minimum, maximum);
  const reach = largest === 0 ? high : largest;
  const end = Math.max(reach, high * Math.max(SMALLEST_SCALE, floor));
  // The product is exact, so a value half-way between two integers is seen as what it is.
  const integer = (value: number) => clamp(round(value * high / end), low, high);
  return { scale: Math.fround(end / high), zero: 0, integer };
};

const asymmetricGrid: MakeGrid = ({ minimum, maximum }, integers, rules, floor) => {
  const least = Math.fround(Math.max(SMALLEST_SCALE, floor));
  const { scale, zero } = minimum === 0 && maximum === 0
    ? { scale: 1, zero: 0 }
    : rules.choose(minimum, maximum, integers);
  const affine = { scale: Math.max(scale, least), zero };
  return { ...affine, integer: (value) => toInteger(value, affine, integers, rules) };
};
