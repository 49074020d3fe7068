/**
 * What others rely on must know something: a teacher or a loaded model that is right no more often than guessing stops
 * the run, for nothing that is made from it means anything.
 */
import type { Graph, Node } from "../graph/graph.ts";
import { isMany } from "../graph/key.ts";
import type { Metrics } from "../metrics.ts";
import type { Outcome } from "../store/store.ts";
import { subjectOf } from "./model_row.ts";
import { percentText } from "./quantity.ts";

/** Thrown where a model is right no more often than guessing. */
export class ChanceError extends Error {
  override readonly name = "ChanceError";
  /** A way out. */
  readonly help: string;
  constructor(readonly model: Node, accuracy: string, guessing: string) {
    super(`\`${model.step.name}\` is right on ${accuracy}; guessing gives ${guessing}`);
    this.help = isLoaded(model)
      ? "usual causes: normalize (the model was trained on -1…1, the data give 0…1), the order of " +
        "classes, the colour order"
      : "usual causes: too few epochs or samples, a learning_rate too high or too low";
  }
}

/** A guess is told from knowledge by this many standard deviations, one-sided. */
const DEVIATIONS = 3;

/** The steps whose models others rely on: teachers, and what was loaded from a file. */
export function reliedOn({ nodes }: Graph): ReadonlySet<string> {
  return new Set(nodes.flatMap((node) => [
    ...(isLoaded(node) ? [node.step.name] : []),
    ...teachersOf(node).map(({ step }) => step.name),
  ]));
}

function isLoaded({ op, step }: Node): boolean {
  return op.output.name === "model" && op.source(step.params).length > 0;
}

/**
 * Throws a ChanceError where an evaluation says that a model others rely on guesses: its accuracy is not above
 * p + 3 √(p(1−p)/n), with p = 1 ÷ classes and n samples. With so few samples that nothing could be told apart
 * (3 √(p(1−p)/n) > p, where the normal approximation of the binomial does not hold either) nothing is said.
 */
export function assertKnowing(
  node: Node,
  outcome: Outcome,
  relied: ReadonlySet<string>,
): void {
  const model = subjectOf(node);
  const classes = classesOf(node);
  if (model === undefined || classes === undefined || !relied.has(model.step.name)) return;
  const { accuracy, samples } = outcome.manifest as unknown as Metrics;
  if (accuracy === undefined || samples === undefined) return;
  const guess = 1 / classes;
  const spread = DEVIATIONS * Math.sqrt(guess * (1 - guess) / samples);
  if (spread > guess || accuracy > guess + spread) return;
  const split = node.step.params.split;
  const which = typeof split === "string" ? `${split} samples` : "samples";
  throw new ChanceError(model, `${percentText(accuracy)} of the ${which}`, percentText(guess));
}

/** The classes that an evaluation tells apart; undefined where it is none, or no classification. */
function classesOf({ op, inputs: { data } }: Node): number | undefined {
  if (op.output.name !== "metrics" || data === undefined || isMany(data)) return undefined;
  const facts = data.facts;
  return facts?.kind === "dataset" && facts.task === "classification" ? facts.outputs : undefined;
}

/** The models that a step learns from: read as `teacher`, named as one by a term, or recorded for others to learn. */
export function teachersOf({ op, inputs, references }: Node): Node[] {
  const recorded = op.output.name === "outputs";
  return [
    ...Object.entries(inputs).flatMap(([name, read]) =>
      isTeacher(name) || recorded && name === "model" ? read : []
    ),
    ...Object.entries(references).flatMap(([path, node]) =>
      path.split(".").some(isTeacher) ? node : []
    ),
  ];
}

const isTeacher = (name: string): boolean => name === "teacher" || name === "teachers";
