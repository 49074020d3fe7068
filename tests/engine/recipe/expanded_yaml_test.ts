/** An expanded recipe as a text: everything that is said of it, and nothing that goes without saying. */
import assert from "node:assert/strict";
import { expandedYaml, stepFields } from "../../../engine/recipe/expanded_yaml.ts";
import { parseRecipe } from "../../../engine/recipe/parse_recipe.ts";
import { classic } from "./classic.ts";
import { fakeOps } from "./fake_ops.ts";

const read = (text: string) => parseRecipe(text, "x.yaml", fakeOps);
const small =
  "decant: 1\nname: small\ndata: digits\nmodel: { use: lenet5, train: { epochs: 1 } }\n";
const fieldsOf = (text: string) => [...text.matchAll(/^([a-z]+):/gm)].map(([, name]) => name);

Deno.test("a step has its op, its name, its inputs and its parameters, in that order", () => {
  const step = {
    op: "prune",
    name: "pruned",
    inputs: { model: "trained" },
    params: { ratio: 0.5 },
  };
  assert.equal(
    JSON.stringify(stepFields({ ...step, path: "prune", paths: {} })),
    '{"op":"prune","as":"pruned","model":"trained","ratio":0.5}',
  );
});

Deno.test("what is as usual is not written: no authors, seed 0, every model measured, no claims", () => {
  assert.deepEqual(fieldsOf(expandedYaml(read(small))), ["decant", "name", "steps"]);
  const full = expandedYaml(read(
    `${small}seed: 3\nauthors: [A]\nreferences: [B]\nlicense: MIT\ndescription: c\nexpect: result.bytes <= 1 GB\n`
      .replace("1 GB", "9 MB"),
  ));
  assert.deepEqual(fieldsOf(full).sort(), [
    "authors",
    "decant",
    "description",
    "expect",
    "license",
    "name",
    "references",
    "seed",
    "steps",
  ]);
});

Deno.test("that the result alone is measured is kept, or reading again would measure more", () => {
  const recipe = read(`${small}evaluate: { models: result }\n`);
  assert.deepEqual(recipe.diagnostics, []);
  assert.match(expandedYaml(recipe), /^evaluate: \{ models: result \}$/m);
  assert.deepEqual(read(expandedYaml(recipe)).steps.length, recipe.steps.length);
});

Deno.test("a recipe with variables and stages, written out and read again, is the same text", () => {
  const text = expandedYaml(read(classic));
  const again = read(text);
  assert.deepEqual(again.diagnostics, []);
  assert.equal(expandedYaml(again), text);
  assert.ok(!/\$|variables/.test(text));
});
