/** Terms that look inside their teacher: there must be one that can be looked into. */
import { type ModelFacts, ParameterError } from "../../../engine/op.ts";
import { architectureOf } from "../../model/layers.ts";
import type { Architecture } from "../../model/model.ts";
import { assertMatch, missingPlace } from "./assert_match.ts";
import type { MatchedPlaces } from "../terms/parts/match.ts";
import { matchOf, namesTeacher } from "../terms/terms.ts";
import type { TrainingInputs } from "../training_facts.ts";
import type { Training } from "../training_fields.ts";

/** Whether `compile` looks the names of a side up itself: where they are of an input of the step. */
export interface LookedUp {
  readonly student: boolean;
  readonly teacher: boolean;
}

/**
 * Throws where a term looks inside a teacher who cannot be looked into, or at places that cannot be compared. A name
 * that nobody has is a selector that matches nothing, and left to `compile` where that looks it up: it says the nearest.
 */
export function assertInsides(
  inputs: TrainingInputs,
  { loss }: Pick<Training, "loss">,
  lookedUp: LookedUp = { student: true, teacher: true },
): void {
  const { replaced = [], ...facts } = inputs.model as ModelFacts;
  const student = architectureOf(facts);
  for (const [i, term] of loss.entries()) {
    const matched = matchOf(term, replaced);
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
    const lost = matched.places.some((place) =>
      lookedUp.student && isLost(place, "student", student) ||
      lookedUp.teacher && !namesTeacher(term) && isLost(place, "teacher", taught)
    );
    if (!lost) assertMatch(term, path, { student, teacher: taught, replaced });
  }
}

/** Whether a place is written as a selector that nothing matches. */
function isLost(
  place: MatchedPlaces,
  side: "student" | "teacher",
  model: Architecture | undefined,
): boolean {
  const written = place.at[side] !== place.at.pair;
  return written && model !== undefined && missingPlace(model, place[side]) !== undefined;
}
