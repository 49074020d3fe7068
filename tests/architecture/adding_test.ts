/**
 * Adding is shown, not claimed: each patch in `adding/` adds one thing, applies to the tree as it is and touches as
 * many files as it states. That the tree with it passes the type check and its own test is asked in
 * `tests/long/adding_test.ts`, since each patch takes half a minute there.
 */
import assert from "node:assert/strict";
import { applied, patches } from "./adding/patch.ts";
import { fromFileUrl } from "./imports.ts";

/**
 * The most places that adding one thing may take; a layer kind stands in two, and in one for each format that can hold it:
 * its patch has ONNX alone. Its plain loops in the tests count apart: what is computed is held against a second way to
 * compute it, so there must be two.
 */
const limits: Readonly<Record<string, number>> = {
  "step_op": 2,
  "stage_op": 2,
  "layer_kind": 3,
  format: 2,
  metric: 1,
  "loss_term": 2,
  executor: 1,
};

for (const patch of await patches()) {
  Deno.test(`adding/${patch.name}.patch applies and touches as many places as it states`, async () => {
    const refused = await applied(patch, fromFileUrl("./").pathname, true);
    const mend =
      "mend the patch where the lines around it have moved: tests/architecture/adding/README.md says how";
    assert.equal(refused, undefined, `${refused}\n${mend}`);
    assert.deepEqual(patch.touched.length, patch.stated, patch.touched.join("\n"));
    const limit = limits[patch.name];
    assert.ok(limit !== undefined, "no limit stands for it");
    assert.ok(patch.stated <= limit, `${patch.stated} places, at most ${limit}`);
    const references = patch.name === "layer_kind" ? ["tests/ops/plain_forward.ts"] : [];
    assert.deepEqual(patch.references, references);
    const test = await Deno.stat(fromFileUrl(patch.test)).catch(() => undefined);
    assert.equal(test, undefined, `${patch.test} is the patch's own`);
  });
}
