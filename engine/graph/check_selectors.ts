/** Every selector matches a layer of the model at that point. */
import type { Diagnostic } from "../recipe/diagnostic.ts";
import { nearestNames } from "../recipe/nearest.ts";
import type { ExpandedRecipe } from "../recipe/recipe.ts";
import { stepProblem } from "../recipe/step_path.ts";
import { visit } from "../recipe/visit.ts";
import { matchSelector, type NamedLayer } from "../selector.ts";
import type { Compiled } from "./facts_of.ts";

/** Reports selectors of a step that match nothing; where the layers are not known yet, it waits for them. */
export function checkSelectors(
  recipe: ExpandedRecipe,
  { step, op, inputs = {}, references = {} }: Compiled,
  compiled: ReadonlyMap<string, Compiled>,
  problems: Diagnostic[],
): void {
  if (op === undefined) return;
  for (const { form, value, path } of visit(op.params, step.params)) {
    if (form.form !== "selectors" || !Array.isArray(value)) continue;
    // Of an input of the step, or of the model that a parameter beside them names.
    const beside = [...path.split(".").slice(0, -1), form.of].join(".");
    const name = inputs[form.of] ?? references[beside];
    const facts = typeof name === "string" ? compiled.get(name)?.facts : undefined;
    if (facts?.kind !== "model" || facts.layers === undefined || typeof name !== "string") continue;
    const { layers, family = "loaded" } = facts;
    for (const [index, selector] of (value as readonly string[]).entries()) {
      if (matchSelector(selector, layers).length > 0) continue;
      const source = recipe.place("")?.source ?? "RECIPE";
      problems.push(stepProblem(recipe, step, `${path}.${index}`, {
        code: "selector-empty",
        message:
          `"${selector}" matches no layer of \`${name}\` (${family}, ${layers.length} layers)`,
        help: `nearest: ${
          nearestLayers(selector, layers).join(", ")
        }. All names: decant layers ${source} ${name}`,
      }));
    }
  }
}

/** The nearest layer or group, then what is inside it, then the next nearest: three in all. */
export function nearestLayers(selector: string, layers: readonly NamedLayer[]): string[] {
  const names = new Set<string>();
  for (const { name } of layers) {
    const parts = name.split(".");
    for (let count = 1; count <= parts.length; count++) names.add(parts.slice(0, count).join("."));
  }
  const word = selector.replace(/\.?\*+$/, "").replace(/^\*+\.?/, "");
  const near = nearestNames(word, [...names], 3, 4);
  const inside = [...names].filter((name) => name.startsWith(`${near[0]}.`));
  return [...new Set([...near.slice(0, 1), ...inside, ...near])].slice(0, 3);
}
