/** All that is wrong is reported at once: what the document says, and what its graph shows. */
import assert from "node:assert/strict";
import { RecipeError } from "../../../engine/error.ts";
import { recipeFrom } from "../../../engine/library/open_recipe.ts";
import { fakeOps } from "./fake_ops.ts";

Deno.test("mistakes of the document and of the graph come together, each once, in order of place", async () => {
  const text = `decant: 1
name: mine
data: digits
teacher: { use: mlp, hidden: [20], train: { epochs: 1, lr: 3 } }
model: { use: mlp, hidden: [10], train: { epochs: 2 } }
prune: { granularity: weight, ratio: 0.5, exclude: dense9 }
expect:
  - result.acuracy >= 90 %
`;
  const refused = await recipeFrom(text, "mine.yaml", fakeOps).catch((error) => error);
  assert.ok(refused instanceof RecipeError);
  assert.deepEqual(refused.diagnostics.map(({ code, place }) => [code, place?.line]), [
    ["unknown-field", 4],
    ["selector-empty", 6],
    ["claim", 8],
  ]);
});
