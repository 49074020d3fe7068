import assert from "node:assert/strict";
import * as language from "../../../engine/api/language.ts";
import * as surface from "../../../mod.ts";

Deno.test("what came with Decant any thread finds in the module of the ops, by name", () => {
  const module = new URL("../../../ops/mod.ts", import.meta.url).href;
  const ops = language.shippedOps();
  assert.deepEqual([...ops.keys()], language.ops.map(({ name }) => name));
  assert.deepEqual([...new Set([...ops.values()].map((op) => op.module))], [module]);
});

Deno.test("the surface hands on the language as it is, with all builders of schemas, and reads any YAML at once", () => {
  const { shippedOps: _, ...face } = language;
  for (const [name, value] of Object.entries(face)) {
    assert.equal(surface[name as keyof typeof face], value, name);
  }
  assert.equal(surface.Type.Null().type, "null");
  const written = language.recipe({ name: "n", data: "iris", model: { use: "mlp", hidden: [4] } });
  const { about } = written.expand({ description: "|\n  a\n  b\n" });
  assert.equal(about.description, "a\nb\n");
});
