/** Each patch of `tests/architecture/adding` in a copy of the tree: the type check passes, its own test, and that of names. */
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
      const test = ["test", "-A", "-q", "--no-check"];
      const ran = await output("deno", [...test, patch.test], copy);
      assert.ok(ran.success, ran.stdout + ran.stderr);
      assert.match(ran.stdout, /ok \| [1-9]\d* passed/, "its test has a test in it");
      // Names that the engine or another file has already are found, as for anybody who adds one.
      const named = await output("deno", [...test, "tests/architecture/names_test.ts"], copy);
      assert.ok(named.success, named.stdout + named.stderr);
    } finally {
      await Deno.remove(copy, { recursive: true });
    }
  });
}
