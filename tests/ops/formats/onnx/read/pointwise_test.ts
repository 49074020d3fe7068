import assert from "node:assert/strict";
import { emptyDraft } from "../../../../../ops/formats/onnx/read/draft.ts";
import {
  basesOf,
  functionOf,
  layerComputing,
  powerOf,
  sigmoid,
  tanh,
} from "../../../../../ops/formats/onnx/read/pointwise.ts";

Deno.test("a function is told by its values, at both sides of 0", () => {
  const swish = (x: number) => x / (1 + Math.exp(-x));
  assert.deepEqual(layerComputing(swish), {
    ...{ kind: "function", function: "swish", parameters: [] },
  });
  assert.deepEqual(layerComputing((x) => 1 / (1 + Math.exp(-x))), {
    ...{ kind: "activation", activation: "sigmoid" },
  });
  assert.deepEqual(layerComputing((x) => -Math.log(1 + Math.exp(-x))), {
    ...{ kind: "function", function: "log-sigmoid", parameters: [] },
  });
  assert.equal(layerComputing((x) => swish(x) * 1.001), undefined);
  assert.equal(layerComputing((x) => x > 0 ? swish(x) : 0), undefined);
  // Seven to either side is far enough for each of them to be what it comes to.
  assert.equal(layerComputing((x) => x > 7.3 ? 0 : swish(x)), undefined);
  assert.equal(layerComputing((x) => x < -7.3 ? 1 : swish(x)), undefined);
  for (const x of [-3, -0.2, 0, 1.7]) {
    assert.ok(Math.abs(tanh(x) - Math.tanh(x)) < 1e-12);
    assert.ok(Math.abs(sigmoid(x) - 1 / (1 + Math.exp(-x))) < 1e-12);
  }
});

Deno.test("powers of negative numbers are those of whole ones", () => {
  assert.deepEqual(
    [powerOf(-2, 3), powerOf(-2, 2), powerOf(4, 0.5), powerOf(4, -0.5), powerOf(-4, 0.5)],
    [-8, 4, 2, 0.5, NaN],
  );
});

/** x, twice x plus 1, that with its relu, and another value. */
function draft() {
  const layers = emptyDraft();
  layers.input({ name: "x", shape: [4] });
  layers.add("double", { kind: "function", function: "scale", parameters: [2, 1] }, ["x"]);
  layers.add("relu", { kind: "activation", activation: "relu" }, ["double"]);
  layers.add("sum", { kind: "combine", by: "sum" }, ["double", "relu"]);
  layers.add("rows", { kind: "softmax", log: false }, ["sum"]);
  layers.add("more", { kind: "add", activation: "tanh" }, ["rows", "x"]);
  return layers;
}

Deno.test("what a layer is of a value before it", () => {
  const layers = draft();
  assert.deepEqual([-2, 0, 3].map(functionOf(layers, "sum", "x")!), [-3, 2, 14]);
  assert.deepEqual([-2, 3].map(functionOf(layers, "sum", "double")!), [-2, 6]);
  assert.equal(functionOf(layers, "sum", "sum")!(5), 5);
  assert.equal(functionOf(layers, "rows", "x"), undefined);
  assert.equal(functionOf(layers, "more", "x"), undefined);
});

Deno.test("the values that a layer depends on alone, the nearest first", () => {
  const layers = draft();
  assert.deepEqual(basesOf(layers, "relu"), ["relu", "double", "x"]);
  assert.deepEqual(basesOf(layers, "sum"), ["sum"]);
  assert.deepEqual(basesOf(layers, "rows"), ["rows"]);
});
