import assert from "node:assert/strict";
import { onnxFile } from "../../../../../ops/formats/onnx/read/onnx_file.ts";
import { onnxNode } from "../../../../../ops/formats/onnx/read/onnx_node.ts";
import { graphFile } from "./one_graph.ts";

const { graph: { node: nodes } } = onnxFile(
  graphFile([2], (g, x) =>
    g.node("/block/n/Clip", "Clip", [x, "c", ""], {
      ...{ i: { int: 3 }, f: { float: 0.5 }, is: { ints: [1, 2] }, fs: { floats: [0.5] } },
      ...{ s: { string: "a" }, ss: { strings: ["a", "b"] } },
    })),
  "a.onnx",
);
const [clip, identity] = nodes.map(onnxNode);

Deno.test("a node is one operator, called as its module", () => {
  const { operators: [operator, ...others] } = clip!.operators(() => undefined);
  assert.deepEqual(others, []);
  const { op, layer, inputs, outputs } = operator!;
  assert.deepEqual([op, layer, inputs], ["Clip", "block.n", ["x", "c", ""]]);
  assert.deepEqual([clip!.inputs, clip!.outputs], [inputs, outputs]);
});

Deno.test("attributes are read by their types, or are what they are without", () => {
  const { operators: [read] } = clip!.operators(() => undefined);
  assert.deepEqual([read!.int("i", 1), read!.int("none", 1)], [3, 1]);
  assert.deepEqual([read!.float("f", 1), read!.float("none", 1)], [0.5, 1]);
  assert.deepEqual([read!.ints("is"), read!.ints("none")], [[1, 2], undefined]);
  assert.deepEqual([read!.floats("fs"), read!.floats("none")], [[0.5], undefined]);
  assert.deepEqual([read!.texts("ss"), read!.texts("none")], [["a", "b"], undefined]);
  assert.deepEqual([read!.text("s", ""), read!.text("none", "b")], ["a", "b"]);
  assert.equal(read!.tensor("none"), undefined);
});

Deno.test("an identity passes, a bound does not", () => {
  assert.deepEqual([identity!.passes, clip!.passes], [true, false]);
});
