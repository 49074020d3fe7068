/** Figures of a model's answers: from logits and labels, in double precision, in the order of the samples. */
import type { Task } from "../../engine/op.ts";
import { agreementOf, answersOf, meanError } from "../train/score.ts";

/** What a model said of a part, and what was true. */
export interface Answered {
  /** Answers: one per sample, or one per place where every next token is asked for. */
  readonly count: number;
  readonly width: number;
  /** count × width. */
  readonly logits: Float32Array;
  /** Class indices, or targets. */
  readonly y: Int32Array | Float32Array;
  readonly classes: readonly string[];
  /** Cross-entropy of each answer; absent for regression. */
  readonly surprise?: Float32Array;
}

/** A figure as `metrics` holds it: a number, one per class, or a table. */
export type Figure = number | Readonly<Record<string, number>> | readonly (readonly number[])[];

interface Row {
  readonly tasks: readonly Task[];
  readonly of: (answered: Answered) => Figure;
}

/** Every figure but agreement, which needs a second model. */
export const figures = {
  accuracy: { tasks: ["classification", "next-token"], of: accuracy },
  loss: { tasks: ["classification", "regression"], of: loss },
  nats: { tasks: ["next-token"], of: loss },
  top5: { tasks: ["classification", "next-token"], of: (answered) => top(answered, 5) },
  recall: { tasks: ["classification"], of: recall },
  confusion: { tasks: ["classification"], of: confusion },
  mae: { tasks: ["regression"], of: absoluteError },
} satisfies Record<string, Row>;

export type FigureName = keyof typeof figures;

/** Whether a figure means something for a task. */
export function suits(name: FigureName, task: Task): boolean {
  return (figures[name].tasks as readonly Task[]).includes(task);
}

/** What is measured where a recipe does not say. */
export function usualFigures(task: Task): readonly FigureName[] {
  if (task === "next-token") return ["nats"];
  return task === "regression" ? ["mae", "loss"] : ["accuracy", "loss"];
}

function accuracy({ logits, width, y }: Answered): number {
  return agreementOf(answersOf(logits, width), y as Int32Array);
}

/** Mean cross-entropy in nats, or mean squared error. */
function loss({ surprise, logits, y }: Answered): number {
  if (surprise === undefined) {
    return meanError(logits, y as Float32Array, (difference) => difference * difference);
  }
  return surprise.reduce((sum, each) => sum + each, 0) / surprise.length;
}

function absoluteError({ logits, y }: Answered): number {
  return meanError(logits, y as Float32Array, Math.abs);
}

/** The fraction of samples whose class is among the `k` largest logits; equal logits rank by index. */
function top({ logits, width, y, count }: Answered, k: number): number {
  let hits = 0;
  for (let row = 0; row < count; row++) {
    const [start, truth] = [row * width, y[row]!];
    let before = 0;
    for (let c = 0; c < width; c++) {
      const [other, own] = [logits[start + c]!, logits[start + truth]!];
      if (other > own || other === own && c < truth) before++;
    }
    if (before < k) hits++;
  }
  return hits / count;
}

/** By class name, the fraction of its samples that were recognised; classes without samples are left out. */
function recall(answered: Answered): Readonly<Record<string, number>> {
  const rows = confusion(answered).map((row, truth) => {
    const samples = row.reduce((sum, each) => sum + each, 0);
    return [answered.classes[truth] ?? `${truth}`, row[truth]! / samples, samples] as const;
  });
  return Object.fromEntries(
    rows.filter(([, , samples]) => samples > 0).map(([name, share]) => [name, share]),
  );
}

/** `[truth][answer]` = samples. */
function confusion({ logits, width, y }: Answered): number[][] {
  const table = Array.from({ length: width }, () => new Array<number>(width).fill(0));
  for (const [row, answer] of answersOf(logits, width).entries()) table[y[row]!]![answer]!++;
  return table;
}
