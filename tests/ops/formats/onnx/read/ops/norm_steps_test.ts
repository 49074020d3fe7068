import assert from "node:assert/strict";
import type { OnnxGraph } from "../../../../../../ops/formats/onnx/graph.ts";
import { lengthOf } from "../../../../../../ops/formats/onnx/read/ops/norm_steps.ts";
import { assertAsRuntime, graphModel, kindsOf } from "../one_graph.ts";

const series = (g: OnnxGraph, length: number, from = 1) =>
  g.constant("c", Float32Array.from({ length }, (_, i) => from + i / 3), [length]);
const number = (g: OnnxGraph, value: number) => g.constant("v", Float32Array.of(value), []);
const mean = (g: OnnxGraph, of: string) =>
  g.node("m", "ReduceMean", [of], { axes: { ints: [-1] } });

/** A layer normalisation in parts, with squares and the quotient by other steps. */
const parts = (
  square: (g: OnnxGraph, centred: string) => string,
  divide: (g: OnnxGraph, centred: string, deviation: string) => string,
) =>
(g: OnnxGraph, x: string) => {
  const centred = g.node("s", "Sub", [x, mean(g, x)]);
  const variance = g.node("e", "Add", [mean(g, square(g, centred)), number(g, 1e-5)]);
  const normal = divide(g, centred, g.node("r", "Sqrt", [variance]));
  return g.node("n", "Add", [g.node("g", "Mul", [normal, series(g, 4)]), series(g, 4)]);
};

const power = (g: OnnxGraph, c: string) => g.node("p", "Pow", [c, number(g, 2)]);
const times = (g: OnnxGraph, c: string) => g.node("p", "Mul", [c, c]);
const quotient = (g: OnnxGraph, a: string, b: string) => g.node("d", "Div", [a, b]);
const inverse = (g: OnnxGraph, a: string, b: string) =>
  g.node("d", "Mul", [a, g.node("i", "Reciprocal", [b])]);
const oneBy = (g: OnnxGraph, a: string, b: string) =>
  g.node("d", "Mul", [g.node("i", "Div", [number(g, 1), b]), a]);

Deno.test("a layer normalisation in parts is one layer", async () => {
  for (const [square, divide] of [[power, quotient], [times, inverse], [power, oneBy]] as const) {
    const model = await assertAsRuntime([3, 4], parts(square, divide), { images: false });
    assert.deepEqual(kindsOf(model), ["layer-norm"]);
  }
});

Deno.test("by the root of the mean of squares, and a gain", async () => {
  for (const [square, divide] of [[power, quotient], [times, inverse], [power, oneBy]] as const) {
    const model = await assertAsRuntime([3, 4], (g, x) => {
      const root = g.node("r", "Sqrt", [
        g.node("e", "Add", [mean(g, square(g, x)), number(g, 1e-3)]),
      ]);
      return g.node("n", "Mul", [series(g, 4), divide(g, x, root)]);
    }, { images: false });
    assert.deepEqual(kindsOf(model), ["standardize", "reshape", "depthwise", "reshape"]);
  }
});

Deno.test("by the length, which is no less than a limit", async () => {
  const unit = (limit: number, axis = -1) => (g: OnnxGraph, x: string) => {
    const length = g.node("l", "ReduceL2", [x], { axes: { ints: [axis] } });
    const clipped = g.node("c", "Clip", [length, number(g, limit)]);
    return g.node("n", "Div", [x, clipped]);
  };
  assert.deepEqual(kindsOf(await assertAsRuntime([4], unit(1e-6))), ["standardize"]);
  // Longer than any of the samples.
  assert.deepEqual(kindsOf(await assertAsRuntime([4], unit(50))), ["standardize"]);
  assert.throws(() => graphModel([4], unit(1, 0)), /the length of a vector along one axis/);
  assert.equal(lengthOf.length, 1);
});

Deno.test("a root and a mean that nothing is divided by", async () => {
  assert.throws(
    () => graphModel([2], (g, x) => g.node("r", "Relu", [g.node("n", "Sqrt", [x])])),
    /a value inside a function/,
  );
  const read = await assertAsRuntime(
    [3, 4],
    (g, x) => g.node("r", "Relu", [mean(g, x)]),
    { images: false },
  );
  assert.ok(kindsOf(read).includes("global-average-pool"));
});
