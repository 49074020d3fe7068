/** How good a model is on a part of the data. */
import { given } from "../../engine/given.ts";
import type { Metrics } from "../../engine/metrics.ts";
import type { RunContext } from "../../engine/op.ts";
import { type Room, withTensors } from "../../engine/tensor/mod.ts";
import { type Dataset, part, type PartName } from "../data/dataset.ts";
import { answerSize, inferBatches } from "../model/infer.ts";
import type { Model } from "../model/model.ts";
import { agreementOf, answersOf } from "../learn/score.ts";
import { type Answered, type Chosen, collectAnswers } from "./answered.ts";
import { bootstrapInterval, isResampled } from "./bootstrap.ts";
import type { EvaluatedMetric, MetricValue } from "./metric_rows.ts";
import { metricNamed, suits, usualRows } from "./metrics.ts";

/** Noted for a person to look at; the figures say how many there are. */
const DIFFERING = 24;

interface QualityInputs {
  readonly model: Model;
  readonly reference: Model | undefined;
  readonly data: Dataset;
}

interface QualityParams {
  readonly metrics?: readonly EvaluatedMetric[];
  readonly split: PartName;
}

type QualityMetrics = Pick<
  Metrics,
  "samples" | "accuracy" | "loss" | "agreement" | "confusion" | "metrics" | "intervals"
>;

/**
 * The figures asked for, else the task's own; agreement with the reference, where there is one and answers are choices. A quantized model
 * answers in integers. Throws a RangeError where the part has no samples or no labels.
 */
export function qualityOf(
  subject: QualityInputs,
  wishes: QualityParams,
  context: RunContext,
): Promise<QualityMetrics> {
  return subject.data.meta.labels === "none"
    ? unlabelledQuality(subject, wishes.split, context)
    : labelledQuality(subject, wishes, context);
}

async function labelledQuality(
  { model, reference, data }: QualityInputs,
  { metrics, split }: QualityParams,
  context: RunContext,
): Promise<QualityMetrics> {
  const { count: samples, y } = part(data, split);
  if (samples === 0 || y === null) {
    throw new RangeError(
      `Cannot measure on ${split}: it has no ${samples === 0 ? "samples" : "labels"}`,
    );
  }
  const { classes, targets, task } = data.meta;
  const count = task === "next-token" ? y.length : samples;
  const places = count / samples;
  const peer = suits(metricNamed("agreement"), task) ? reference : undefined;
  const { signal, progress, note } = context;
  return await withTensors(async (room) => {
    const width = answerSize(model) * samples / count;
    const rows = metrics ?? usualRows(task);
    const { answered, add } = collectAnswers(y, width, {
      classes,
      targets,
      several: task === "multi-label",
      sure: rows.some(({ sure }) => sure),
      surpriseOf: (logits, truths) => surpriseOf(room, logits, width, truths),
    });
    await infer(room, model, 0, (logits, first) => add(logits, first * places));
    const agreement = peer && { agreement: await agreementWith(room, peer, answered) };
    return { samples: count, ...agreement, ...placed(rows, answered) };
  }, context);

  async function infer(
    room: Room,
    which: Model,
    done: number,
    show: (logits: Float32Array, first: number) => void,
  ): Promise<void> {
    const share = peer === undefined ? 1 : 0.5;
    await inferBatches(room, which, part(data, split), {
      meta: data.meta,
      show,
      signal,
      progress: (fraction) =>
        progress(done + share * fraction, `${samples} samples`, samples / share),
    });
  }

  async function agreementWith(room: Room, other: Model, answered: Answered): Promise<number> {
    const width = answerSize(other) * samples / count;
    const others = new Int32Array(count);
    await infer(room, other, 0.5, (logits, first) => {
      others.set(answersOf(logits, width), first * places);
    });
    // Agreement suits tasks whose answers are classes alone.
    const { answers, y: truths } = answered as Chosen;
    if (count === samples) note("differing", differing(truths, answers, others));
    return agreementOf(answers, others);
  }
}

/** Where nobody has labelled the samples, whether two models answer alike is all there is to measure. */
async function unlabelledQuality(
  { model, reference, data }: QualityInputs,
  split: PartName,
  { signal, progress, ...context }: RunContext,
): Promise<QualityMetrics> {
  const from = part(data, split);
  const samples = from.count;
  const suited = suits(metricNamed("agreement"), data.meta.task);
  if (samples === 0 || reference === undefined || !suited) return { metrics: {} };
  return await withTensors(async (room) => {
    const found: Int32Array[] = [];
    for (const each of [model, reference]) {
      const answers = new Int32Array(samples);
      await inferBatches(room, each, from, {
        meta: data.meta,
        signal,
        show: (logits, first) => answers.set(answersOf(logits, answerSize(each)), first),
        progress: (fraction) =>
          progress((found.length + fraction) / 2, `${samples} samples`, 2 * samples),
      });
      found.push(answers);
    }
    return { samples, agreement: agreementOf(found[0]!, found[1]!), metrics: {} };
  }, context);
}

/** The first samples on which two models answer otherwise, by number in their part. */
function differing(truths: Int32Array, answers: Int32Array, others: Int32Array) {
  const samples = [...answers.keys()].filter((sample) => answers[sample] !== others[sample]);
  return samples.slice(0, DIFFERING).map((sample) => ({
    sample,
    truth: truths[sample]!,
    answer: answers[sample]!,
    reference: others[sample]!,
  }));
}

/** The figures that `Metrics` has a place for stand there, all others under `metrics`. */
function placed(
  rows: readonly EvaluatedMetric[],
  answered: Answered,
): Omit<QualityMetrics, "samples" | "agreement"> {
  const found: Record<string, MetricValue> = {};
  const intervals: Record<string, readonly [number, number]> = {};
  const samples = "surprise" in answered ? answered.y.length : answered.y.length / answered.width;
  for (const { name, of, weighted } of rows) {
    if (of !== undefined) found[name] = of(answered);
    const figure = weighted?.(answered);
    const value = figure?.();
    if (figure === undefined || value === undefined) continue;
    found[name] = value;
    const interval = isResampled(samples, answered.width)
      ? bootstrapInterval(samples, figure)
      : undefined;
    if (interval !== undefined) intervals[name] = interval;
  }
  const { accuracy, loss, confusion, ...metrics } = found;
  return {
    ...given({ accuracy, loss, confusion }) as Pick<
      QualityMetrics,
      "accuracy" | "loss" | "confusion"
    >,
    metrics: metrics as Metrics["metrics"],
    ...given({ intervals: Object.keys(intervals).length > 0 ? intervals : undefined }),
  };
}

/** Cross-entropy of each row. */
function surpriseOf(
  room: Room,
  logits: Float32Array,
  width: number,
  y: Int32Array,
): Float32Array {
  const targets = new Float32Array(logits.length);
  for (const [row, truth] of y.entries()) targets[row * width + truth] = 1;
  const shape = [y.length, width];
  let surprise!: Float32Array;
  room.tf.tidy(() => {
    const rows = room.nn.crossEntropy(room.tensor(logits, shape), room.tensor(targets, shape), 1);
    surprise = room.values(rows);
  });
  return surprise;
}
