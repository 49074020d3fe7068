/** Choices are made on validation samples: a step that makes one needs data that have some. */
import type { Json } from "../digest.ts";
import type { Input } from "../op.ts";
import type { Diagnostic } from "../error.ts";
import type { ExpandedRecipe } from "../recipe/recipe.ts";
import { stepProblem } from "../recipe/expand/step_path.ts";
import type { Compiled } from "./facts_of.ts";

type DatasetParams = Readonly<Record<string, Json>>;

/** Reports a step that reads the validation part of data that set none aside. */
export function checkParts(
  recipe: ExpandedRecipe,
  { step, op, inputs = {} }: Compiled,
  compiled: ReadonlyMap<string, Compiled>,
  problems: Diagnostic[],
): void {
  const declared = (op?.inputs ?? {}) as Readonly<Record<string, Input>>;
  for (const [name, { parts, needed = parts }] of Object.entries(declared)) {
    const from = inputs[name];
    const data = typeof from === "string" ? compiled.get(from)?.step : undefined;
    if (data === undefined || !needed?.(step.params).includes("validation")) continue;
    if (setsAside(data.params)) continue;
    problems.push(stepProblem(recipe, step, "", {
      code: "missing-input",
      message: `\`${step.name}\` chooses on validation samples, and \`${data.name}\` has none`,
      help: "split: { validation: 0.1 }",
    }));
  }
}

/** Whether data have a validation part: a share of the whole, or files of their own. */
function setsAside({ split, from }: DatasetParams): boolean {
  const share = (split as DatasetParams | undefined)?.validation;
  const given = typeof from === "object" && from !== null && "validation" in from;
  return share !== 0 || given;
}
