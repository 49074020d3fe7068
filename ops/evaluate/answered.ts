/** What a model said of a part, as much of it as figures read: of classes no logits are kept. */
import { given } from "../../engine/given.ts";
import { exp } from "../../engine/tensor/scalar_math.ts";
import { answersOf } from "../learn/score.ts";

/** What a model said of a part, and what was true. */
export type Answered = Chosen | Estimated | Labelled;

/** Answers that are classes: one per sample, or one per place where every next token is asked for. */
export interface Chosen {
  /** Their names, in index order. */
  readonly classes: readonly string[];
  /** Classes there are. */
  readonly width: number;
  /** The true classes. */
  readonly y: Int32Array;
  /** The class with the largest logit; the lower index where two are equal. */
  readonly answers: Int32Array;
  /** How many classes stand before the true one by logit; equal logits rank by index. */
  readonly ranks: Int32Array;
  /** Cross-entropy in nats. */
  readonly surprise: Float32Array;
  /** `width` per answer; only where a figure that is asked for reads them. */
  readonly probabilities?: Float64Array;
}

/** Answers that are numbers, `width` per sample. */
export interface Estimated {
  /** Numbers of one answer. */
  readonly width: number;
  /** What was true. */
  readonly y: Float32Array;
  /** What the model answered. */
  readonly logits: Float32Array;
  /** What the numbers are called, where the data name them. */
  readonly targets?: readonly string[];
}

/** Answers that are any of `width` labels: of each sample and label a logit, and 1 where it is there, 0 where not. */
export interface Labelled {
  readonly several: true;
  readonly classes: readonly string[];
  readonly width: number;
  readonly y: Float32Array;
  readonly logits: Float32Array;
}

/** Whether answers are any number of labels. */
export function isLabelled(answered: Answered): answered is Labelled {
  return "several" in answered;
}

/** What is collected of answers. */
interface Collecting {
  readonly classes: readonly string[];
  /** The names of numbers. */
  readonly targets?: readonly string[] | undefined;
  /** Whether a sample has any number of the classes. */
  readonly several?: boolean;
  /** Whether probabilities are kept. */
  readonly sure?: boolean;
  /** The cross-entropy of rows with these truths. */
  surpriseOf(logits: Float32Array, y: Int32Array): Float32Array;
}

/** Collects answers batch by batch: `add` takes the logits of the batch whose first answer is number `first`. */
export function collectAnswers(
  y: Int32Array | Float32Array,
  width: number,
  { classes, targets, several = false, sure = false, surpriseOf }: Collecting,
): { readonly answered: Answered; add(logits: Float32Array, first: number): void } {
  if (y instanceof Float32Array) {
    const logits = new Float32Array(y.length);
    return {
      answered: several
        ? { several, width, y, logits, classes }
        : { width, y, logits, ...given({ targets }) },
      add: (rows, first) => logits.set(rows, first * width),
    };
  }
  const answers = new Int32Array(y.length);
  const ranks = new Int32Array(y.length);
  const surprise = new Float32Array(y.length);
  const probabilities = sure ? new Float64Array(y.length * width) : undefined;
  return {
    answered: { width, y, classes, answers, ranks, surprise, ...given({ probabilities }) },
    add(logits, first) {
      const truths = y.subarray(first, first + logits.length / width);
      answers.set(answersOf(logits, width), first);
      ranks.set(ranksOf(logits, width, truths), first);
      surprise.set(surpriseOf(logits, truths), first);
      probabilities?.set(softmaxRows(logits, width), first * width);
    },
  };
}

/** How many logits of each row stand before that of the truth. */
function ranksOf(logits: Float32Array, width: number, y: Int32Array): Int32Array {
  return y.map((truth, row) => {
    const start = row * width;
    const own = logits[start + truth]!;
    let before = 0;
    for (let c = 0; c < width; c++) {
      const other = logits[start + c]!;
      if (other > own || other === own && c < truth) before++;
    }
    return before;
  });
}

/** The softmax of rows of logits, in double precision. */
function softmaxRows(logits: Float32Array, width: number): Float64Array {
  const rows = new Float64Array(logits.length);
  for (let start = 0; start < logits.length; start += width) {
    let [largest, sum] = [-Infinity, 0];
    for (let c = 0; c < width; c++) largest = Math.max(largest, logits[start + c]!);
    for (let c = 0; c < width; c++) sum += rows[start + c] = exp(logits[start + c]! - largest);
    for (let c = 0; c < width; c++) rows[start + c]! /= sum;
  }
  return rows;
}
