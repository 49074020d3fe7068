/** Recipes with assistants between teacher and student, and their steps. */
import assert from "node:assert/strict";
import { compile } from "../../../../engine/graph/compile.ts";
import { expandedYaml } from "../../../../engine/recipe/expanded_yaml.ts";
import { parseRecipe } from "../../../../engine/recipe/parse_recipe.ts";
import type { ExpandedRecipe } from "../../../../engine/recipe/recipe.ts";
import { fakeOps } from "../fake_ops.ts";

/** A recipe with assistants, and what its student's training says. */
export const around = (assistant: string, distill = "epochs: 80, batch: 128") =>
  `decant: 1
name: assistants
seed: 5
data: digits
teacher: { use: resnet, depth: 56, train: { epochs: 80 } }
${assistant}
student: { use: resnet, depth: 8 }
distill: { ${distill} }
`;

/** A recipe without a mistake, which expanded expands to itself. */
export function read(text: string, ops = fakeOps): ExpandedRecipe {
  const recipe = parseRecipe(text, "x.yaml", ops);
  assert.deepEqual(compile(recipe, ops).diagnostics, []);
  const again = parseRecipe(expandedYaml(recipe), "x.yaml", ops);
  assert.equal(expandedYaml(again), expandedYaml(recipe));
  return recipe;
}

/** One step a line, less what measures: name, op, what it reads. */
export const lines = ({ steps }: ExpandedRecipe) =>
  steps.filter(({ op }) => op !== "evaluate").map(({ name, op, inputs }) =>
    [name, op, ...Object.entries(inputs).map(([input, from]) => `${input}=${from}`)].join(" ")
  );
