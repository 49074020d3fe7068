import assert from "node:assert/strict";
import { sourcesOf } from "../../../ops/data/data_fields.ts";

Deno.test("the sources of files are those of every part, samples before labels, then those of the text", () => {
  assert.deepEqual(sourcesOf({ from: "a.csv" }), ["a.csv"]);
  const text = { tokens: { from: "t.json" }, length: 4, vocabulary: "v.txt" };
  assert.deepEqual(sourcesOf({ from: "a.csv", text }), ["a.csv", "t.json", "v.txt"]);
  const from = { train: { inputs: "x", labels: "y" }, test: "z.csv" };
  assert.deepEqual(sourcesOf({ from }), ["x", "y", "z.csv"]);
  const words = { tokens: "words", length: 4, vocabulary: 100 } as const;
  assert.deepEqual(sourcesOf({ from: { train: "a", validation: "b" }, text: words }), ["a", "b"]);
});
