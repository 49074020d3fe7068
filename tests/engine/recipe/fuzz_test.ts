/** Mutated recipes, arbitrary texts and values, and bombs: each gives a diagnosis or a valid expansion. */
import assert from "node:assert/strict";
import { fc } from "../../deps.ts";
import { parseRecipe, recipeFromValue } from "../../../engine/recipe/parse_recipe.ts";
import { renderDiagnostics } from "../../../engine/recipe/check/render_diagnostics.ts";
import { fakeOps } from "./fake_ops.ts";
import { mutateTexts, mutateValues, sets } from "./fuzz.ts";

for (const [name, ops] of Object.entries(sets)) {
  Deno.test(`a recipe with some fields changed is diagnosed or expands: ${name} ops`, () => {
    mutateValues(ops, 400, 1);
  });

  Deno.test(`a text with some characters changed is diagnosed or expands: ${name} ops`, () => {
    mutateTexts(ops, 400, 2);
  });
}

Deno.test("any text at all is diagnosed", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
      const { diagnostics } = parseRecipe(text, "any.yaml", fakeOps);
      assert.ok(diagnostics.length > 0);
      renderDiagnostics(diagnostics, text);
    }),
    { numRuns: 200, seed: 3 },
  );
});

Deno.test("any JSON at all is diagnosed", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.ok(recipeFromValue(value, "./", fakeOps).diagnostics.length > 0);
    }),
    { numRuns: 200, seed: 4 },
  );
});

const bombs: Readonly<Record<string, string>> = {
  "lists within lists": `decant: 1\nname: x\ndata: ${"[".repeat(20_000)}`,
  "closed lists within lists": `decant: 1\nname: x\ndata: ${"[".repeat(3_000)}${"]".repeat(3_000)}`,
  "maps within maps": `decant: 1\nname: x\ndata: ${"{ a: ".repeat(300)}1${" }".repeat(300)}`,
  "aliases of aliases": `decant: 1\na: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nname: *c\n`,
  "a megabyte": `decant: 1\nname: x\ndescription: ${"a".repeat(1 << 20)}\n`,
  "lines of dashes": `decant: 1\nname: x\nsteps:\n${"- ".repeat(2_000)}a\n`,
};

for (const [name, text] of Object.entries(bombs)) {
  Deno.test(`a bomb is refused: ${name}`, () => {
    const { diagnostics } = parseRecipe(text, "bomb.yaml", fakeOps);
    assert.ok(diagnostics.some(({ severity }) => severity === "error"));
    assert.ok(renderDiagnostics(diagnostics, text).length < 1 << 22);
  });
}
