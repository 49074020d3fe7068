/** Compiled steps written by hand, as the checks of a graph see them. */
import type { Diagnostic } from "../../../engine/error.ts";
import type { Compiled } from "../../../engine/graph/facts_of.ts";
import type { ExpandedRecipe } from "../../../engine/recipe/recipe.ts";
import { fakeOps, type FakeStep, graphOf } from "../run/support/fake.ts";

/** Ops over numbers that pass for models. */
export const ops = fakeOps();

/** A step, and what compile has found of it. */
export type CompiledStep = FakeStep & Partial<Pick<Compiled, "open" | "broken">>;

/** What a check reports of these steps. */
export function reported(
  steps: readonly CompiledStep[],
  check: (
    recipe: ExpandedRecipe,
    compiled: ReadonlyMap<string, Compiled>,
    problems: Diagnostic[],
  ) => void,
  more: Partial<ExpandedRecipe> = {},
): Diagnostic[] {
  const { recipe } = graphOf(steps, more);
  const compiled = new Map(steps.map((written): [string, Compiled] => {
    const { name, op, inputs = {}, references = {}, params = {}, facts, waits } = written;
    const step = { name, op: op.name, inputs, params, path: `steps.${name}`, paths: {} };
    const { open = false, broken = false } = written;
    return [name, { step, op, inputs, references, facts, waits, open, broken }];
  }));
  const problems: Diagnostic[] = [];
  check(recipe, compiled, problems);
  return problems;
}

/** Problems as `code path message (help)`. */
export const inWords = (problems: readonly Diagnostic[]): string[] =>
  problems.map(({ code, path, message, help }) =>
    `${code} ${path} ${message}${help === undefined ? "" : ` (${help})`}`
  );
