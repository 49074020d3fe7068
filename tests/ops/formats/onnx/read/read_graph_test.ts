import assert from "node:assert/strict";
import { constant } from "../../../../../ops/formats/onnx/read/constants.ts";
import type {
  GraphNode,
  Operator,
  OperatorGraph,
} from "../../../../../ops/formats/onnx/read/operator_graph.ts";
import { readGraph } from "../../../../../ops/formats/onnx/read/read_graph.ts";
import { assertClose } from "../../../../close.ts";
import type { OnnxGraph } from "../../../../../ops/formats/onnx/graph.ts";
import { shapesOf } from "../../../../../ops/model/layers.ts";
import { answersOf, assertAsRuntime, graphModel, kindsOf } from "./one_graph.ts";

/** An operator without attributes. */
const operator = (op: string, inputs: readonly string[], output: string): Operator => ({
  ...{ op, inputs, outputs: [output], layer: output },
  int: (_name, otherwise) => otherwise,
  float: (_name, otherwise) => otherwise,
  text: (_name, otherwise) => otherwise,
  ...{ ints: () => undefined, floats: () => undefined, texts: () => undefined },
  tensor: () => undefined,
});

/** A node that is these operators, the last of which gives what it gives. */
const node = (
  name: string,
  inputs: readonly string[],
  operators: readonly Operator[],
  more: Partial<GraphNode> & {
    readonly constants?: ReadonlyMap<string, ReturnType<typeof constant>>;
  } = {},
): GraphNode => ({
  ...{ name, op: "Some", inputs, outputs: [name], passes: false },
  operators: () => ({ operators, ...more.constants && { constants: more.constants } }),
  ...more,
});

/** A graph of rows of two numbers that ends in its last node. */
const graph = (nodes: readonly GraphNode[]): OperatorGraph => ({
  ...{ opset: 17, nodes, constants: new Map(), classes: [], size: 0, fixSizes: "fix it" },
  inputs: [{ name: "x", extents: [0, 2], called: String, channelsFirst: false }],
  answers: [{ name: nodes.at(-1)!.name, node: nodes.at(-1)! }],
});

Deno.test("a node that is several operators reads its input several times, and brings constants", async () => {
  const two = new Map([["two", constant([], Float32Array.of(2))]]);
  const sum = node("y", ["x"], [
    operator("Neg", ["x"], "y/neg"),
    operator("Mul", ["x", "two"], "y/twice"),
    operator("Sum", ["y/neg", "y/twice"], "y"),
  ], { constants: two });
  const model = readGraph(graph([sum]));
  // The first input is read twice, so that twice it is no preprocessing.
  assert.equal(model.preprocess, null);
  assertClose(await answersOf(model, 1, [3, -4]), [3, -4], 0);
});

Deno.test("a softmax leaves through what passes, and not where something else reads it", () => {
  const softmax = node("s", ["x"], [operator("Relu", ["x"], "r"), operator("Softmax", ["r"], "s")]);
  const out = node("y", ["s"], [operator("Identity", ["s"], "y")], { passes: true });
  assert.equal(readGraph(graph([softmax, out])).head, "softmax");
  const other = node("z", ["s", "y"], [operator("Add", ["s", "y"], "z")]);
  const model = readGraph(graph([softmax, out, other]));
  assert.equal(model.head, "none");
  assert.deepEqual(kindsOf(model), ["activation+relu", "softmax", "add"]);
});

Deno.test("open extents are called as the file calls them, with the way out", () => {
  const relu = node("y", ["x"], [operator("Relu", ["x"], "y")]);
  const open = {
    ...graph([relu]),
    inputs: [{
      name: "x",
      extents: [0, 0, 0, 3],
      called: (at: number) => `size ${at}`,
      channelsFirst: false,
    }],
  };
  assert.throws(() => readGraph(open), (error: Error & { hint?: { help?: string } }) => {
    assert.equal(
      error.message,
      'Cannot read input "x": besides the batch it leaves open: size 1, size 2',
    );
    assert.equal(error.hint?.help, "fix it");
    return true;
  });
});

Deno.test("open extents are those that are asked for, and the others must be alike", () => {
  const relu = node("y", ["x"], [operator("Relu", ["x"], "y")]);
  const sized = (extents: readonly number[], sample: readonly number[]) =>
    readGraph({
      ...graph([relu]),
      inputs: [{ name: "x", extents, called: String, channelsFirst: false }],
      sample,
    }).inputs[0]!.shape;
  assert.deepEqual(sized([0, 0, 3], [5, 3]), [5, 3]);
  assert.deepEqual(sized([0, 4, 0, 3], [4, 2, 3]), [4, 2, 3]);
  assert.throws(() => sized([0, 0, 3], [5, 2]), /its samples are open×3, and `input` says 5×2/);
  assert.throws(() => sized([0, 0, 3], [5]), /its samples are open×3, and `input` says 5/);
  // The first that is open is the batch.
  assert.deepEqual(sized([2, 0, 0], [2, 3]), [2, 3]);
  assert.throws(() => sized([2, 0, 0], [5, 3]), /its samples are 2×open, and `input` says 5×3/);
});

Deno.test("what nothing gives, and what is no value of a layer, is a sentence", () => {
  assert.throws(
    () => graphModel([2], (g, x) => g.node("n", "Add", [x, "nowhere"])),
    /node "n" \(Add\): it reads "nowhere", which nothing gives/,
  );
  assert.throws(
    () => graphModel([2], (_g, x) => x),
    /what leaves the model here is no value of a layer/,
  );
});

Deno.test("an output that no node gives is said by its name, one that a node gives by the node's", () => {
  const relu = node("y", ["x"], [operator("Relu", ["x"], "y")]);
  const odd = { ...graph([relu]), answers: [{ name: "x" }] };
  assert.throws(() => readGraph(odd), {
    message: 'Cannot read output "x": what leaves the model here is no value of a layer',
  });
  const passed = node("z", ["x"], [operator("Identity", ["x"], "z")], { passes: true });
  assert.throws(() => readGraph(graph([passed])), {
    message: 'Cannot read node "z" (Some): what leaves the model here is no value of a layer',
  });
});

Deno.test("images leave with channels last, numbers along one axis of them in the order of the graph", async () => {
  const shape = [3, 4, 5];
  const mean = (axes: readonly number[], kept: number) => (graph: OnnxGraph, x: string) =>
    graph.node("mean", "ReduceMean", [x], { axes: { ints: axes }, keepdims: { int: kept } });
  const leaving = (build: (graph: OnnxGraph, x: string) => string) => {
    const model = graphModel(shape, build);
    return shapesOf(model)[model.outputs[0]!];
  };
  assert.deepEqual(leaving((graph, x) => graph.node("relu", "Relu", [x])), [4, 5, 3]);
  for (const [axis, left] of [[3, [3, 4]], [2, [3, 5]]] as const) {
    assert.deepEqual(leaving(mean([axis], 0)), left);
    await assertAsRuntime(shape, mean([axis], 0));
  }
  assert.deepEqual([leaving(mean([2, 3], 0)), leaving(mean([2, 3], 1))], [[3], [1, 1, 3]]);
});
