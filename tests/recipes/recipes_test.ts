/** Every recipe that ships, cut small, in one cache. */
import assert from "node:assert/strict";
import { load, memoryStore } from "../../mod.ts";
import { computed, ran, recipe, shipped, small } from "./support/small.ts";

const folder = new URL("../../recipes/", import.meta.url);
const names = [...Deno.readDirSync(folder)].map(({ name }) => name)
  .filter((name) => name.endsWith(".yaml")).map((name) => name.slice(0, -".yaml".length)).sort();
const cache = memoryStore();

for (const name of names) {
  Deno.test(`${name}.yaml is sound as it stands and runs cut small, then from the cache`, async () => {
    const graph = await (await load(new URL(`${name}.yaml`, folder).pathname)).compile();
    assert.deepEqual(graph.diagnostics.filter(({ severity }) => severity !== "note"), []);
    const cut = recipe(small(await shipped(name)));
    const first = await ran(cut, cache);
    assert.ok(first.steps.length > 4);
    const measured = first.models.filter(({ accuracy, metrics }) =>
      (name === "labels" ? metrics["f1-micro"] : accuracy) !== undefined
    );
    assert.ok(measured.length >= 2, "more than one model is measured");
    assert.deepEqual(computed(await ran(cut, cache)), []);
  });
}

Deno.test("recipes share what they have in common: the digits are read once", async () => {
  const run = await ran(recipe(small(await shipped("sparse"))), cache);
  assert.ok(!computed(run).includes("data"));
});
