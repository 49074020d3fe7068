import assert from "node:assert/strict";
import { licenceLines, sourceTable } from "../../../engine/report/source_lines.ts";

const sha256 = "0".repeat(64);
const sources = [
  {
    source: "npm:x@1.0.0/a.json",
    sha256,
    stated: [
      { in: "package.json", says: { license: "MIT", author: "Ann" } },
      { in: "its files", says: { license: "BSD" } },
    ],
  },
  { source: "./data.csv", sha256 },
  { source: "./b.onnx", sha256, stated: [{ in: "its files", says: { producer: "p" } }] },
];

Deno.test("a line is printed of each source that says its licence", () => {
  assert.deepEqual(licenceLines(sources), [
    "npm:x@1.0.0/a.json: MIT (package.json); BSD (its files)",
  ]);
  assert.deepEqual([licenceLines([]), licenceLines()], [[], []]);
});

Deno.test("all that sources say is a row each, and one says that nothing is said", () => {
  const { head, rows, left } = sourceTable(sources);
  assert.deepEqual([head, left], [["source", "", "what it says", "where"], 4]);
  assert.deepEqual(rows, [
    ["npm:x@1.0.0/a.json", "license", "MIT", "package.json"],
    ["", "author", "Ann", "package.json"],
    ["", "license", "BSD", "its files"],
    ["./data.csv", "", "–", ""],
    ["./b.onnx", "producer", "p", "its files"],
  ]);
});
