/** Where in the recipe a step's field is written. */
import type { ExpandedRecipe, Step } from "../recipe.ts";
import type { Code, Diagnostic } from "../../error.ts";
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
  problem: {
    readonly code: Code;
    readonly message: string;
    readonly help?: string | undefined;
    readonly severity?: Diagnostic["severity"];
  },
): Diagnostic {
  const path = stepPath(step, field);
  const place = recipe.place(path);
  const { code, message, help, severity = "error" } = problem;
  return {
    code,
    severity,
    message,
    path,
    ...(place && { place }),
    ...(help !== undefined && { help }),
  };
}
