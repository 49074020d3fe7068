/** An expanded recipe as YAML: steps with nothing implied, which read again give the same steps. */
import type { Json } from "../../digest.ts";
import type { ExpandedRecipe, Step } from "../recipe.ts";
import { writeYaml } from "./write_yaml.ts";

/** The text of an expanded recipe: a `steps:` list and what stands beside it. */
export function expandedYaml(recipe: ExpandedRecipe): string {
  const { about, seed, steps, expect, measured } = recipe;
  const { authors, references, ...words } = about;
  return writeYaml({
    decant: 1,
    ...words,
    ...(authors.length > 0 && { authors }),
    ...(references.length > 0 && { references }),
    ...(seed !== 0 && { seed }),
    ...(measured === "result" && { evaluate: { models: "result" } }),
    steps: steps.map(stepFields),
    ...(expect.length > 0 && { expect: expect.map(({ text }) => text) }),
  });
}

/** One step as a recipe writes it: op, name, inputs, parameters. */
export function stepFields({ op, name, inputs, params }: Step): Readonly<Record<string, Json>> {
  return { op, as: name, ...inputs, ...params };
}
