import assert from "node:assert/strict";
import { graphMermaid, graphText } from "../../../engine/graph/draw.ts";
import { fakeOps, graphOf } from "../run/support/fake.ts";

const ops = fakeOps();
const data = { ...ops.constant, output: { ...ops.constant.output, name: "dataset" } };
const graph = graphOf([
  { name: "samples", op: data },
  { name: "one", op: ops.constant },
  { name: "sum", op: ops.sum, inputs: { numbers: ["one", "samples"] } },
  { name: "test", op: ops.score, inputs: { model: "sum" }, references: { "a.b": "one" } },
]);

Deno.test("a line for each step: its name, its op, its mark, and what it reads", () => {
  assert.equal(
    graphText(graph),
    "samples  constant\none      constant\nsum      sum       ← one, samples\n" +
      "test     evaluate  ← sum, one\n",
  );
  assert.equal(
    graphText(graph, new Map([["one", "hit"], ["sum", "unknown"]])),
    "samples  constant\none      constant  hit\nsum      sum       unknown  ← one, samples\n" +
      "test     evaluate  ← sum, one\n",
  );
});

Deno.test("in Mermaid data are stores, models boxes, what is measured is rounded, and marks are classes", () => {
  assert.deepEqual(
    graphMermaid(graph, new Map([["one", "hit"], ["sum", "odd"], ["samples", "hit"]])).split("\n"),
    [
      "flowchart TD",
      '  s0[("samples<br/><small>constant</small>")]',
      '  s1["one<br/><small>constant</small>"]',
      '  s2["sum<br/><small>sum</small>"]',
      '  s3("test<br/><small>evaluate</small>")',
      "  s1 --> s2",
      "  s0 --> s2",
      "  s2 --> s3",
      "  s1 --> s3",
      "  class s0,s1 hit",
      "  class s2 odd",
      "  classDef hit stroke-width:1px",
      "  classDef odd stroke-width:1px",
      "",
    ],
  );
});

Deno.test("what Mermaid and HTML mean by a step's name is escaped", () => {
  const [, box] = graphMermaid(graphOf([{ name: 'a"]<b>[c=1]', op: ops.constant }])).split("\n");
  assert.equal(box, '  s0["a#34;]#60;b#62;[c=1]<br/><small>constant</small>"]');
});
