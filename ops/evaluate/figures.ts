/** Figures of a model's answers: from what it said and labels, in double precision, in the order of the samples. */
import { usualMetrics } from "../../engine/metrics.ts";
import type { Task } from "../../engine/op.ts";
import { agreementOf, meanError } from "../learn/score.ts";
import type { Answered, Chosen, Estimated } from "./answered.ts";

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

/** What is measured of answers where a recipe does not say. */
export function usualFigures(task: Task): readonly FigureName[] {
  const names: readonly string[] = usualMetrics[task];
  return names.filter((name): name is FigureName => Object.hasOwn(figures, name));
}

function accuracy(answered: Answered): number {
  const { answers, y } = chosen(answered);
  return agreementOf(answers, y);
}

/** Mean cross-entropy in nats, or mean squared error. */
function loss(answered: Answered): number {
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

/** By class name, the fraction of its samples that were recognised; classes without samples are left out. */
function recall(answered: Answered): Readonly<Record<string, number>> {
  const { classes } = chosen(answered);
  const rows = confusion(answered).map((row, truth) => {
    const samples = row.reduce((sum, each) => sum + each, 0);
    return [classes[truth] ?? `${truth}`, row[truth]! / samples, samples] as const;
  });
  return Object.fromEntries(
    rows.filter(([, , samples]) => samples > 0).map(([name, share]) => [name, share]),
  );
}

/** `[truth][answer]` = samples. */
function confusion(answered: Answered): number[][] {
  const { answers, width, y } = chosen(answered);
  const table = Array.from({ length: width }, () => new Array<number>(width).fill(0));
  for (const [row, answer] of answers.entries()) table[y[row]!]![answer]!++;
  return table;
}

/** `tasks` lets no figure of classes near other answers. */
function chosen(answered: Answered): Chosen {
  return answered as Chosen;
}
