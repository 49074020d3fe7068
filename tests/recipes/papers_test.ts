/** Recipes of papers are sound as they stand, claim something, and are printed beside what the paper says. */
import assert from "node:assert/strict";
import { load } from "../../mod.ts";
import { figures } from "../papers/figures.ts";

const folder = new URL("../../recipes/papers/", import.meta.url);
const names = [...Deno.readDirSync(folder)].map(({ name }) => name)
  .filter((name) => name.endsWith(".yaml")).map((name) => name.slice(0, -".yaml".length)).sort();

for (const name of names) {
  Deno.test(`papers/${name}.yaml is sound, cites a paper, claims something and has the paper's figure`, async () => {
    const recipe = await load(new URL(`${name}.yaml`, folder).pathname);
    assert.equal(recipe.name, name);
    const { diagnostics } = await recipe.compile();
    assert.deepEqual(diagnostics.filter(({ severity }) => severity !== "note"), []);
    const { about, expect } = recipe.expand();
    assert.ok(about.references!.length > 0);
    assert.ok(expect.length > 0);
    assert.ok(name in figures, "a row in tests/papers/figures.ts");
  });
}

Deno.test("no figure stands without its recipe", () => {
  assert.deepEqual(Object.keys(figures).filter((name) => !names.includes(name)), []);
});
