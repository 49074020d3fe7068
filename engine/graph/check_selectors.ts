/** Every selector matches a layer of the model at that point. */
import type { Facts, LayerFacts, ModelFacts } from "../facts.ts";
import type { AnyOp, Input } from "../op.ts";
import type { Diagnostic } from "../error.ts";
import { nearestNames } from "../recipe/words/nearest.ts";
import type { ExpandedRecipe } from "../recipe/recipe.ts";
import { stepProblem } from "../recipe/expand/step_path.ts";
import { visit } from "../recipe/check/visit.ts";
import { BEFORE, matchSelector, type NamedLayer } from "../selector.ts";
import type { Compiled, Linked } from "./facts_of.ts";

/**
 * Reports selectors of a step that match nothing, and returns their paths among the parameters; where the layers are
 * not known yet, it waits for them.
 */
export function checkSelectors(
  recipe: ExpandedRecipe,
  { step, op, inputs, references }: Pick<Compiled, "step"> & Linked & { readonly op: AnyOp },
  compiled: ReadonlyMap<string, Compiled>,
  problems: Diagnostic[],
): readonly string[] {
  const lost: string[] = [];
  for (const { form, value, path } of visit(op.params, step.params)) {
    if (form.form !== "selectors" || !Array.isArray(value)) continue;
    // Of an input of the step, or of the model that a parameter beside them names.
    const beside = [...path.split(".").slice(0, -1), form.of].join(".");
    const named = inputs[form.of] ?? references[beside] ?? inputs[severalOf(op, form.of) ?? ""];
    const models = [named ?? []].flat().map((name) => ({ name, facts: compiled.get(name)?.facts }));
    if (models.length === 0 || !models.every(isKnown)) continue;
    for (const [index, selector] of (value as readonly string[]).entries()) {
      // Among several models a selector means the layers of those that have them.
      if (models.some(({ facts }) => matchSelector(selector, facts.layers).length > 0)) continue;
      lost.push(`${path}.${index}`);
      const top = selector.startsWith(BEFORE) &&
        models.some(({ facts }) => isTop(selector.slice(BEFORE.length), facts.layers));
      problems.push(stepProblem(recipe, step, `${path}.${index}`, {
        code: "selector-empty",
        message: `"${selector}" matches no layer of ${models.map(inWords).join(", nor of ")}${
          top ? ": nothing stands above the first one" : ""
        }`,
        help: `nearest: ${
          nearestLayers(selector, models.flatMap(({ facts }) => facts.layers)).join(", ")
        }. All names: decant layers ${recipe.place("")?.source ?? "RECIPE"} ${models[0]!.name}`,
      }));
    }
  }
  return lost;
}

/** Whether a selector's first layer is the model's first. */
function isTop(selector: string, layers: readonly NamedLayer[]): boolean {
  return matchSelector(selector, layers)[0] === layers[0]?.name;
}

interface NamedFacts<F> {
  readonly name: string;
  readonly facts: F;
}

type KnownModel = ModelFacts & { readonly layers: readonly LayerFacts[] };

function isKnown(model: NamedFacts<Facts | undefined>): model is NamedFacts<KnownModel> {
  return model.facts?.kind === "model" && model.facts.layers !== undefined;
}

function inWords({ name, facts: { family = "loaded", layers } }: NamedFacts<KnownModel>): string {
  return `\`${name}\` (${family}, ${layers.length} layers)`;
}

/** The input with several models that selectors of "model" are for, where the op has none of that name. */
function severalOf({ inputs }: AnyOp, of: string): string | undefined {
  if (of !== "model" || of in inputs) return undefined;
  const entries = Object.entries(inputs as Readonly<Record<string, Input>>);
  return entries.find(([, { kind, many }]) => many && kind.name === "model")?.[0];
}

/** The nearest layer or group, then what is inside it, then the next nearest: three in all. */
export function nearestLayers(selector: string, layers: readonly NamedLayer[]): string[] {
  const names = new Set<string>();
  for (const { name } of layers) {
    const parts = name.split(".");
    for (let count = 1; count <= parts.length; count++) names.add(parts.slice(0, count).join("."));
  }
  const named = selector.startsWith(BEFORE) ? selector.slice(BEFORE.length) : selector;
  const word = named.replace(/\.?\*+$/, "").replace(/^\*+\.?/, "");
  const near = nearestNames(word, [...names], 3, 4);
  const inside = [...names].filter((name) => name.startsWith(`${near[0]}.`));
  return [...new Set([...near.slice(0, 1), ...inside, ...near])].slice(0, 3);
}
