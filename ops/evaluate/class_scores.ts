/**
 * Precision, recall and F1 of answers that are classes, as scikit-learn's `precision_recall_fscore_support` has them with
 * `zero_division=0`: by class, as the plain mean of the classes (macro), and over all answers together (micro).
 */
import type { Chosen, Labelled } from "./answered.ts";
import { isAnswered } from "./label_scores.ts";

/** Answers that are one class each, or any number of labels, each of which is then a class of its own. */
export type Classed = Chosen | Labelled;

/** Samples of one class: answered rightly, those of the class, those answered with it. */
interface Counts {
  readonly right: number;
  readonly truths: number;
  readonly answers: number;
}

/** What is computed of a class's counts. */
export type Score = (counts: Counts) => number;

const share = (part: number, whole: number): number => whole === 0 ? 0 : part / whole;

/** Of the answers with a class, the fraction that is right; 0 where it is never answered. */
export const precision: Score = ({ right, answers }) => share(right, answers);

/** Of the samples of a class, the fraction that is answered with it. */
export const recall: Score = ({ right, truths }) => share(right, truths);

/** The harmonic mean of precision and recall: 2 right / (truths + answers). */
export const f1: Score = ({ right, truths, answers }) => share(2 * right, truths + answers);

/** By class name; classes without samples are left out. */
export function byClass(answered: Classed, score: Score): Readonly<Record<string, number>> {
  const counts = countsOf(answered).map((each, index) =>
    [answered.classes[index] ?? `${index}`, each] as const
  );
  return Object.fromEntries(
    counts.filter(([, { truths }]) => truths > 0).map(([name, each]) => [name, score(each)]),
  );
}

/**
 * The mean over the classes that samples or answers have, or over all labels. `weights` says how often each sample counts;
 * once where absent.
 */
export function macro(answered: Classed, score: Score, weights?: Uint32Array): number {
  const counts = countsOf(answered, weights).filter(({ truths, answers }) =>
    "logits" in answered || truths + answers > 0
  );
  return counts.reduce((sum, each) => sum + score(each), 0) / counts.length;
}

/** Of all answers together; where each sample has one class it is the accuracy. */
export function micro(answered: Classed, score: Score, weights?: Uint32Array): number {
  const sums = { right: 0, truths: 0, answers: 0 };
  for (const { right, truths, answers } of countsOf(answered, weights)) {
    sums.right += right;
    sums.truths += truths;
    sums.answers += answers;
  }
  return score(sums);
}

function countsOf(answered: Classed, weights?: Uint32Array): Counts[] {
  return "logits" in answered
    ? countsOfLabels(answered, weights)
    : countsOfClasses(answered, weights);
}

function countsOfLabels({ logits, y, width }: Labelled, weights?: Uint32Array): Counts[] {
  return Array.from({ length: width }, (_, label) => {
    const counts = { right: 0, truths: 0, answers: 0 };
    for (let at = label, row = 0; at < y.length; at += width, row++) {
      const weight = weights?.[row] ?? 1;
      const answer = isAnswered(logits, at);
      if (y[at] === 1) counts.truths += weight;
      if (answer) counts.answers += weight;
      if (answer && y[at] === 1) counts.right += weight;
    }
    return counts;
  });
}

function countsOfClasses({ answers, y, width }: Chosen, weights?: Uint32Array): Counts[] {
  const [right, truths, answered] = [0, 1, 2].map(() => new Float64Array(width)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (let row = 0; row < y.length; row++) {
    const [truth, answer, weight] = [y[row]!, answers[row]!, weights?.[row] ?? 1];
    truths[truth]! += weight;
    answered[answer]! += weight;
    if (truth === answer) right[truth]! += weight;
  }
  return Array.from(right, (each, index) => ({
    right: each,
    truths: truths[index]!,
    answers: answered[index]!,
  }));
}
