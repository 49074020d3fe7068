import assert from "node:assert/strict";
import { parseYaml, prepareYaml } from "../../../../engine/recipe/parse/parse_yaml.ts";
import { valueOf } from "../../../../engine/recipe/parse/tree.ts";

const read = (text: string) => parseYaml({ source: "a.yaml", base: "/", text }, () => {});

Deno.test("plain text is read at once, any other after it was prepared, and what is no text asks for nothing", async () => {
  await prepareYaml({ ratio: 0.5, list: ["|"], text: "a: 1" });
  assert.deepEqual(valueOf(read("a: [1, b]")!), { a: [1, "b"] });
  assert.throws(() => read("a: |\n  b\n"), /whole parser of YAML is not loaded/);
  await prepareYaml({ plain: "a: 1", block: "a: |\n  b\n" });
  assert.deepEqual(valueOf(read("a: |\n  b\n")!), { a: "b\n" });
});
