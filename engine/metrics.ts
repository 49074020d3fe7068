/** Metrics: what can be measured of a model, and the kind of what was measured. */
import type { Json } from "./digest.ts";
import type { Task } from "./facts.ts";
import type { Kind } from "./kind.ts";

/** What a number measures; both sides of a claim have one dimension. */
export type Dimension = "fraction" | "bytes" | "count" | "time" | "plain";

/**
 * One metric, as the op that measures it declares it: claims, searches, reports and comparisons know it by this row
 * alone.
 */
export interface Metric {
  /** As recipes, claims and documents name it. */
  readonly name: string;
  /** On an axis, and as a column head where `head` is absent; absent: its name. */
  readonly label?: string;
  /** As a column head of the tables of models, where the label is too wide for one. */
  readonly head?: string;
  /** What its number measures; absent: it is no number, and nothing can be claimed of it. */
  readonly dimension?: Dimension;
  /** Which of two values is the better one. */
  readonly better?: "less" | "more";
  /** The tasks of the data on which it is measured; absent: it is measured of the model alone. */
  readonly tasks?: readonly Task[];
  /** There is one number for each class. */
  readonly perClass?: true;
  /** Of a number that has parts (`bytes.gzip`): their labels by name. */
  readonly parts?: Readonly<Record<string, string>>;
}

/** The metrics of a language by name, in the order in which they are listed. */
export type MetricSet = ReadonlyMap<string, Metric>;

/** The metrics that ops measure. */
export function metricsOf(
  ops: Iterable<{ readonly metrics?: readonly Metric[] | undefined }>,
): MetricSet {
  const rows = [...ops].flatMap(({ metrics = [] }) => metrics);
  return new Map(rows.map((row) => [row.name, row]));
}

/** Sizes of a model in bytes. */
export interface ModelBytes {
  /** 4 × parameters. */
  readonly raw: number;
  /** All files the export format writes, together; of a model as it was loaded, those that it came in. */
  readonly encoded: number;
  /** Those files, each gzipped, together. */
  readonly gzip: number;
  /** The format counted in `encoded` and `gzip`. */
  readonly format: string;
  /** Counted are the files that it was loaded from. */
  readonly own?: true;
  /** Of a loaded model that is counted as it was written: what the files weigh together that it was loaded from. */
  readonly loaded?: number;
}

/** In what a latency was timed, and how the times lie; milliseconds. */
export interface Timing {
  /** The runtime as recipes call it. */
  readonly in: string;
  /** With its version and what computes in it. */
  readonly runtime: string;
  /** The 10th and the 90th percentile of the inferences. */
  readonly low: number;
  readonly high: number;
  /** The samples of an inference. */
  readonly batch: number;
  readonly threads: number;
  /** The inferences. */
  readonly repeats: number;
  /**
   * Of a quantized model as a file: how many operators the runtime computes, and how many of them with integers; what
   * only moves or converts numbers is not counted.
   */
  readonly operators?: { readonly all: number; readonly integer: number };
}

/** What is measured where a recipe does not say, by the task of the data. */
export const usualMetrics = {
  classification: ["accuracy", "loss"],
  "multi-label": ["f1-micro", "loss"],
  regression: ["mae", "loss"],
  "next-token": ["nats"],
  reconstruction: ["output-error"],
  generation: ["output-error"],
} as const satisfies Readonly<Record<Task, readonly string[]>>;

/** What `evaluate` and `measure` say of a model. Fractions are 0…1, latency is in milliseconds. */
export interface Metrics {
  /** Numbers the model holds, moving statistics included. */
  readonly parameters?: number;
  /** Those that are not 0. */
  readonly nonzero?: number;
  /** Multiplications with addition for one sample. */
  readonly macs?: number;
  /** What the model weighs. */
  readonly bytes?: ModelBytes;
  /** Answers behind the figures below: test samples, or their tokens; absent when no data was read. */
  readonly samples?: number;
  /** Fraction of samples answered rightly. */
  readonly accuracy?: number;
  /** Mean cross-entropy in nats, or mean squared error. */
  readonly loss?: number;
  /** Fraction of samples on which the model and its reference answer alike. */
  readonly agreement?: number;
  /** Median of one inference, ms. */
  readonly latency?: number;
  /** How that was timed; absent where the recipe names no runtime. */
  readonly timing?: Timing;
  /** Every further metric by name; a map has one value per class. */
  readonly metrics: Readonly<Record<string, number | Readonly<Record<string, number>>>>;
  /** The 95 % intervals of those metrics whose samples were drawn anew to find them. */
  readonly intervals?: Readonly<Record<string, readonly [number, number]>>;
  /** `confusion[truth][answer]` = samples, where it was asked for. */
  readonly confusion?: readonly (readonly number[])[];
}

/** Metrics travel as the manifest alone. */
export const metricsKind: Kind<Metrics> = {
  name: "metrics",
  encode: (value) => ({ manifest: value as unknown as Json, blobs: new Map(), parts: {} }),
  decode: (manifest) => Promise.resolve(manifest as unknown as Metrics),
};
