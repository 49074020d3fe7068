/** Terms that look inside their teacher: there must be one that can be looked into. */
import { type ModelFacts, ParameterError } from "../../engine/op.ts";
import { architectureOf } from "../model/layers.ts";
import { assertMatch, missingPlace } from "../train/assert_match.ts";
import { type LossTerm, matchOf } from "../train/terms/terms.ts";
import type { TrainingInputs } from "../train/training_facts.ts";
import type { Training } from "../train/training_fields.ts";

/** Throws where a term looks inside a teacher who cannot be looked into, or at places that cannot be compared. */
export function assertInsides(inputs: TrainingInputs, { loss }: Pick<Training, "loss">): void {
  const student = architectureOf(inputs.model as ModelFacts);
  for (const [i, term] of loss.entries()) {
    const matched = matchOf(term);
    if (matched === undefined) continue;
    const path = `loss.${i}`;
    const named = namesTeacher(term) ? inputs[`${path}.teacher`] : inputs.teacher;
    const teacher = named as ModelFacts | undefined;
    if (!namesTeacher(term) && inputs.outputs !== undefined) {
      throw new ParameterError(
        "missing-input",
        path,
        `\`${term.use}\` looks inside its teacher, and recorded outputs are what it answered`,
        "give teacher in place of outputs",
      );
    }
    if (teacher?.established.includes("format")) {
      throw new ParameterError(
        "order",
        path,
        `\`${term.use}\` looks inside its teacher, and between the layers of a quantized one there are integers`,
        "name the model that was quantized",
      );
    }
    const taught = teacher && architectureOf(teacher);
    // A name that nobody has is a selector that matches nothing: compile says so, with the nearest.
    const lost = student && taught && !namesTeacher(term) &&
      matched.places.some((pair) =>
        missingPlace(student, pair.student) ?? missingPlace(taught, pair.teacher)
      );
    if (!lost) assertMatch(term, path, student, taught);
  }
}

/** Whether a term says whom it listens to. */
export function namesTeacher(term: LossTerm): boolean {
  return "teacher" in term && term.teacher !== undefined;
}
