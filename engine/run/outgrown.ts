/** A teacher that knows less than its student: what it says may hold the student back. */
import type { Graph, Node } from "../graph/graph.ts";
import { isMany } from "../graph/key.ts";
import { teachersOf } from "../graph/relied_on.ts";
import type { ModelRow } from "./model_row.ts";
import { percentText } from "./quantity.ts";

/** A difference is told from luck by this many standard deviations. */
const DEVIATIONS = 2;

/**
 * Warnings by step: of each that learned from a teacher whose measured accuracy is below its own by more than
 * 2 √(2 p (1 − p) / n), p the mean of both accuracies and n the samples.
 */
export function outgrownTeachers(
  { nodes }: Graph,
  rows: readonly ModelRow[],
): ReadonlyMap<string, readonly string[]> {
  const measured = new Map(rows.map((row) => [row.name, row]));
  return new Map(nodes.map((node) => {
    const student = measured.get(node.step.name);
    const names = new Set(heardBy(node).map(({ step }) => step.name));
    const warnings = [...names].flatMap((name) => {
      const teacher = measured.get(name);
      return student !== undefined && teacher !== undefined && outgrown(teacher, student)
        ? [
          `its teacher \`${name}\` is right on ${percentText(teacher.accuracy!)}, it itself on ` +
          `${percentText(student.accuracy!)}: a teacher that knows less may hold it back`,
        ]
        : [];
    });
    return [node.step.name, warnings];
  }));
}

function outgrown(teacher: ModelRow, student: ModelRow): boolean {
  const { accuracy: before, samples } = teacher;
  const { accuracy: after } = student;
  if (before === undefined || after === undefined || samples === undefined) return false;
  const mean = (before + after) / 2;
  return after - before > DEVIATIONS * Math.sqrt(2 * mean * (1 - mean) / samples);
}

/** The models that a step of a training listens to, themselves or by what was recorded of them. */
function heardBy(node: Node): Node[] {
  const { outputs } = node.inputs;
  return [
    ...teachersOf(node),
    ...(outputs === undefined || isMany(outputs) ? [] : teachersOf(outputs)),
  ];
}
