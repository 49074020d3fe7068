import assert from "node:assert/strict";
import type { OnnxGraph } from "../../../../../../ops/formats/onnx/graph.ts";
import { mergedStep } from "../../../../../../ops/formats/onnx/read/ops/merged_steps.ts";
import { assertAsRuntime, graphModel, kindsOf } from "../one_graph.ts";

const ints = (g: OnnxGraph, ...values: number[]) =>
  g.constant("i", BigInt64Array.from(values, BigInt), [values.length]);
const series = (g: OnnxGraph, ...shape: number[]) =>
  g.constant(
    "w",
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i)),
    shape,
  );
const reshape = (g: OnnxGraph, x: string, ...shape: number[]) =>
  g.node("s", "Reshape", [x, ints(g, ...shape)]);

Deno.test("rows of all samples go through dense layers and activations, and come apart", async () => {
  const model = await assertAsRuntime([3, 4], (g, x) => {
    const rows = reshape(g, g.node("t", "Tanh", [x]), -1, 4);
    const dense = g.node("d", "Gemm", [rows, series(g, 4, 5), series(g, 5)]);
    const wide = g.node("u", "Unsqueeze", [g.node("r", "Relu", [dense]), ints(g, 0)]);
    return reshape(g, g.node("q", "Squeeze", [wide, ints(g, 0)]), -1, 3, 5);
  }, { images: false });
  assert.deepEqual(kindsOf(model), ["activation+tanh", "dense+relu"]);
});

Deno.test("attention head by head, in products of three axes", async () => {
  const model = await assertAsRuntime([3, 4], (g, x) => {
    // Heads are an axis with the batch: [batch · 2, 3, 2].
    const heads = (of: string) => {
      const parts = g.node("h", "Transpose", [reshape(g, of, -1, 3, 2, 2)], {
        perm: { ints: [0, 2, 1, 3] },
      });
      return reshape(g, parts, -1, 3, 2);
    };
    const keys = g.node("k", "Transpose", [heads(x)], { perm: { ints: [0, 2, 1] } });
    const scores = g.node("p", "MatMul", [heads(g.node("q", "Relu", [x])), keys]);
    const scaled = g.node("f", "Mul", [scores, g.constant("c", Float32Array.of(Math.SQRT1_2), [])]);
    const shares = g.node("a", "Softmax", [scaled], { axis: { int: 2 } });
    const mixed = g.node("m", "MatMul", [shares, heads(g.node("v", "Tanh", [x]))]);
    const back = g.node("b", "Transpose", [reshape(g, mixed, -1, 2, 3, 2)], {
      perm: { ints: [0, 2, 1, 3] },
    });
    return reshape(g, back, -1, 3, 4);
  }, { images: false });
  assert.deepEqual(kindsOf(model), ["activation+relu", "activation+tanh", "attention"]);
});

Deno.test("what reads across samples is refused", () => {
  const refused = (build: (g: OnnxGraph, rows: string) => string, pattern: RegExp) =>
    assert.throws(
      () => graphModel([3, 4], (g, x) => build(g, reshape(g, g.node("t", "Tanh", [x]), -1, 4))),
      pattern,
    );
  refused((g, rows) => g.node("n", "Softplus", [rows]), /batch is one axis with others/);
  refused(
    (g, rows) => g.node("n", "Add", [rows, series(g, 3, 4)]),
    /batch is one axis with others/,
  );
  refused((g, rows) => reshape(g, rows, 6, -1), /takes samples of a batch apart/);
  refused((_g, rows) => rows, /a value inside a batch that is one axis with others/);
  assert.equal(mergedStep.length, 2);
});
