import assert from "node:assert/strict";
import type { OnnxGraph } from "../../../../../../ops/formats/onnx/graph.ts";
import "../../../../../../ops/formats/onnx/read/ops/attention.ts";
import { assertAsRuntime, graphModel, kindsOf } from "../one_graph.ts";

const ints = (g: OnnxGraph, ...values: number[]) =>
  g.constant("i", BigInt64Array.from(values, BigInt), [values.length]);

/**
 * Attention of two heads of two over a sequence of three, scores multiplied by `factor`; `bent` is what becomes of the
 * queries and keys before.
 */
const heads = (
  factor: number,
  axis = -1,
  bent = (_g: OnnxGraph, value: string) => value,
) =>
(g: OnnxGraph, x: string) => {
  const by = (order: number[], of: string) =>
    g.node("t", "Transpose", [g.node("s", "Reshape", [of, ints(g, 0, 3, 2, 2)])], {
      perm: { ints: order },
    });
  const scores = g.node("p", "MatMul", [
    bent(g, by([0, 2, 1, 3], g.node("q", "Relu", [x]))),
    bent(g, by([0, 2, 3, 1], x)),
  ]);
  const scaled = g.node("f", "Mul", [scores, g.constant("c", Float32Array.of(factor), [])]);
  const shares = g.node("a", "Softmax", [scaled], { axis: { int: axis } });
  const mixed = g.node("n", "MatMul", [shares, by([0, 2, 1, 3], g.node("v", "Tanh", [x]))]);
  const back = g.node("b", "Transpose", [mixed], { perm: { ints: [0, 2, 1, 3] } });
  return g.node("o", "Reshape", [back, ints(g, 0, 3, 4)]);
};

Deno.test("scores, their softmax and what it takes are one attention", async () => {
  const usual = await assertAsRuntime([3, 4], heads(Math.SQRT1_2), { images: false });
  assert.deepEqual(kindsOf(usual), ["activation+relu", "activation+tanh", "attention"]);
  const other = await assertAsRuntime([3, 4], heads(0.3), { images: false });
  assert.deepEqual([...kindsOf(other)].sort(), [
    "activation+relu",
    "activation+tanh",
    "attention",
    "function",
  ]);
});

Deno.test("a product of two sequences is one of matrices", async () => {
  const model = await assertAsRuntime([3, 4], (g, x) =>
    g.node("n", "MatMul", [
      g.node("p", "MatMul", [x, g.node("t", "Transpose", [x], { perm: { ints: [0, 2, 1] } })]),
      x,
    ]), { images: false });
  assert.ok(kindsOf(model).includes("dot"));
});

Deno.test("masks, other axes and other products are refused", () => {
  assert.throws(() => graphModel([3, 4], heads(1, 2)), /it does not go along the keys/);
  const masked = (g: OnnxGraph, x: string) => {
    const wide = g.node("w", "Reshape", [x, ints(g, 0, 1, 3, 4)]);
    const transposed = g.node("t", "Transpose", [wide], { perm: { ints: [0, 1, 3, 2] } });
    const mask = g.constant("m", Float32Array.from({ length: 9 }, (_, i) => i), [3, 3]);
    return g.node("n", "Add", [g.node("s", "MatMul", [wide, transposed]), mask]);
  };
  assert.throws(() => graphModel([3, 4], masked), /looks at some places alone/);
  assert.throws(
    () => graphModel([4], (g, x) => g.node("n", "MatMul", [x, g.node("r", "Relu", [x])])),
    /a product of values of batch×4 and batch×4 cannot be read/,
  );
  assert.throws(
    () =>
      graphModel([4], (g, x) => g.node("n", "Equal", [x, g.constant("c", Float32Array.of(3), [])])),
    /a value inside a mask of tokens/,
  );
});

Deno.test("queries and keys that are scaled before are so by one number; what is added to them is kept", async () => {
  const number = (g: OnnxGraph, value: number) => g.constant("c", Float32Array.of(value), []);
  const scaled = (g: OnnxGraph, value: string) => g.node("f", "Mul", [value, number(g, 0.5)]);
  // Of four times √2/2 a fourth is left: the usual scale of heads of two.
  const usual = await assertAsRuntime([3, 4], heads(4 * Math.SQRT1_2, -1, scaled), {
    images: false,
  });
  assert.deepEqual(kindsOf(usual), ["activation+relu", "activation+tanh", "attention"]);
  const moved = (g: OnnxGraph, value: string) =>
    g.node("a", "Add", [scaled(g, value), number(g, 0.25)]);
  const kept = await assertAsRuntime([3, 4], heads(4 * Math.SQRT1_2, -1, moved), {
    images: false,
  });
  assert.ok(kindsOf(kept).filter((kind) => kind === "function").length >= 2);
});
