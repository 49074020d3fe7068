/** The `metrics` kind: what was measured of one model. Plain JSON, read by reports, claims and locks. */
import type { Json } from "./digest.ts";
import type { Task } from "./facts.ts";
import type { Kind } from "./kind.ts";

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

/** What is measured where a recipe does not say, by the task of the data. */
export const usualMetrics = {
  classification: ["accuracy", "loss"],
  regression: ["mae", "loss"],
  "next-token": ["nats"],
  reconstruction: ["output-error"],
  generation: ["output-error"],
} as const satisfies Readonly<Record<Task, readonly string[]>>;

/** Whether models of a task answer by choosing, so that two can be said to answer alike. */
export function hasAgreement(task: Task): boolean {
  return task === "classification" || task === "next-token";
}

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
  /** Every further metric by name; a map has one value per class. */
  readonly metrics: Readonly<Record<string, number | Readonly<Record<string, number>>>>;
  /** `confusion[truth][answer]` = samples, where it was asked for. */
  readonly confusion?: readonly (readonly number[])[];
}

/** Metrics travel as the manifest alone. */
export const metricsKind: Kind<Metrics> = {
  name: "metrics",
  encode: (value) => ({ manifest: value as unknown as Json, blobs: new Map(), parts: {} }),
  decode: (manifest) => Promise.resolve(manifest as unknown as Metrics),
};
