/** What went wrong in a run, as a person and a program read it, and how the run ends for it. */
import {
  DecantError,
  type Diagnostic,
  type Ending,
  endingOf,
  ParameterError,
  type Problem,
  type TextPlace,
} from "../error.ts";
import { given } from "../given.ts";
import type { Node } from "../graph/graph.ts";
import { stepFailure } from "../graph/step_failure.ts";
import { stepPath } from "../recipe/expand/step_path.ts";
import type { ExpandedRecipe } from "../recipe/recipe.ts";

/** A diagnostic as a problem. */
export function diagnosticProblem({ code, message, path, place, help }: Diagnostic): Problem {
  return given({ code, message, place: placeOf(place, path), help });
}

/** An error as a problem, which stands at `place` where the error does not say another. */
export function problemOf(error: DecantError, place: Problem["place"]): Problem {
  const { code, message, help } = error;
  return given({ code, message, place: error.place ?? place, help });
}

/** What an error of a step means to a person, and how the run ends for it. */
export function stepProblem(
  recipe: ExpandedRecipe,
  node: Node,
  error: unknown,
): { problem: Problem; ending: Ending } {
  const { step } = node;
  const known = error instanceof DecantError ? error : stepFailure(node, error);
  const path = known instanceof ParameterError ? stepPath(step, known.path) : step.path;
  // What makes a command wrong is known before its first step.
  const ending = endingOf(known) === "refused" ? "refused" : "failed";
  return { problem: problemOf(known, placeInDocument(recipe, path)), ending };
}

/** Where a path of a recipe stands, as a document says it. */
export function placeInDocument(recipe: ExpandedRecipe, path: string): Problem["place"] {
  return placeOf(recipe.place(path), path);
}

function placeOf(place: TextPlace | undefined, path: string): Problem["place"] {
  if (place === undefined) return { path };
  return { source: place.source, line: place.line, column: place.column };
}

/** Why a signal was aborted: the process was asked to end. */
export class Interruption extends Error {
  override readonly name = "Interruption";
  constructor(readonly ending: "interrupted" | "terminated") {
    super("the run was interrupted");
  }
}

/** How a run ends whose signal was aborted. */
export function endingBySignal(signal?: AbortSignal): Interruption["ending"] {
  return signal?.reason instanceof Interruption ? signal.reason.ending : "interrupted";
}
