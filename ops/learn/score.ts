/**
 * How good answers are: from logits and labels to figures. Arithmetic in double precision, in the order of samples.
 */
import type { Task } from "../../engine/facts.ts";
import { exp, log } from "../../engine/tensor/scalar_math.ts";

/** The class with the largest logit in each row; the lower index where two are equal. */
export function answersOf(logits: Float32Array, width: number): Int32Array {
  const answers = new Int32Array(logits.length / width);
  for (let row = 0; row < answers.length; row++) {
    let best = 0;
    for (let k = 1; k < width; k++) {
      if (logits[row * width + k]! > logits[row * width + best]!) best = k;
    }
    answers[row] = best;
  }
  return answers;
}

/** The fraction of places where two lists are equal. */
export function agreementOf(a: Int32Array, b: Int32Array): number {
  return equalPlaces(a, b) / a.length;
}

function equalPlaces(a: Int32Array, b: Int32Array): number {
  let equal = 0;
  for (let i = 0; i < a.length; i++) if (a[i] === b[i]) equal++;
  return equal;
}

/** The mean over all values of `change(difference)`: squared or absolute error. */
export function meanError(
  values: Float32Array,
  targets: Float32Array,
  change: (difference: number) => number,
): number {
  return addedErrors(0, values, targets, change) / values.length;
}

function addedErrors(
  before: number,
  values: Float32Array,
  targets: Float32Array,
  change: (difference: number) => number,
): number {
  let sum = before;
  for (let i = 0; i < values.length; i++) sum += change(values[i]! - targets[i]!);
  return sum;
}

/** −log softmax(z)ₜ of each row, its label t: what the answer was worth in nats. */
export function surprises(logits: Float32Array, width: number, y: Int32Array): Float64Array {
  return Float64Array.from(y, (truth, row) => {
    const start = row * width;
    let largest = -Infinity;
    for (let k = 0; k < width; k++) largest = Math.max(largest, logits[start + k]!);
    let sum = 0;
    for (let k = 0; k < width; k++) sum += exp(logits[start + k]! - largest);
    return log(sum) + largest - logits[start + truth]!;
  });
}

/** −t log σ(z) − (1 − t) log(1 − σ(z)) in nats: what a logit was worth where the label is there (t = 1) or not (t = 0). */
export function bernoulliSurprise(logit: number, truth: number): number {
  return Math.max(logit, 0) + log(1 + exp(-Math.abs(logit))) - truth * logit;
}

/** Answers added batch by batch. */
interface RunningScore {
  /** Logits, and the labels or targets of the same places. */
  add(logits: Float32Array, y: Int32Array | Float32Array): void;
  /** The figure of all that was added, as if it had been at once. */
  value(): number;
}

/**
 * The figure that chooses between epochs, higher is better: accuracy, minus the nats per token or per label of several, or
 * minus the squared error. `width`: logits per label, or numbers per row.
 */
export function openScore(width: number, task: Task): RunningScore {
  let [right, wrong, count] = [0, 0, 0];
  let ofClasses = false;
  return {
    add(logits, y) {
      count += y.length;
      if (task === "multi-label") {
        for (const [at, truth] of y.entries()) wrong += bernoulliSurprise(logits[at]!, truth);
      } else if (!(y instanceof Int32Array)) {
        wrong = addedErrors(wrong, logits, y, (difference) => difference * difference);
      } else if (task === "next-token") {
        for (const surprise of surprises(logits, width, y)) wrong += surprise;
      } else {
        ofClasses = true;
        right += equalPlaces(answersOf(logits, width), y);
      }
    },
    value: () => ofClasses ? right / count : -(wrong / count),
  };
}

/** The score of all answers at once. */
export function scoreOf(
  logits: Float32Array,
  width: number,
  y: Int32Array | Float32Array,
  task: Task = y instanceof Int32Array ? "classification" : "regression",
): number {
  const score = openScore(width, task);
  score.add(logits, y);
  return score.value();
}
