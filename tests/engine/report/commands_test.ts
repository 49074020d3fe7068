import assert from "node:assert/strict";
import { repetition } from "../../../engine/report/commands.ts";

Deno.test("a document is run and verified as it was named", () => {
  assert.deepEqual(repetition("digits", { source: "recipes/digits.yaml", set: {} }).commands, [
    "deno run -A mod.ts run recipes/digits.yaml",
    "deno run -A mod.ts verify recipes/digits.yaml recipe.lock.json",
  ]);
});

Deno.test("a module is run itself, by its path below the working directory", () => {
  const source = new URL("recipes/digits.ts", `file://${Deno.cwd()}/`).href;
  assert.deepEqual(repetition("digits", { source, set: {} }).commands, [
    "deno run -A recipes/digits.ts run",
    "deno run -A recipes/digits.ts verify recipe.lock.json",
  ]);
});

Deno.test("what was set is set again, as a shell takes it", () => {
  const set = { "prune.ratio": 0.7, name: "it's $HOME", layers: ["a", "b c"] };
  assert.deepEqual(repetition("x", { source: "https://example.org/x.yaml", set }).commands, [
    "deno run -A mod.ts run https://example.org/x.yaml --set prune.ratio=0.7 " +
    `--set 'name=it'\\''s $HOME' --set 'layers=["a","b c"]'`,
    // The lock says what was set.
    "deno run -A mod.ts verify https://example.org/x.yaml recipe.lock.json",
  ]);
});

Deno.test("what stands in no document is saved first", () => {
  for (const source of [undefined, "/home/user/recipe"]) {
    const origin = source === undefined ? { set: {} } : { source, set: {} };
    const { before, commands } = repetition("mine", origin);
    assert.equal(before, "Save the expanded recipe as mine.yaml.");
    assert.equal(commands[0], "deno run -A mod.ts run mine.yaml");
  }
});
