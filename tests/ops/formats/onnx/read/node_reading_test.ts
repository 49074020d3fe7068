import assert from "node:assert/strict";
import { nodeError, readingOf } from "../../../../../ops/formats/onnx/read/node_reading.ts";
import { constant } from "../../../../../ops/formats/onnx/read/constants.ts";
import { emptyDraft } from "../../../../../ops/formats/onnx/read/draft.ts";
import { type LayerView, plain } from "../../../../../ops/formats/onnx/read/layer_view.ts";
import { onnxFile } from "../../../../../ops/formats/onnx/read/onnx_file.ts";
import { onnxNode } from "../../../../../ops/formats/onnx/read/onnx_node.ts";
import { graphFile } from "./one_graph.ts";

const { graph: { node: [node] } } = onnxFile(
  graphFile([2], (g, x) =>
    g.node("n", "Clip", [x, "c", ""], {
      is: { ints: [1, 2] },
    })),
  "a.onnx",
);

function reading(readers: Readonly<Record<string, number>> = { x: 1, n: 1 }) {
  const draft = emptyDraft();
  draft.input({ name: "x", shape: [2] });
  const values = new Map<string, LayerView | ReturnType<typeof constant>>([
    ["x", plain(draft, "x", 5)],
    ["c", constant([2], Float64Array.of(4, 5))],
  ]);
  const around = { draft, opset: 13, values, leaving: new Set(["n"]) };
  const from = onnxNode(node!);
  const [operator] = from.operators(() => undefined).operators;
  return readingOf(operator!, from, { ...around, readers: new Map(Object.entries(readers)) });
}

Deno.test("whole numbers are an input or an attribute, and an axis is counted from 0", () => {
  const read = reading();
  assert.deepEqual([read.listed(1, "is"), read.listed(2, "is")], [[4, 5], [1, 2]]);
  assert.deepEqual([read.axis(-1, 3), read.axis(1, 3)], [2, 1]);
  assert.throws(() => read.axis(3, 3), /node "n" \(Clip\): its axis is 3, of 3 axes/);
});

Deno.test("inputs are values or known numbers, and a sentence says which are missed", () => {
  const read = reading();
  assert.deepEqual([read.view(0).layer, read.view(0).sole], ["x", true]);
  assert.equal(reading({ x: 2 }).view(0).sole, false);
  assert.deepEqual([...read.needed(1, "bound").values], [4, 5]);
  assert.equal(read.constant(2), undefined);
  assert.throws(() => read.needed(2, "bound"), /it has no bound/);
  assert.throws(() => read.view(1), /its input 2 is a constant/);
  assert.throws(() => read.view(2), /it has no input 3/);
  assert.throws(() => read.constant(0), /its input 1 depends on the sample/);
});

Deno.test("it leaves where nothing else reads it, and is used where something does", () => {
  assert.deepEqual([reading().leaves, reading({ n: 2 }).leaves], [true, false]);
  assert.deepEqual([reading().used(0), reading().used(1), reading({}).used(0)], [
    true,
    false,
    false,
  ]);
});

Deno.test("an error names a node by its output where it has no name", () => {
  const error = nodeError({ name: "", op: "A", outputs: ["b"] }, "why", "how");
  assert.equal(error.message, 'Cannot read node "b" (A): why');
  assert.equal(error.hint.help, "how");
});
