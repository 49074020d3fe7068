/** An axis: where a number stands and which ticks are written. */
import { evenScale, ratioScale } from "./scale.ts";

/** What an axis measures. */
export interface Measure {
  readonly label: string;
  write(value: number): string;
  /** Equal differences take equal room, whatever the values. */
  readonly even?: boolean;
  /** No value lies beyond, whatever room is left at the ends. */
  readonly most?: number;
}

/** An axis, laid out. */
export interface ChartAxis {
  readonly measure: Measure;
  /** From–to in the picture. */
  readonly range: readonly [number, number];
  at(value: number): number;
  readonly ticks: readonly number[];
}

/** From this ratio of largest to smallest on, equal ratios take equal room. */
const LOGARITHMIC_FROM = 8;

/** What is smaller is as good as zero: ticks cannot be told apart there. */
const NOTHING = 1e-200;

/** An axis for these values. Positive values over more than one size get a logarithmic one. */
export function axisFor(
  measure: Measure,
  values: readonly number[],
  range: readonly [number, number],
  wishedTicks: number,
): ChartAxis {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const logarithmic = !measure.even && low > NOTHING && high / low >= LOGARITHMIC_FROM;
  const scale = logarithmic
    ? ratioScale([low / 1.4, high * 1.4], range)
    : evenScale(spread(measure, low, high), range);
  return {
    measure,
    range,
    at: (value) => Math.round(10 * scale.at(value)) / 10,
    ticks: logarithmic ? roundTicks(scale.ticks(10), wishedTicks) : scale.ticks(wishedTicks),
  };
}

/** One value, and values that are nearly the same, still need room around them. */
function spread({ most = Infinity }: Measure, low: number, high: number): [number, number] {
  const size = Math.max(Math.abs(low), Math.abs(high));
  const apart = high - low > Math.max(1e-9 * size, NOTHING);
  const room = apart ? 0.08 * (high - low) : size > NOTHING ? size / 10 : 1;
  return [low >= 0 ? Math.max(0, low - room) : low - room, Math.min(most, high + room)];
}

/** A tick in words; digits that only say how exact a measurement is are left out. */
export function tickText({ measure }: ChartAxis, tick: number): string {
  return measure.write(tick).replace(/(\.\d*?)0+(?!\d)/, "$1").replace(/\.(?!\d)/, "");
}

/** Of a logarithmic scale's many ticks those that begin with 1, or also with 2 and 5 where these are few. */
function roundTicks(ticks: readonly number[], wished: number): number[] {
  const beginning = (digits: string) =>
    ticks.filter((tick) => digits.includes(tick.toExponential()[0]!));
  const full = beginning("125");
  if (full.length <= wished + 2) return full;
  const some = beginning("13");
  return some.length <= wished + 2 ? some : beginning("1");
}
