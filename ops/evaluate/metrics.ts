/**
 * What `evaluate` can measure: one row for each metric. A row says what a claim or a report must know of it, and
 * computes it: from answers and labels in double precision, in the order of the samples, or from what a model makes.
 */
import { type Metric, usualMetrics } from "../../engine/metrics.ts";
import type { Task } from "../../engine/op.ts";
import { namedEntries } from "../../engine/own/entry.ts";
import { agreementOf, meanError } from "../learn/score.ts";
import { type Answered, type Estimated, isLabelled, type Labelled } from "./answered.ts";
import { f1, macro, micro, precision, recall } from "./class_scores.ts";
import { determination, percentageError, rootMeanSquare } from "./estimate_scores.ts";
import {
  chosen,
  type EvaluatedMetric,
  labelling,
  ofClasses,
  ofLabels,
  ofNumbers,
  perClass,
  perTarget,
} from "./metric_rows.ts";
import { hammingLoss, labelLoss, subsetAccuracy } from "./label_scores.ts";
import { areaByLabel, areaOfLabels, areaUnderCurve, calibrationError } from "./probabilities.ts";

const choices = ["classification", "next-token"] as const;
const making = ["reconstruction", "generation"] as const;

/** In the order in which tables and charts have them; `agreement` is computed beside them, from two models. */
export const metrics = [
  { name: "accuracy", dimension: "fraction", better: "more", tasks: choices, of: accuracy },
  {
    name: "top5",
    label: "top-5 accuracy",
    dimension: "fraction",
    better: "more",
    tasks: choices,
    of: (answered) => top(answered, 5),
  },
  {
    name: "top10",
    label: "top-10 accuracy",
    dimension: "fraction",
    better: "more",
    tasks: choices,
    of: (answered) => top(answered, 10),
  },
  perClass("recall", recall),
  perClass("precision", precision),
  perClass("f1", f1),
  ofClasses("recall-macro", "mean recall", (answered, weights) => macro(answered, recall, weights)),
  ofClasses(
    "precision-macro",
    "mean precision",
    (answered, weights) => macro(answered, precision, weights),
  ),
  ofClasses("f1-macro", "F1, mean of classes", (answered, weights) => macro(answered, f1, weights)),
  ofClasses("f1-micro", "F1 of all answers", (answered, weights) => micro(answered, f1, weights)),
  {
    name: "auc",
    label: "area under ROC",
    dimension: "fraction",
    better: "more",
    tasks: labelling,
    sure: true,
    weighted: (answered) =>
      isLabelled(answered)
        ? areaOfLabels(answered)
        : areaUnderCurve(chosen(answered), chosen(answered).probabilities!),
  },
  {
    name: "label-auc",
    dimension: "fraction",
    better: "more",
    tasks: ["multi-label"],
    perClass: true,
    of: (answered) => areaByLabel(answered as Labelled),
  },
  ofLabels("subset-accuracy", { label: "all labels right", better: "more" }, subsetAccuracy),
  ofLabels("hamming-loss", { label: "labels wrong", better: "less" }, hammingLoss),
  {
    name: "calibration-error",
    label: "calibration error",
    dimension: "fraction",
    better: "less",
    tasks: ["classification"],
    sure: true,
    weighted: (answered) => calibrationError(chosen(answered), chosen(answered).probabilities!),
  },
  { name: "confusion", tasks: ["classification"], of: confusion },
  { name: "agreement", label: "agrees", dimension: "fraction", better: "more", tasks: choices },
  {
    name: "loss",
    dimension: "plain",
    better: "less",
    tasks: ["classification", "multi-label", "regression"],
    of: loss,
  },
  {
    name: "mae",
    label: "mean absolute error",
    head: "mae",
    dimension: "plain",
    better: "less",
    tasks: ["regression"],
    of: absoluteError,
  },
  ofNumbers(
    { name: "rmse", label: "root mean squared error", dimension: "plain", better: "less" },
    rootMeanSquare,
  ),
  ofNumbers({ name: "r2", label: "R²", dimension: "plain", better: "more" }, determination),
  ofNumbers(
    { name: "mape", label: "mean percentage error", dimension: "fraction", better: "less" },
    percentageError,
  ),
  perTarget(
    { name: "target-mae", label: "mean absolute error of each target", better: "less" },
    absoluteError,
  ),
  perTarget(
    { name: "target-rmse", label: "root mean squared error of each target", better: "less" },
    rootMeanSquare,
  ),
  perTarget({ name: "target-r2", label: "R² of each target", better: "more" }, determination),
  { name: "nats", dimension: "plain", better: "less", tasks: ["next-token"], of: loss },
  {
    name: "output-error",
    label: "output error",
    dimension: "plain",
    better: "less",
    tasks: making,
    ofMade: ({ made, truth }) => meanError(made, truth, (difference) => difference * difference),
  },
  {
    name: "frechet",
    label: "Fréchet distance",
    dimension: "plain",
    better: "less",
    tasks: making,
    through: true,
    async ofMade({ made, truth, seen }) {
      const { frechetDistance } = await import("./frechet.ts");
      return frechetDistance(await seen(made), await seen(truth));
    },
  },
] as const satisfies readonly EvaluatedMetric[];

/** Measured of every model, whatever the data; its bytes in the format that is asked for. */
export const sizeMetrics: readonly Metric[] = [
  { name: "parameters", dimension: "count", better: "less" },
  { name: "nonzero", dimension: "count", better: "less" },
  { name: "macs", label: "MACs", dimension: "count", better: "less" },
  {
    name: "bytes",
    dimension: "bytes",
    better: "less",
    parts: { gzip: "bytes gzipped", raw: "bytes as float32" },
  },
];

export type MetricName = (typeof metrics)[number]["name"];

/** The row of a metric; `params` are those of the step that names it, where it may be one's own. */
export function metricNamed(name: MetricName, params: object = {}): EvaluatedMetric {
  const own = namedEntries<EvaluatedMetric>(params, "metrics").find((each) => each.name === name);
  return own?.definition ?? metrics.find((row) => row.name === name)!;
}

/** Whether a metric means something for a task. */
export function suits({ tasks = [] }: Metric, task: Task): boolean {
  return tasks.includes(task);
}

/** Whether answers of a task are samples, and no labels. */
export function makes(task: Task | undefined): boolean {
  return (making as readonly (Task | undefined)[]).includes(task);
}

/** What is measured where a recipe does not say. */
export function usualNames(task: Task): readonly MetricName[] {
  return usualMetrics[task];
}

/** Their rows. */
export function usualRows(task: Task): readonly EvaluatedMetric[] {
  return usualNames(task).map((name) => metricNamed(name));
}

function accuracy(answered: Answered): number {
  const { answers, y } = chosen(answered);
  return agreementOf(answers, y);
}

/** Mean cross-entropy in nats, of several labels that of each, or mean squared error. */
function loss(answered: Answered): number {
  if (isLabelled(answered)) return labelLoss(answered);
  if (!("surprise" in answered)) {
    return meanError(answered.logits, answered.y, (difference) => difference * difference);
  }
  const { surprise } = answered;
  return surprise.reduce((sum, each) => sum + each, 0) / surprise.length;
}

function absoluteError(answered: Answered): number {
  const { logits, y } = answered as Estimated;
  return meanError(logits, y, Math.abs);
}

/** The fraction of answers where the true class is among the `k` largest logits. */
function top(answered: Answered, k: number): number {
  const { ranks } = chosen(answered);
  return ranks.reduce((hits, rank) => hits + (rank < k ? 1 : 0), 0) / ranks.length;
}

/** `[truth][answer]` = samples. */
function confusion(answered: Answered): number[][] {
  const { answers, width, y } = chosen(answered);
  const table = Array.from({ length: width }, () => new Array<number>(width).fill(0));
  for (const [row, answer] of answers.entries()) table[y[row]!]![answer]!++;
  return table;
}
