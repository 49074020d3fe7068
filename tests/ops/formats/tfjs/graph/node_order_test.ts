import assert from "node:assert/strict";
import { nodesOf } from "../../../../../ops/formats/tfjs/graph/graph_def.ts";
import { nodeOfTensor, orderedNodes } from "../../../../../ops/formats/tfjs/graph/node_order.ts";

/** Nodes as `name op input…`. */
const nodes = (...lines: string[]) =>
  nodesOf({
    node: lines.map((line) => {
      const [name, op, ...input] = line.split(" ");
      return { name, op, input };
    }),
  });
const order = (outputs: readonly string[], ...lines: string[]) =>
  orderedNodes(nodes(...lines), outputs).map(({ name }) => name);

Deno.test("each node comes behind what it reads, once, and what nothing needs is left out", () => {
  assert.deepEqual(
    order(["d", "b:1"], "d Add b c", "c Relu a", "b Relu a", "idle While d", "a Placeholder"),
    ["a", "b", "c", "d"],
  );
  assert.equal(nodeOfTensor("a/b:12"), "a/b");
});

Deno.test("a long chain is no deep recursion", () => {
  const lines = Array.from({ length: 15_000 }, (_, at) => `n${at} Relu n${at + 1}`);
  assert.equal(order(["n0"], ...lines, "n15000 Placeholder").length, 15_001);
});

Deno.test("loops, branches and selections are named, with a way out", () => {
  for (const op of ["Switch", "While", "TensorArrayV3", "NonMaxSuppressionV5", "Where"]) {
    assert.throws(
      () => order(["y"], "y Relu late", `late ${op} x`, "x Placeholder"),
      (error: Error & { hint?: { help?: string } }) => {
        assert.match(
          error.message,
          new RegExp(`node "late" \\(${op}\\): what it computes is decided`),
        );
        assert.match(error.hint!.help!, /`output` in the recipe names the node it ends in/);
        return true;
      },
    );
  }
});

Deno.test("what is not there, and what reads itself, is a sentence", () => {
  assert.throws(
    () => order(["y"], "y Relu x"),
    /node "y" \(Relu\): it reads "x", which nothing gives/,
  );
  assert.throws(
    () => order(["z:1"], "y Relu x"),
    /output "z:1": no node of the graph is called so/,
  );
  assert.throws(
    () => order(["a"], "a Add b", "b Relu a"),
    /node "a" \(Add\): it depends on itself/,
  );
});
