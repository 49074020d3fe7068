import assert from "node:assert/strict";
import { activation, fusedOf } from "../../../../ops/formats/tflite/arithmetic_readers.ts";
import { decodeWeight } from "../../../../ops/model/weights.ts";
import { made, numbers, readFrom, readOne, whole } from "./support/one_graph.ts";

const of = (code: number) => {
  const added: object[] = [];
  const wrong = (why: string) => new Error(why);
  return {
    added,
    name: "a",
    options: { activation: code },
    wrong,
    add: (layer: object) => added.push(layer),
  };
};

Deno.test("the activation that an operator ends in, by its number in the schema", () => {
  assert.deepEqual([0, 1, 3, 4].map((code) => fusedOf(of(code) as never)), [
    "linear",
    "relu",
    "relu6",
    "tanh",
  ]);
  assert.throws(() => fusedOf(of(2) as never), /activation 2 that it ends in is not read/);
});

Deno.test("is a layer behind one that has none", () => {
  const [none, relu] = [of(0), of(1)];
  activation(none as never);
  activation(relu as never);
  assert.deepEqual(none.added, []);
  assert.deepEqual(relu.added, [{
    name: "a.relu",
    kind: "activation",
    inputs: ["a"],
    activation: "relu",
  }]);
});

const square = [2, 2, 3];

Deno.test("two values of one shape are added in a layer with the activation, others combined before it", () => {
  const read = (op: "ADD" | "SUB" | "MUL" | "MAXIMUM" | "MINIMUM", activation?: number) =>
    readFrom([3], (graph, x) => {
      const [a, y] = [made(graph, [3], "a"), made(graph, [3])];
      graph.node("EXP", [x], [a]);
      graph.node(op, [a, x], [y], activation === undefined ? undefined : { activation });
      return y;
    }).layers.slice(1);
  const base = { name: "y", inputs: ["a", "input"] };
  assert.deepEqual(read("ADD", 1), [{ ...base, kind: "add", activation: "relu" }]);
  for (
    const [op, by] of [
      ["SUB", "difference"],
      ["MUL", "product"],
      ["MAXIMUM", "maximum"],
      ["MINIMUM", "minimum"],
    ] as const
  ) {
    assert.deepEqual(read(op), [{ ...base, kind: "combine", by }], op);
  }
  assert.deepEqual(read("SUB", 4), [
    { ...base, kind: "combine", by: "difference" },
    { name: "y.tanh", kind: "activation", inputs: ["y"], activation: "tanh" },
  ]);
});

Deno.test("values of two shapes are combined", () => {
  const { layers } = readFrom(square, (graph, x) => {
    const [p, y] = [made(graph, [1, 1, 3], "p"), made(graph, square)];
    graph.node("MEAN", [x, whole(graph, 1, 2)], [p], { keepsAxes: true });
    graph.node("ADD", [x, p], [y], { activation: 0 });
    return y;
  });
  assert.deepEqual(layers.at(-1), {
    ...{ name: "y", kind: "combine", inputs: ["input", "p"], by: "sum" },
  });
});

Deno.test("numbers for each place of rows are positions", () => {
  const values = Float32Array.of(1, 2, 3, 4, 5, 6);
  const positions = (shape: readonly number[], activation = 0) =>
    readOne("ADD", {
      ...{ shape: [2, 3], output: [2, 3], options: { activation } },
      constants: (g) => [g.constant("k", values, shape)],
    });
  for (const shape of [[2, 3], [1, 2, 3]]) {
    const { layers, weights } = positions(shape);
    assert.deepEqual(layers, [{ name: "y", kind: "position", inputs: ["e"] }]);
    assert.deepEqual([...decodeWeight(weights["y/kernel"]!)], [...values]);
  }
  assert.deepEqual(positions([2, 3], 3).layers.map(({ name }) => name), ["y", "y.relu6"]);
});

Deno.test("numbers behind a layer are a normalisation that scales or moves", () => {
  const read = (op: "ADD" | "SUB" | "MUL", values: readonly number[], activation = 0) => {
    const { layers, weights } = readOne(op, {
      ...{ shape: square, output: square, options: { activation } },
      constants: (g) => [numbers(g, ...values)],
    });
    const roles = ["gamma", "beta", "mean", "variance"];
    return [layers, ...roles.map((role) => [...decodeWeight(weights[`y/${role}`]!)])];
  };
  const norm = { name: "y", kind: "batchnorm", inputs: ["e"], epsilon: 0, momentum: 0.99 };
  const [linear] = [[{ ...norm, activation: "linear" }]];
  const [zeros, ones] = [[0, 0, 0], [1, 1, 1]];
  assert.deepEqual(read("MUL", [2, 3, 4]), [linear, [2, 3, 4], zeros, zeros, ones]);
  assert.deepEqual(read("ADD", [2, 3, 4]), [linear, ones, [2, 3, 4], zeros, ones]);
  assert.deepEqual(read("SUB", [2, 3, 4]), [linear, ones, [-2, -3, -4], zeros, ones]);
  assert.deepEqual(read("MUL", [2]), [linear, [2, 2, 2], zeros, zeros, ones]);
  const relu = { name: "y.relu", kind: "activation", inputs: ["y"], activation: "relu" };
  assert.deepEqual(read("MUL", [2], 1)[0], [...linear!, relu]);
  assert.throws(() => read("MUL", [2, 3]), {
    message: 'Cannot read "y" (MUL): its constant is 2, and it reads 2×2×3',
  });
});

Deno.test("more numbers join a normalisation that has no activation yet", () => {
  const chain = (...steps: readonly (readonly ["ADD" | "SUB" | "MUL", number, number])[]) => {
    const { layers, weights } = readFrom([2, 2, 2], (graph, x) => {
      let last = made(graph, [2, 2, 2], "e");
      graph.node("EXP", [x], [last]);
      for (const [at, [op, value, activation]] of steps.entries()) {
        const y = made(graph, [2, 2, 2], `y${at}`);
        graph.node(op, [last, numbers(graph, value)], [y], { activation });
        last = y;
      }
      return last;
    });
    const of = (role: string) => decodeWeight(weights[`y0/${role}`]!)[1];
    const kinds = layers.slice(1).map((layer) => [
      layer.kind,
      "activation" in layer ? layer.activation : "",
    ]);
    return [kinds, of("gamma"), of("beta")];
  };
  assert.deepEqual(chain(["ADD", 3, 0], ["MUL", 2, 1]), [[["batchnorm", "relu"]], 2, 6]);
  assert.deepEqual(chain(["MUL", 2, 0], ["SUB", 5, 0], ["MUL", 3, 4]), [
    ...[[["batchnorm", "tanh"]], 6, -15],
  ]);
  // Behind an activation a new one begins.
  assert.deepEqual(chain(["ADD", 3, 0], ["MUL", 2, 1], ["ADD", 7, 0]), [
    ...[[["batchnorm", "relu"], ["batchnorm", "linear"]], 2, 6],
  ]);
});

Deno.test("arithmetic on the input is preprocessing, unless an activation ends it", () => {
  const read = (activation: number, ...values: number[]) => {
    const { preprocess, layers } = readFrom([2], (graph, x) => {
      const [a, b, y] = [made(graph, [2], "a"), made(graph, [2], "b"), made(graph, [2])];
      graph.node("ADD", [x, numbers(graph, 2)], [a], { activation: 0 });
      graph.node("MUL", [a, numbers(graph, ...values)], [b], { activation });
      graph.node("EXP", [b], [y]);
      return y;
    });
    return [preprocess, layers.map(({ kind }) => kind)];
  };
  assert.deepEqual(read(0, 3), [{ scale: [3], offset: [6] }, ["function"]]);
  assert.deepEqual(read(0, 3, 5), [{ scale: [3, 5], offset: [6, 10] }, ["function"]]);
  assert.deepEqual(read(1, 3), [
    { scale: [1], offset: [2] },
    ["batchnorm", "activation", "function"],
  ]);
});
