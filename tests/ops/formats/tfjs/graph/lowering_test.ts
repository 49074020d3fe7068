import assert from "node:assert/strict";
import { constant } from "../../../../../ops/formats/onnx/read/constants.ts";
import { nodesOf } from "../../../../../ops/formats/tfjs/graph/graph_def.ts";
import type { GraphValue } from "../../../../../ops/formats/onnx/read/values.ts";
import { graphNode, type Lower } from "../../../../../ops/formats/tfjs/graph/lowering.ts";

const values = new Map<string, GraphValue>([
  ["k", constant([2, 1], Float32Array.of(4, 5))],
  ["x", { use: "view", layer: "x", dims: [9, 2], axes: [0, 1], sole: true }],
]);

function lowered(lower: Lower, outputs = ["n"]) {
  const [node] = nodesOf({ node: [{ name: "n", op: "Op", input: ["x", "k"] }] });
  return graphNode(node!, { outputs, layer: "called", lower })
    .operators((name) => values.get(name));
}

Deno.test("operators are put one behind the other, the last gives what the node gives", () => {
  const { operators, constants } = lowered(({ put, end, whole, inputs: [x, k] }) => {
    const sum = put("Add", [x!, k!], { a: 3, b: "t", c: [1, 2] });
    end("Reshape", [sum, whole([4, -1])]);
  });
  const [add, reshape] = operators;
  assert.deepEqual([add!.op, add!.inputs, add!.layer], ["Add", ["x", "k"], "called"]);
  assert.deepEqual([add!.int("a", 1), add!.float("a", 1), add!.int("b", 1)], [3, 3, 1]);
  assert.deepEqual([add!.text("b", ""), add!.text("a", "z")], ["t", "z"]);
  assert.deepEqual([add!.ints("c"), add!.floats("c"), add!.ints("a")], [[1, 2], [1, 2], undefined]);
  assert.deepEqual([add!.texts("b"), add!.tensor("c")], [undefined, undefined]);
  const [sum, shape] = reshape!.inputs;
  assert.deepEqual([sum, reshape!.outputs], [add!.outputs[0], ["n"]]);
  assert.deepEqual([...constants!.get(shape!)!.values], [4, -1]);
  assert.notEqual(sum, shape);
});

Deno.test("outputs are given by number; one that nobody reads has a name of its own", () => {
  const { operators } = lowered(({ give, inputs: [x] }) => {
    for (const output of [0, 1, 2]) give(output, "Neg", [x!]);
  }, ["n", "n:1"]);
  const names = operators.flatMap(({ outputs }) => outputs);
  assert.deepEqual(names.slice(0, 2), ["n", "n:1"]);
  assert.equal(new Set(names).size, 3);
});

Deno.test("what is known of inputs, and what is missed in a sentence", () => {
  lowered(({ shape, known, needed, list, axis, numbers }) => {
    assert.deepEqual([shape("k"), shape("x")], [[2, 1], [9, 2]]);
    assert.equal(known("x"), undefined);
    assert.deepEqual(list(1, "kernel"), [4, 5]);
    assert.deepEqual(known(numbers(constant([1], Float32Array.of(7))))!.shape, [1]);
    assert.deepEqual([axis(-1, 3), axis(1, 3)], [2, 1]);
    const wrong = (read: () => unknown, message: RegExp) => assert.throws(read, message);
    wrong(() => needed(0, "kernel"), /node "n" \(Op\): its kernel depends on the sample/);
    wrong(() => needed(4, "kernel"), /it has no kernel/);
    wrong(() => axis(3, 3), /its axis is 3, of 3 axes/);
    wrong(() => shape("nowhere"), /it reads a value inside an attention/);
  });
});
