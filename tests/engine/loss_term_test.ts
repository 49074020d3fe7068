import assert from "node:assert/strict";
import { readsSource, type TermReads } from "../../engine/loss_term.ts";

Deno.test("a term reads a source always, where a field has a value, or where another field is absent", () => {
  const reads: TermReads = {
    labels: true,
    teacher: { where: "target", is: "soft" },
    features: { unless: "match" },
  };
  const read = (source: Parameters<typeof readsSource>[2], fields = {}) =>
    readsSource(reads, fields, source);
  assert.equal(read("labels"), true);
  assert.equal(read("peers"), false);
  assert.deepEqual([
    read("teacher"),
    read("teacher", { target: "soft" }),
    read("teacher", { target: "hard" }),
  ], [
    false,
    true,
    false,
  ]);
  assert.deepEqual([read("features"), read("features", { match: [] })], [true, false]);
  assert.equal(readsSource(undefined, {}, "labels"), false);
});
