import assert from "node:assert/strict";
import { recipeName } from "../../../../engine/cli/drafts/recipe_name.ts";

Deno.test("a recipe is named after its file, in small letters and dashes", () => {
  const names = {
    "My First.yaml": "my-first",
    "a/b\\C d.yml": "c-d",
    "12.yml": "recipe",
    "net.h5": "net-h5",
    "": "recipe",
  };
  for (const [path, name] of Object.entries(names)) assert.equal(recipeName(path), name, path);
  assert.equal(recipeName("x".repeat(80)).length, 64);
});
