/** A recipe with variables and sources, one that extends it, and what reads them: shared by the tests of the parser. */
import assert from "node:assert/strict";
import { parseRecipe, type ReadingOptions } from "../../../engine/recipe/parse_recipe.ts";
import type { ExpandedRecipe } from "../../../engine/recipe/recipe.ts";
import { fakeOps } from "./fake_ops.ts";

/** Every value that varies is a variable; its sources are relative. */
export const classic = `decant: 1
name: classic
description: to be extended
seed: 7
variables:
  ratio: 0.5
  scheme: int8
  training: { epochs: 2, optimizer: { use: adam, learning_rate: 0.01 } }
data: { from: ../data/digits/, format: idx }
teacher: { from: ./teacher.json }
student: { use: cnn, filters: [8] }
distill: $training
prune: { granularity: weight, ratio: $ratio }
quantize: { scheme: $scheme }
expect: result.accuracy >= teacher.accuracy - 1 point
`;

/** Reads a recipe in which nothing is wrong. */
export function read(
  text: string,
  options: ReadingOptions = {},
  source = "recipes/x.yaml",
): ExpandedRecipe {
  const recipe = parseRecipe(text, source, fakeOps, options);
  assert.deepEqual(recipe.diagnostics, []);
  return recipe;
}

/** What is wrong with a recipe: code and path of each. */
export function codes(text: string, options: ReadingOptions = {}): string[] {
  const { diagnostics } = parseRecipe(text, "x.yaml", fakeOps, options);
  return diagnostics.map(({ code, path }) => `${code} ${path}`);
}

/** Parameters of the step of a name. */
export const params = ({ steps }: ExpandedRecipe, name: string) =>
  steps.find((step) => step.name === name)!.params;

/** Extends it from the folder above. */
export const child = `decant: 1
name: frontier
extends: ./base/classic.yaml
variables: { ratio: 0.3 }
expect: null
student: { filters: [16] }
quantize: { activations: none }
`;
/** What stands behind that. */
export const parents = [{ source: "recipes/base/classic.yaml", text: classic }];
