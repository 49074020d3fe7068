/** What a row of the table of metrics is, and rows that are alike but for what they compute. */
import type { Metric } from "../../engine/metrics.ts";
import type { Answered, Chosen, Estimated, Labelled } from "./answered.ts";
import { byClass, type Classed, type Score } from "./class_scores.ts";
import { byTarget } from "./estimate_scores.ts";
import type { Moments } from "./frechet.ts";

/** A figure as `metrics` holds it: a number, one per class, or a table. */
export type MetricValue =
  | number
  | Readonly<Record<string, number>>
  | readonly (readonly number[])[];

/** What a model made of samples, and what it was to make. */
interface GeneratedOutputs {
  readonly made: Float32Array;
  readonly truth: Float32Array;
  /** What the last layer of the model that looks reads of such outputs. */
  seen(outputs: Float32Array): Promise<Moments>;
}

/** One metric with what computes it. */
export interface EvaluatedMetric extends Metric {
  /** Of answers that have labels. */
  readonly of?: (answered: Answered) => MetricValue;
  /**
   * The same where its interval is found by drawing the samples anew: it is given how often each counts, once where
   * absent; undefined where they say nothing of it.
   */
  readonly weighted?: (answered: Answered) => (weights?: Uint32Array) => number | undefined;
  /** It reads the probabilities of all classes. */
  readonly sure?: true;
  /** Of what is made, where the answer is a sample and no label. */
  readonly ofMade?: (made: GeneratedOutputs) => number | Promise<number>;
  /** It looks at what is made through a model that the recipe names. */
  readonly through?: true;
}

/** Tasks whose answers are classes or labels by name. */
export const labelling = ["classification", "multi-label"] as const;

/** A figure of each class. */
export function perClass<const Name extends string>(name: Name, score: Score) {
  return {
    name,
    dimension: "fraction",
    better: "more",
    tasks: labelling,
    perClass: true,
    of: (answered) => byClass(classed(answered), score),
  } as const satisfies EvaluatedMetric;
}

/** A figure of all classes together. */
export function ofClasses<const Name extends string>(
  name: Name,
  label: string,
  of: (answered: Classed, weights?: Uint32Array) => number,
) {
  return {
    name,
    label,
    dimension: "fraction",
    better: "more",
    tasks: labelling,
    weighted: (answered) => (weights) => of(classed(answered), weights),
  } as const satisfies EvaluatedMetric;
}

/** A figure of samples with any number of labels. */
export function ofLabels<const Name extends string>(
  name: Name,
  row: Required<Pick<Metric, "label" | "better">>,
  of: (answered: Labelled, weights?: Uint32Array) => number,
) {
  return {
    name,
    ...row,
    dimension: "fraction",
    tasks: ["multi-label"],
    weighted: (answered) => (weights) => of(answered as Labelled, weights),
  } as const satisfies EvaluatedMetric;
}

/** A figure of answers that are numbers. */
export function ofNumbers<const Name extends string>(
  row: Required<Pick<Metric, "dimension" | "better" | "label">> & { readonly name: Name },
  of: (answered: Estimated, weights?: Uint32Array) => number | undefined,
) {
  return {
    ...row,
    tasks: ["regression"],
    weighted: (answered) => (weights) => of(answered as Estimated, weights),
  } as const satisfies EvaluatedMetric;
}

/** A figure of each target. */
export function perTarget<const Name extends string>(
  row: Required<Pick<Metric, "better" | "label">> & { readonly name: Name },
  of: (answered: Estimated) => number,
) {
  return {
    ...row,
    dimension: "plain",
    tasks: ["regression"],
    perClass: true,
    of: (answered) => byTarget(answered as Estimated, of),
  } as const satisfies EvaluatedMetric;
}

/** Answers that are classes or labels. */
function classed(answered: Answered): Classed {
  return answered as Classed;
}

/** `tasks` lets no metric of classes near other answers. */
export function chosen(answered: Answered): Chosen {
  return answered as Chosen;
}
