/** A term that takes data for real: somebody must learn from them, and they must be what the model makes. */
import { type DatasetFacts, type ModelFacts, ParameterError } from "../../../engine/op.ts";
import { architectureOf, shapesOf, show } from "../../model/layers.ts";
import type { Architecture } from "../../model/model.ts";
import { discriminatorOf, type LossTerm } from "../terms/terms.ts";
import type { TrainingInputs } from "../training_facts.ts";

/** Throws a ParameterError where they cannot be told from what `model` makes; what is not known yet is not judged. */
export function assertReal(
  term: LossTerm,
  path: string,
  inputs: TrainingInputs,
  model: Architecture | undefined,
): void {
  if ("teacher" in term && term.teacher !== undefined) {
    throw new ParameterError(
      "unknown-value",
      `${path}.teacher`,
      "what is real comes from a teacher or from data, not from both",
      "leave teacher or real out, or write the term twice",
    );
  }
  if (discriminatorOf(term)!.loss === undefined) {
    throw new ParameterError(
      "unknown-value",
      `${path}.critic`,
      "a critic that stays as it is looks at no real samples, and `real` names some",
      "critic: trained, or leave real out",
    );
  }
  const real = inputs[`${path}.real`] as DatasetFacts | undefined;
  if (real === undefined) return;
  if (real.text !== undefined) {
    throw new ParameterError(
      "shape-mismatch",
      `${path}.real`,
      "real samples are compared with what is made, and these are texts",
    );
  }
  const made = model && shapesOf(model)[model.outputs[0]!]!;
  if (made !== undefined && real.input !== undefined && made.join() !== real.input.join()) {
    throw new ParameterError(
      "shape-mismatch",
      `${path}.real`,
      `the model makes ${show(made)}, a sample of the data is ${show(real.input)}`,
    );
  }
  const judge = inputs[`${path}.through`] as ModelFacts | undefined;
  const [, ...conditions] = (judge && architectureOf(judge))?.inputs ?? [];
  const [told] = conditions;
  if (told === undefined) return;
  const classes = real.task === "regression" ? 0 : real.outputs;
  if (classes === undefined || told.shape[0] === classes) return;
  throw new ParameterError(
    "shape-mismatch",
    `${path}.real`,
    `the model that is asked is told ${show(told.shape)} classes, the real samples have ${
      classes === 0 ? "none" : classes
    }`,
  );
}
