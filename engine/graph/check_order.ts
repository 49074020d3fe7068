/** Orders of steps that undo what an earlier step established, or that work against it: each op names its own. */
import type { Diagnostic } from "../error.ts";
import type { OrderRule } from "../op.ts";
import type { ExpandedRecipe } from "../recipe/recipe.ts";
import { stepProblem } from "../recipe/expand/step_path.ts";
import type { Compiled } from "./facts_of.ts";

/** By the name of a step: the ops that made its model what it is, and the last step of each. */
export type Lineages = Map<string, ReadonlyMap<string, string>>;

/** Reports a step that stands after one it should stand before; its own lineage is added. */
export function checkOrder(
  recipe: ExpandedRecipe,
  entry: Compiled,
  lineages: Lineages,
  problems: Diagnostic[],
): void {
  const { step, op } = entry;
  const parent = changedBy(entry);
  const before = parent !== undefined && lineages.get(parent) || new Map<string, string>();
  const report = (severity: Diagnostic["severity"]) => ({ after, because, help }: OrderRule) => {
    const earlier = before.get(after);
    if (earlier === undefined) return;
    problems.push(stepProblem(recipe, step, "", {
      code: "order",
      severity,
      message: `\`${step.name}\` stands after \`${earlier}\`: ${because}`,
      help,
    }));
  };
  op?.refusedAfter.forEach(report("error"));
  op?.unwiseAfter.forEach(report("warning"));
  lineages.set(step.name, new Map([...before, [step.op, step.name]]));
}

/** The name of the step whose output a step changes. */
export function changedBy({ op, inputs = {} }: Compiled): string | undefined {
  const from = op?.changes === undefined ? undefined : inputs[op.changes];
  return typeof from === "string" ? from : undefined;
}
