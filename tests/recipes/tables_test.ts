/** The recipes of tables as they stand: data made by a law, claims at full size. */
import assert from "node:assert/strict";
import { load, memoryStore } from "../../mod.ts";
import { madeTables } from "./support/made_tables.ts";

const folder = new URL("../../recipes/", import.meta.url);

Deno.test("the tables beside the recipes are those that their law makes", async () => {
  const files = await Array.fromAsync(Deno.readDir(new URL("data/", folder)));
  assert.deepEqual(files.map(({ name }) => name).sort(), Object.keys(madeTables).sort());
  for (const [name, made] of Object.entries(madeTables)) {
    assert.equal(await Deno.readTextFile(new URL(`data/${name}`, folder)), made());
  }
});

for (const name of ["table", "labels", "imbalanced"]) {
  Deno.test(`${name}.yaml meets what it expects`, async () => {
    const recipe = await load(new URL(`${name}.yaml`, folder).pathname);
    const run = await recipe.run({ cache: memoryStore() });
    assert.equal(run.ending, "done", JSON.stringify(run.problems));
    assert.ok(run.expect.length >= 3);
    for (const claim of run.expect) assert.ok(claim.met, JSON.stringify(claim));
  });
}
