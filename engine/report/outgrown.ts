/** A teacher that is less accurate than its student: its mistakes may limit the student. */
import { type Graph, isMany, type Node } from "../graph/graph.ts";
import { teachersOf } from "../graph/models_in_use.ts";
import type { ModelRow } from "./model_row.ts";
import { percentText, plainText } from "../quantity.ts";

/** A difference is told from luck by this many standard deviations. */
const DEVIATIONS = 2;

/**
 * Warnings by step: of each that learned from a teacher who measurably knows less than it does itself, or than it did
 * before: what it learned may then be the teacher's mistakes.
 */
export function outgrownTeachers(
  { nodes }: Graph,
  rows: readonly ModelRow[],
): ReadonlyMap<string, readonly string[]> {
  const measured = new Map(rows.map((row) => [row.name, row]));
  return new Map(nodes.map((node) => {
    const began = begunFrom(node);
    const names = new Set(taughtBy(node).map(({ step }) => step.name));
    const warnings = [...names].flatMap((name) => {
      const teacher = measured.get(name);
      if (teacher === undefined) return [];
      const now = measured.get(node.step.name);
      if (now !== undefined && knowsMore(now, teacher)) {
        return [sentence(teacher, now, "")];
      }
      const before = began === name ? undefined : measured.get(began ?? "");
      return before !== undefined && knowsMore(before, teacher)
        ? [sentence(teacher, before, " before it learned")]
        : [];
    });
    return [node.step.name, warnings];
  }));
}

function sentence(teacher: ModelRow, itself: ModelRow, when: string): string {
  const [theirs, ours] = [correctnessOf(teacher)!, correctnessOf(itself)!];
  return `its teacher \`${teacher.name}\` is ${theirs.wording} ${theirs.amount}, it itself ${ours.amount}${when}: ` +
    "a teacher that knows less may hold it back";
}

/** A model's figure, and the variance of one sample's. */
interface Correctness {
  readonly value: number;
  readonly variance: number;
  /** In words: `right` `on 90.0 %`. */
  readonly wording: string;
  readonly amount: string;
}

/** How right a model is: by classes where it tells them apart, else by how far off its numbers are; more is better. */
function correctnessOf({ accuracy, loss, metrics: { mae } }: ModelRow): Correctness | undefined {
  if (accuracy !== undefined) {
    const amount = `on ${percentText(accuracy)}`;
    return { value: accuracy, variance: accuracy * (1 - accuracy), wording: "right", amount };
  }
  // The loss of numbers is the mean of the squares.
  return typeof mae === "number" && loss !== undefined
    ? {
      value: -mae,
      variance: loss - mae * mae,
      wording: "off",
      amount: `by ${plainText(mae)} on average`,
    }
    : undefined;
}

/** Whether a model is better by more than 2 √((v₁ + v₂) / n), v the variances over n samples. */
function knowsMore(row: ModelRow, teacher: ModelRow): boolean {
  const [ours, theirs] = [correctnessOf(row), correctnessOf(teacher)];
  const { samples } = teacher;
  if (ours === undefined || theirs === undefined || samples === undefined) return false;
  const spread = DEVIATIONS * Math.sqrt(Math.max(0, ours.variance + theirs.variance) / samples);
  return ours.value - theirs.value > spread;
}

/** The model that a step changes, by name. */
function begunFrom({ op: { changes }, inputs }: Node): string | undefined {
  const read = changes === undefined ? undefined : inputs[changes];
  return read === undefined || isMany(read) ? undefined : read.step.name;
}

/** The models that a step of a training learns from, themselves or by what was recorded of them. */
function taughtBy(node: Node): Node[] {
  const { outputs } = node.inputs;
  return [
    ...teachersOf(node),
    ...(outputs === undefined || isMany(outputs) ? [] : teachersOf(outputs)),
  ];
}
