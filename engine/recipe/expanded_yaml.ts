/** An expanded recipe as YAML: steps with nothing implied, which read again give the same steps. */
import { given } from "../given.ts";
import type { Json } from "../digest.ts";
import type { ExpandedRecipe, Step } from "./recipe.ts";
import { writeYaml } from "./parse/write_yaml.ts";

/** The text of an expanded recipe: a `steps:` list and what stands beside it. */
export function expandedYaml(recipe: ExpandedRecipe): string {
  const { about, seed, steps, expect, measured } = recipe;
  const { authors, references, ...words } = about;
  return writeYaml({
    decant: 1,
    ...words,
    ...given({
      authors: authors.length > 0 ? authors : undefined,
      references: references.length > 0 ? references : undefined,
      seed: seed !== 0 ? seed : undefined,
      evaluate: measured === "result" ? { models: "result" } : undefined,
    }),
    steps: steps.map(stepFields),
    ...given({ expect: expect.length > 0 ? expect.map(({ text }) => text) : undefined }),
  });
}

/** One step as a recipe writes it: op, name, inputs, parameters. */
export function stepFields({ op, name, inputs, params }: Step): Readonly<Record<string, Json>> {
  return { op, as: name, ...inputs, ...params };
}
