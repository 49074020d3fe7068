import assert from "node:assert/strict";
import { opSet } from "../../../engine/op.ts";
import { recipeOf } from "../../../engine/library/open_recipe.ts";
import { fakeOps } from "./fake.ts";

const ops = opSet(Object.values(fakeOps()));

const PARENT = `decant: 1
name: parent
seed: 4
steps:
  - { op: constant, as: one, value: 1 }
  - { op: add, as: two, number: one, amount: 1 }
`;

Deno.test("a value extends a file by its path, beside the module that wrote it", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/parent.yaml`, PARENT);
  await Deno.writeTextFile(
    `${folder}/middle.yaml`,
    "decant: 1\nname: middle\nextends: ./parent.yaml\nseed: 5\n",
  );
  const base = new URL(`file://${folder}/`).href;
  const child = recipeOf({ name: "child", extends: "./middle.yaml" }, base, ops, `${base}child.ts`);
  const { seed, steps } = child.expand();
  assert.equal(seed, 5);
  assert.deepEqual(steps.map(({ name }) => name), ["one", "two"]);
  // What was extended is extended again.
  assert.equal(recipeOf({ name: "grandchild", extends: child }, base, ops).expand().seed, 5);
  assert.throws(() => recipeOf({ name: "x", extends: "./none.yaml" }, base, ops), {
    name: "RecipeError",
    message: /none\.yaml` is not there/,
  });
  assert.throws(() => recipeOf({ name: "x", extends: "./child.ts" }, base, ops), {
    name: "RecipeError",
    message: /is code, and a recipe that is loaded is data/,
  });
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a module does not wait for the web: it is told how to", () => {
  assert.throws(
    () => recipeOf({ name: "x", extends: "https://example.com/a.yaml" }, "/", ops),
    {
      name: "RecipeError",
      message: /would have to be fetched.*\n.*await load\("https:\/\/example\.com\/a\.yaml"\)/,
    },
  );
});

Deno.test("what is wrong with a recipe of a module is said without a stack", () => {
  try {
    recipeOf({ name: "x", colour: "red" }, "/", ops);
  } catch (error) {
    assert.ok(error instanceof Error);
    assert.doesNotMatch(error.stack ?? "", /\n +at /);
    return;
  }
  assert.fail("it is wrong");
});
