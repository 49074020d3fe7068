/** Operators as they lie in files of others, a graph for each. */
import assert from "node:assert/strict";
import { encodeFile } from "../../../../ops/formats/tflite/flatbuffer.ts";
import { emptyGraph, type TfliteGraph } from "../../../../ops/formats/tflite/graph.ts";
import { readTflite } from "../../../../ops/formats/tflite/read_model.ts";
import { PASSING, READERS } from "../../../../ops/formats/tflite/readers.ts";
import { decodeWeight } from "../../../../ops/model/weights.ts";

/** The model of a graph that reads x of this shape; `build` returns the tensor that leaves. */
function readFrom(shape: readonly number[], build: (graph: TfliteGraph, x: number) => number) {
  const graph = emptyGraph();
  const x = graph.tensor("x", { shape: [1, ...shape], type: "float32" });
  const output = build(graph, x);
  return readTflite(
    encodeFile(graph.file({ name: "g", inputs: [x], outputs: [output], description: "" })),
    "f",
  );
}
const made = (graph: TfliteGraph, shape: readonly number[], name = "y") =>
  graph.tensor(name, { shape: [1, ...shape], type: "float32" });
const numbers = (graph: TfliteGraph, ...values: number[]) =>
  graph.constant("c", Float32Array.from(values), [values.length]);

Deno.test("arithmetic on the input is preprocessing, step by step", () => {
  const { preprocess, layers } = readFrom([2], (graph, x) => {
    const [a, b, y] = [made(graph, [2], "a"), made(graph, [2], "b"), made(graph, [2])];
    graph.node("SUB", [x, numbers(graph, 1, 3)], [a], { activation: 0 });
    graph.node("MUL", [a, numbers(graph, 0.5)], [b], { activation: 0 });
    graph.node("RELU", [b], [y]);
    return y;
  });
  assert.deepEqual(preprocess, { scale: [0.5, 0.5], offset: [-0.5, -1.5] });
  assert.deepEqual(layers.map(({ kind, inputs }) => [kind, inputs]), [["activation", ["input"]]]);
});

Deno.test("a factor and a shift behind a layer are one batch normalisation, with its activation", () => {
  const { layers, weights } = readFrom([1, 1, 2], (graph, x) => {
    const [p, a, y] = [made(graph, [2], "p"), made(graph, [2], "a"), made(graph, [2])];
    const axes = graph.constant("axes", Int32Array.of(1, 2), [2]);
    graph.node("MEAN", [x, axes], [p], { keepsAxes: false });
    graph.node("MUL", [p, numbers(graph, 2, 3)], [a], { activation: 0 });
    graph.node("ADD", [a, numbers(graph, 5, 7)], [y], { activation: 1 });
    return y;
  });
  assert.deepEqual(layers.map(({ kind }) => kind), ["global-average-pool", "batchnorm"]);
  assert.equal((layers[1] as { activation: string }).activation, "relu");
  assert.deepEqual([...decodeWeight(weights["a/gamma"]!)], [2, 3]);
  assert.deepEqual([...decodeWeight(weights["a/beta"]!)], [5, 7]);
});

Deno.test("axes of a mean may be counted from the last, and may stay as extents of one", () => {
  for (const keepsAxes of [false, true]) {
    const { layers } = readFrom([2, 2, 3], (graph, x) => {
      const y = made(graph, keepsAxes ? [1, 1, 3] : [3]);
      const axes = graph.constant("axes", Int32Array.of(-2, -3), [2]);
      graph.node("MEAN", [x, axes], [y], { keepsAxes });
      return y;
    });
    const kept = keepsAxes ? ["reshape"] : [];
    assert.deepEqual(layers.map(({ kind }) => kind), ["global-average-pool", ...kept]);
  }
});

Deno.test("a kernel [units, inputs] is turned; an image that is multiplied is flattened first", () => {
  const { layers, weights } = readFrom([1, 2, 1], (graph, x) => {
    const y = made(graph, [3]);
    const kernel = graph.constant("k", Float32Array.of(1, 2, 3, 4, 5, 6), [3, 2]);
    graph.node("FULLY_CONNECTED", [x, kernel, -1], [y], { activation: 3, weightsFormat: 0 });
    return y;
  });
  assert.deepEqual(layers.map(({ name, kind }) => [name, kind]), [
    ["y.flat", "flatten"],
    ["y", "dense"],
  ]);
  assert.deepEqual([...decodeWeight(weights["y/kernel"]!)], [1, 3, 5, 2, 4, 6]);
});

Deno.test("what has no meaning here is refused by name", () => {
  const refused = (why: RegExp, build: (graph: TfliteGraph, x: number) => number) =>
    assert.throws(() => readFrom([2, 2, 2], build), why);
  refused(/^UnreadableModelError: Cannot read "y" \(MEAN\): it reduces axes 3;/, (graph, x) => {
    const y = made(graph, [2, 2]);
    graph.node("MEAN", [x, graph.constant("a", Int32Array.of(3), [1])], [y], {});
    return y;
  });
  refused(/the activation 2 that it ends in is not read/, (graph, x) => {
    const y = made(graph, [2, 2, 2]);
    graph.node("ADD", [x, x], [y], { activation: 2 });
    return y;
  });
  refused(/it gives 2×2×2, the file says 3/, (graph, x) => {
    const y = made(graph, [3]);
    graph.node("RELU", [x], [y]);
    return y;
  });
  refused(/Cannot read "y" \(FULLY_CONNECTED\): its kernel is 3×2×1/, (graph, x) => {
    const y = made(graph, [3]);
    const kernel = graph.constant("k", new Float32Array(6), [3, 2, 1]);
    graph.node("FULLY_CONNECTED", [x, kernel, -1], [y], { activation: 0, weightsFormat: 0 });
    return y;
  });
  refused(/nothing makes its output/, (_graph, x) => x);
});

Deno.test("operators that are read have readers of their own, and none of them passes as well", () => {
  for (const op of Object.keys(READERS)) assert.ok(!PASSING.has(op as "CAST"), op);
});
