import assert from "node:assert/strict";
import type { OnnxGraph } from "../../../../../../ops/formats/onnx/graph.ts";
import * as norms from "../../../../../../ops/formats/onnx/read/ops/norms.ts";
import { assertAsRuntime, graphModel, kindsOf } from "../one_graph.ts";

const series = (g: OnnxGraph, length: number, from = 1) =>
  g.constant("c", Float32Array.from({ length }, (_, i) => from + i / 3), [length]);
const number = (g: OnnxGraph, value: number) => g.constant("v", Float32Array.of(value), []);

/** A layer normalisation in parts, with squares by `square`. */
const parts = (square: (g: OnnxGraph, centred: string) => string) => (g: OnnxGraph, x: string) => {
  const mean = (of: string) => g.node("m", "ReduceMean", [of], { axes: { ints: [-1] } });
  const centred = g.node("s", "Sub", [x, mean(x)]);
  const variance = g.node("e", "Add", [mean(square(g, centred)), number(g, 1e-5)]);
  const normal = g.node("d", "Div", [centred, g.node("r", "Sqrt", [variance])]);
  return g.node("n", "Add", [g.node("g", "Mul", [normal, series(g, 4)]), series(g, 4)]);
};

Deno.test("a layer normalisation in parts is one layer", async () => {
  const by = [
    (g: OnnxGraph, c: string) => g.node("p", "Pow", [c, number(g, 2)]),
    (g: OnnxGraph, c: string) => g.node("p", "Mul", [c, c]),
  ];
  for (const square of by) {
    const model = await assertAsRuntime([3, 4], parts(square), { images: false });
    assert.deepEqual(kindsOf(model), ["layer-norm"]);
  }
  const half = (g: OnnxGraph, x: string) =>
    g.node("r", "Relu", [g.node("m", "ReduceMean", [x], { axes: { ints: [-1] } })]);
  assert.throws(() => graphModel([3, 4], half), /a value inside a layer normalisation/);
});

Deno.test("batch normalisation is along axis 1, of rows and of images", async () => {
  const build = (channels: number) => (g: OnnxGraph, x: string) =>
    g.node("n", "BatchNormalization", [
      x,
      ...[1, 0, -1, 2].map((from) => series(g, channels, from)),
    ]);
  assert.deepEqual(kindsOf(await assertAsRuntime([3], build(3))), ["batchnorm"]);
  const image = await assertAsRuntime([2, 3, 3], build(2), { answers: [2, 3, 3] });
  assert.deepEqual(kindsOf(image), ["batchnorm"]);
});

Deno.test("means over space, over steps, and of all", async () => {
  const mean = (axes: number[], kept: number) => (g: OnnxGraph, x: string) =>
    g.node("n", "ReduceMean", [x], { axes: { ints: axes }, keepdims: { int: kept } });
  assert.deepEqual(kindsOf(await assertAsRuntime([2, 3, 4], mean([2, 3], 0))), [
    "global-average-pool",
  ]);
  const steps = await assertAsRuntime([3, 4], mean([1], 0), { images: false });
  assert.deepEqual(kindsOf(steps), ["reshape", "global-average-pool"]);
  assert.throws(() => graphModel([3, 4], mean([0], 0)), /it goes over the batch/);
  assert.throws(
    () => graphModel([3, 4], (g, x) => g.node("n", "ReduceMean", [x])),
    /over all axes/,
  );
  assert.equal(typeof norms.normStep, "function");
});
