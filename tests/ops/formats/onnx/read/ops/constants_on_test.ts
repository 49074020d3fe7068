import assert from "node:assert/strict";
import type { OnnxGraph } from "../../../../../../ops/formats/onnx/graph.ts";
import { byConstant } from "../../../../../../ops/formats/onnx/read/ops/constants_on.ts";
import { assertAsRuntime, graphModel, kindsOf } from "../one_graph.ts";

const series = (g: OnnxGraph, shape: readonly number[]) =>
  g.constant(
    "c",
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i / 3 - 1),
    shape,
  );
const behind =
  (op: string, before: string, shape: readonly number[]) => (g: OnnxGraph, x: string) =>
    g.node("n", op, [g.node("b", before, [x]), series(g, shape)]);

Deno.test("by channel, by place, by number", async () => {
  const kinds = async (
    sample: number[],
    build: (g: OnnxGraph, x: string) => string,
    answers?: number[],
  ) =>
    kindsOf(await assertAsRuntime(sample, build, answers ? { answers } : { images: false })).join(
      " ",
    );
  assert.equal(
    await kinds([2, 3, 3], behind("Mul", "Tanh", [2, 1, 1]), [2, 3, 3]),
    "activation+tanh depthwise",
  );
  assert.equal(
    await kinds([3, 4], behind("Add", "Tanh", [3, 4]), undefined),
    "activation+tanh position",
  );
  assert.equal(
    await kinds([3, 4], behind("Mul", "Tanh", [4])),
    "activation+tanh reshape depthwise reshape",
  );
  assert.equal(
    await kinds([3, 4], behind("Mul", "Tanh", [3, 4])),
    "activation+tanh reshape depthwise reshape",
  );
  assert.equal(await kinds([5], behind("Add", "Tanh", [1])), "activation+tanh function");
});

Deno.test("a bias joins the product before it, a scale and a shift the normalisation", async () => {
  const biased = await assertAsRuntime(
    [4],
    (g, x) => g.node("n", "Add", [g.node("m", "MatMul", [x, series(g, [4, 3])]), series(g, [3])]),
  );
  assert.deepEqual(kindsOf(biased), ["dense"]);
  const { layers: [dense] } = biased;
  assert.ok(dense?.kind === "dense" && dense.bias);
});

Deno.test("arithmetic on the input alone is preprocessing, in order", () => {
  const { preprocess, layers } = graphModel([2], (g, x) => {
    const moved = g.node("a", "Add", [x, g.constant("o", Float32Array.of(1, 2), [2])]);
    const scaled = g.node("b", "Mul", [moved, g.constant("s", Float32Array.of(3), [])]);
    return g.node("t", "Tanh", [scaled]);
  });
  assert.deepEqual([preprocess, layers.length], [{ scale: [3, 3], offset: [3, 6] }, 1]);
});

Deno.test("numbers that do not fit are a sentence", () => {
  assert.throws(
    () => graphModel([4], behind("Add", "Tanh", [3])),
    /a value of shape batch×4 with numbers of 3/,
  );
  assert.equal(byConstant.length, 4);
});
