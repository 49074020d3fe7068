/**
 * The recipes of the language's second part, as they stand there, with the ops that ship: each is sound but for the
 * sources that are not at hand.
 */
import assert from "node:assert/strict";
import { missingSources } from "../../engine/graph/sources/missing_sources.ts";
import { opSet } from "../../engine/op.ts";
import { expandedYaml } from "../../engine/recipe/expanded_yaml.ts";
import { formatRecipe } from "../../engine/recipe/format_recipe.ts";
import { parseRecipe } from "../../engine/recipe/parse_recipe.ts";
import { recipeSchema } from "../../engine/recipe/words/recipe_schema.ts";
import { validateParams } from "../../engine/recipe/check/validate_params.ts";
import { loadRecipe } from "../../engine/library/open_recipe.ts";
import { parse } from "../../engine/deps/yaml.ts";
import { ops } from "../../ops/mod.ts";
import { validator } from "../engine/recipe/ajv.ts";

const all = opSet(ops);
const folder = new URL("../fixtures/recipes/", import.meta.url);

/** For each, the sources that it names and that are not at hand. */
const expected: Readonly<Record<string, readonly string[]>> = {
  "digits.yaml": [],
  "classic.yaml": [],
  "papers/assistants.yaml": ["../../data/cifar-10/"],
  "papers/assistant-auto.yaml": ["../../data/cifar-10/"],
  "papers/mutual.yaml": [],
  "papers/fitnets.yaml": ["../../data/cifar-10/"],
  "two-teachers.yaml": ["../data/fashion-mnist/"],
  "bert-tiny.yaml": ["./bert-base-sst2.safetensors"],
  "papers/deep-compression.yaml": [],
  "qat.yaml": ["./data/", "./teacher/model.json", "./pruned/model.json"],
  "imagenet.yaml": ["./photos/", "./classes.txt", "./resnet101.safetensors"],
  "photos.yaml": ["./photos/", "./imagenet-classes.txt"],
  "frontier.yaml": [],
  "smallest.yaml": [],
  "redesign.yaml": ["../data/fashion-mnist/"],
  "decoder.yaml": ["./cvae-decoder/model.json", "./digit-classifier/model.json"],
};

for (const [name, missing] of Object.entries(expected)) {
  Deno.test(`the language's ${name} is sound`, async () => {
    const graph = await (await loadRecipe(new URL(name, folder).href, all)).compile();
    assert.deepEqual(graph.diagnostics, []);
    assert.deepEqual((await missingSources(graph)).map(quoted), missing);
  });
}

Deno.test("no recipe of the language is left out", async () => {
  const found: string[] = [];
  for (const inside of ["", "papers/"]) {
    for await (const { name, isFile } of Deno.readDir(new URL(inside, folder))) {
      if (isFile) found.push(inside + name);
    }
  }
  assert.deepEqual(found.sort(), Object.keys(expected).sort());
});

Deno.test("the published schema is one that ajv takes, and accepts the language's recipes", async () => {
  const accepts = validator(recipeSchema(all));
  for (const name of Object.keys(expected)) {
    assert.equal(accepts(parse(await Deno.readTextFile(new URL(name, folder)))), true, name);
  }
});

Deno.test("the language's recipes expand to a fixed point, and ajv accepts every step of them", async () => {
  for (const name of Object.keys(expected)) {
    const path = new URL(name, folder).href;
    const { recipe, nodes } = await (await loadRecipe(path, all)).compile();
    for (const { op, step: { params } } of nodes) {
      await validateParams(op, params, op.random(params) ? [] : ["seed"]);
    }
    if (recipe.sweep !== undefined) continue;
    const again = parseRecipe(expandedYaml(recipe), path, all);
    assert.equal(expandedYaml(again), expandedYaml(recipe), name);
  }
});

Deno.test("formatted, the language's recipes keep every comment and are formatted", async () => {
  for (const name of Object.keys(expected)) {
    const text = await Deno.readTextFile(new URL(name, folder));
    const once = formatRecipe(text, all);
    assert.equal(formatRecipe(once, all), once, name);
    assert.deepEqual(commentsOf(once), commentsOf(text), name);
  }
});

const commentsOf = (text: string) =>
  [...text.matchAll(/(?:^| )(#.*)$/gm)].map(([, comment]) => comment);

/** The first word in backticks. */
function quoted({ message }: { readonly message: string }): string {
  return /`([^`]*)`/.exec(message)![1]!;
}
