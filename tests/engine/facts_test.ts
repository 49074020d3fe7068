/** What is known of an output of which its op says nothing. */
import assert from "node:assert/strict";
import { openFacts } from "../../engine/facts.ts";

Deno.test("a model of which nothing is known has learned and established nothing", () => {
  assert.deepEqual(openFacts("model"), { kind: "model", learned: true, established: [] });
});

Deno.test("of other kinds the kind alone is known", () => {
  for (const kind of ["dataset", "outputs", "metrics", "files"]) {
    assert.deepEqual(openFacts(kind), { kind });
  }
});
