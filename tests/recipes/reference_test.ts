/** The examples of `recipes/README.md`: each block of YAML is a recipe, or becomes one with a name and data. */
import { RecipeError } from "../../engine/error.ts";
import assert from "node:assert/strict";
import { parse } from "../../engine/deps/yaml.ts";
import { renderDiagnostics } from "../../engine/recipe/check/render_diagnostics.ts";
import { recipe } from "../../mod.ts";

const text = await Deno.readTextFile(new URL("../../recipes/README.md", import.meta.url));
const blocks = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block]) => block!);

function whole(block: string): Record<string, unknown> {
  const written = parse(block) as Record<string, unknown>;
  const models = ["teacher", "student", "model"].some((role) => role in written);
  return {
    decant: 1,
    name: "example",
    data: "digits",
    ...(models ? {} : { model: { use: "mlp", hidden: [8], train: { epochs: 1 } } }),
    ...written,
  };
}

/** What is wrong with an example; empty for a sound one. */
async function wrongIn(block: string): Promise<string> {
  try {
    const graph = await recipe(import.meta, whole(block) as never).compile();
    return renderDiagnostics(graph.diagnostics);
  } catch (error) {
    if (error instanceof RecipeError) return error.message;
    throw error;
  }
}

Deno.test("every example of the reference is a recipe that check accepts", async () => {
  assert.ok(blocks.length > 15);
  for (const block of blocks) assert.equal(await wrongIn(block), "", block);
});
