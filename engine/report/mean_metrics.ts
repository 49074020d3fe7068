/** Metrics of repeats, taken together. */
import { given } from "../given.ts";
import type { Metrics, ModelBytes, Timing } from "../metrics.ts";

/** How values of repeats lie. */
export interface Spread {
  readonly mean: number;
  /** Of the sample: over n − 1. */
  readonly deviation: number;
  readonly count: number;
}

/** Means, and how the accuracies lie where there are several. */
interface Summary {
  readonly mean: Metrics;
  readonly accuracy: Spread | undefined;
}

const numbers = [
  "parameters",
  "nonzero",
  "macs",
  "samples",
  "accuracy",
  "loss",
  "agreement",
  "latency",
] as const satisfies readonly (keyof Metrics)[];

/** The summary of the metrics of repeats; a metric that one of them lacks is left out. Undefined for none. */
export function meanMetrics(all: readonly Metrics[]): Summary | undefined {
  const [first] = all;
  if (first === undefined) return undefined;
  if (all.length === 1) return { mean: first, accuracy: undefined };
  const means: { -readonly [N in typeof numbers[number]]?: number } = {};
  for (const name of numbers) {
    const mean = meanOf(all.map((metrics) => metrics[name]));
    if (mean !== undefined) means[name] = mean;
  }
  const bytes = meanBytes(all);
  const timing = meanTiming(all);
  const further: Record<string, Metrics["metrics"][string]> = {};
  for (const name of Object.keys(first.metrics)) {
    const mean = meanFurther(all.map(({ metrics }) => metrics[name]));
    if (mean !== undefined) further[name] = mean;
  }
  return {
    mean: { ...means, ...given({ bytes, timing }), metrics: further },
    accuracy: spreadOf(all.map(({ accuracy }) => accuracy)),
  };
}

/** Mean and deviation; undefined where a value is missing or there is only one. */
export function spreadOf(values: readonly (number | undefined)[]): Spread | undefined {
  const mean = meanOf(values);
  if (mean === undefined || values.length < 2) return undefined;
  const squares = values.reduce<number>((sum, value) => sum + (value! - mean) * (value! - mean), 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)), count: values.length };
}

function meanOf(values: readonly (number | undefined)[]): number | undefined {
  if (values.includes(undefined)) return undefined;
  return values.reduce<number>((sum, value) => sum + value!, 0) / values.length;
}

function meanBytes(all: readonly Metrics[]): ModelBytes | undefined {
  const sizes = all.map(({ bytes }) => bytes);
  const [raw, encoded, gzip] = (["raw", "encoded", "gzip"] as const).map((name) =>
    meanOf(sizes.map((bytes) => bytes?.[name]))
  );
  if (raw === undefined || encoded === undefined || gzip === undefined) return undefined;
  const { format, own } = sizes[0]!;
  const loaded = meanOf(sizes.map((bytes) => bytes?.loaded));
  return {
    raw,
    encoded,
    gzip,
    format,
    ...given({ own, loaded }),
  };
}

/** Where all were timed alike: the means of how the times lie. */
function meanTiming(all: readonly Metrics[]): Timing | undefined {
  const [first] = all;
  const low = meanOf(all.map(({ timing }) => timing?.low));
  const high = meanOf(all.map(({ timing }) => timing?.high));
  if (low === undefined || high === undefined) return undefined;
  return { ...first!.timing!, low, high };
}

function meanFurther(
  values: readonly (Metrics["metrics"][string] | undefined)[],
): Metrics["metrics"][string] | undefined {
  const plain = values.filter((value): value is number => typeof value === "number");
  if (plain.length === values.length) return meanOf(plain);
  const maps = values.filter((value): value is Readonly<Record<string, number>> =>
    typeof value === "object"
  );
  if (maps.length < values.length) return undefined;
  const result: Record<string, number> = {};
  for (const key of Object.keys(maps[0]!)) {
    const mean = meanOf(maps.map((map) => map[key]));
    if (mean !== undefined) result[key] = mean;
  }
  return result;
}
