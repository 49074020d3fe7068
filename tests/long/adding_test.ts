/** Each patch of `tests/architecture/adding` in a copy of the tree: the type check passes, and so does its own test. */
import assert from "node:assert/strict";
import { applied, copyTree, output, patches } from "../architecture/adding/patch.ts";

for (const patch of await patches()) {
  Deno.test(`the tree with adding/${patch.name}.patch passes the type check and the patch's test`, async () => {
    const copy = await Deno.makeTempDir({ prefix: "decant-adding-" });
    try {
      await copyTree(copy);
      assert.equal(await applied(patch, copy, false), undefined);
      const checked = await output("deno", ["check", "-q"], copy);
      assert.ok(checked.success, checked.stderr);
      const ran = await output("deno", ["test", "-A", "-q", "--no-check", patch.test], copy);
      assert.ok(ran.success, ran.stdout + ran.stderr);
      assert.match(ran.stdout, /ok \| [1-9]\d* passed/, "its test has a test in it");
    } finally {
      await Deno.remove(copy, { recursive: true });
    }
  });
}
