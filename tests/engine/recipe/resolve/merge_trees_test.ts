/** Recipes that extend others. */
import assert from "node:assert/strict";
import { completeAssistants, inherit } from "../../../../engine/recipe/resolve/merge_trees.ts";
import { valueOf } from "../../../../engine/recipe/parse/tree.ts";
import { mapOf } from "../trees.ts";
import { parseRecipe, recipeFromValue } from "../../../../engine/recipe/parse_recipe.ts";
import { child, classic, codes, params, parents, read } from "../classic.ts";
import { fakeOps } from "../fake_ops.ts";

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

const inherited = (parent: string, child: string) => valueOf(inherit(mapOf(parent), mapOf(child)));

Deno.test("maps merge at any depth; lists and plain values replace; what is null goes", () => {
  assert.deepEqual(
    inherited(
      "a: { b: { c: 1, d: 2 }, e: [1, 2] }\nf: 1\n",
      "a: { b: { d: 3 }, e: [4] }\nf: null\n",
    ),
    { a: { b: { c: 1, d: 3 }, e: [4] } },
  );
  assert.deepEqual(inherited("a: { b: 1 }\n", "a: c\n"), { a: "c" });
  assert.deepEqual(inherited("a: c\n", "a: { b: 1 }\n"), { a: { b: 1 } });
  assert.deepEqual(inherited("a: 1\n", "b: null\n"), { a: 1, b: null }, "there was nothing");
  assert.deepEqual(inherited("name: x\ndescription: y\nextends: z\nseed: 1\n", "b: 1\n"), {
    seed: 1,
    b: 1,
  });
});

Deno.test("an assistant's training is the student's where it says nothing, less what is the student's alone", () => {
  const completed = (text: string, taught: string | null = "distill") =>
    (valueOf(completeAssistants(mapOf(text), taught ?? undefined)) as { assistant: unknown })
      .assistant;
  const distill = "distill: { epochs: 9, rate: 4, guidance: all, teacher: t }\n";
  const behind = { epochs: 9, rate: 4 };
  assert.deepEqual(completed(`${distill}assistant: { use: mlp }\n`), {
    use: "mlp",
    train: behind,
  });
  assert.deepEqual(
    completed(`${distill}assistant: [{ use: mlp, train: { epochs: 1 } }, { use: cnn }]\n`),
    [{ use: "mlp", train: { epochs: 1, rate: 4 } }, { use: "cnn", train: behind }],
  );
  // Assistants that are made from others have no field for a training.
  for (const use of ["born-again", "auto"]) {
    assert.deepEqual(completed(`${distill}assistant: { use: ${use} }\n`), { use });
  }
  assert.equal(completed(`${distill}assistant: auto\n`), "auto");
  assert.deepEqual(completed("assistant: { use: mlp }\n"), { use: "mlp" }, "nothing stands behind");
  assert.deepEqual(completed(`${distill}assistant: { use: mlp }\n`, null), { use: "mlp" });
});
