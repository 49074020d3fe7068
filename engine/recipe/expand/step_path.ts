/** Where in the recipe a step's field is written. */
import type { ExpandedRecipe, Step } from "../recipe.ts";
import type { Diagnostic } from "../../error.ts";
import { diagnosticAt, type Saying } from "../parse/problems.ts";
import { join } from "../parse/tree.ts";

/** The dotted path in the recipe of a field of a step (`loss.1.temperature`); of the step for the empty field. */
export function stepPath({ path, paths }: Pick<Step, "path" | "paths">, field: string): string {
  if (field === "") return path;
  if (paths[field] !== undefined) return paths[field];
  const [head = "", ...rest] = field.split(".");
  return [paths[head] ?? join(path, head), ...rest].join(".");
}

/** A diagnostic at a field of a step. */
export function stepProblem(
  recipe: ExpandedRecipe,
  step: Step,
  field: string,
  saying: Saying,
): Diagnostic {
  const path = stepPath(step, field);
  return diagnosticAt(path, recipe.place(path), saying);
}
