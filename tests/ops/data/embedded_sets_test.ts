import assert from "node:assert/strict";
import { embeddedSet, embeddedSets } from "../../../ops/data/embedded_sets.ts";

Deno.test("each set is found by its name, which no other has", () => {
  for (const set of embeddedSets) assert.equal(embeddedSet(set.name), set);
  assert.equal(new Set(embeddedSets.map(({ name }) => name)).size, embeddedSets.length);
});
