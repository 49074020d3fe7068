/**
 * A model in use must be better than chance: a teacher whose answers are read or a loaded model that is used as it is
 * stops the run where it is right no more often than guessing, because nothing that is made from it means anything.
 */
import type { DatasetFacts } from "../facts.ts";
import { type Graph, isMany, type Node, subjectOf } from "../graph/graph.ts";
import { isLoaded, modelsInUse } from "../graph/models_in_use.ts";
import type { Metrics } from "../metrics.ts";
import type { Outcome } from "../store/store.ts";
import { percentText } from "../quantity.ts";

/** A model that an evaluation has found to guess. */
interface Guess {
  readonly model: Node;
  readonly sentence: string;
  readonly help: string;
}

/** How far accuracy must be above chance, in standard deviations of guessing, one-sided. */
const DEVIATIONS = 3;

/**
 * The model that an evaluation says to guess: its accuracy is not above p + 3 √(p(1−p)/n), with p = 1 ÷ classes and n
 * samples. With so few samples that nothing could be told apart (3 √(p(1−p)/n) ≥ p, where the normal approximation of
 * the binomial does not hold either) nothing is said.
 */
export function guessOf(node: Node, { manifest }: Outcome): Guess | undefined {
  const model = subjectOf(node);
  const data = classified(node);
  if (model === undefined || data?.outputs === undefined) return undefined;
  const { accuracy, samples } = manifest as unknown as Metrics;
  if (accuracy === undefined || samples === undefined) return undefined;
  const guess = 1 / data.outputs;
  const spread = DEVIATIONS * Math.sqrt(guess * (1 - guess) / samples);
  if (spread >= guess || accuracy > guess + spread) return undefined;
  const { split } = node.step.params;
  const which = typeof split === "string" ? `${split} samples` : "samples";
  return {
    model,
    sentence: `\`${model.step.name}\` is right on ${
      percentText(accuracy)
    } of the ${which}; guessing gives ${percentText(guess)}`,
    help: `usual causes: ${
      isLoaded(model)
        ? strangeness(data)
        : "too few epochs or samples, a learning_rate too high or too low"
    }`,
  };
}

/** The same where it stops the run. */
export function stoppingGuess(graph: Graph, node: Node, outcome: Outcome): Guess | undefined {
  const guess = guessOf(node, outcome);
  return guess !== undefined && modelsInUse(graph).has(guess.model.step.name) ? guess : undefined;
}

/** Why a model from elsewhere may be at a loss: what these data are given as, and were not where it was trained. */
function strangeness({ input = [], text }: DatasetFacts): string {
  if (text !== undefined) {
    return "text (the model was trained with another vocabulary or tokenizer), the order of classes";
  }
  const scale = "normalize (the model was trained on -1…1, the data give 0…1)";
  if (input.length !== 3) return `${scale}, the order of columns, the order of classes`;
  return `${scale}, the order of classes${input[2] === 3 ? ", the colour order" : ""}`;
}

/** The data of an evaluation that tells classes apart. */
function classified({ op, inputs: { data } }: Node): DatasetFacts | undefined {
  if (op.output.name !== "metrics" || data === undefined || isMany(data)) return undefined;
  const { facts } = data;
  return facts?.kind === "dataset" && facts.task === "classification" ? facts : undefined;
}
