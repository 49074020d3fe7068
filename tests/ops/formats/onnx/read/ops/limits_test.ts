import assert from "node:assert/strict";
import type { OnnxGraph } from "../../../../../../ops/formats/onnx/graph.ts";
import { quantized } from "../../../../../../ops/formats/onnx/read/ops/limits.ts";
import { graphModel, kindsOf } from "../one_graph.ts";

/** What becomes integers about a zero point, and goes on as real numbers. */
const rounded = (g: OnnxGraph, x: string, zero: Uint8Array | Int8Array | undefined) => {
  const scale = g.constant("s", Float32Array.of(0.1), []);
  const pair = [scale, ...zero === undefined ? [] : [g.constant("z", zero, [])]];
  return g.node("d", "DequantizeLinear", [g.node("q", "QuantizeLinear", [x, ...pair]), ...pair]);
};
const kinds = (zero: Uint8Array | Int8Array | undefined, before: string, after = "Tanh") =>
  kindsOf(graphModel([3], (g, x) => {
    const value = before === "" ? x : g.node("b", before, [x]);
    return g.node("a", after, [rounded(g, value, zero)]);
  }));

Deno.test("the least integer cuts where it stands for 0 and values may be below", () => {
  assert.deepEqual(kinds(Uint8Array.of(0), "Exp"), [
    ...["function", "activation+relu", "activation+tanh"],
  ]);
  assert.deepEqual(kinds(Int8Array.of(-128), "Exp").length, 3);
  assert.deepEqual(kinds(undefined, "Exp").length, 3);
  for (const zero of [Uint8Array.of(128), Int8Array.of(0), Uint8Array.of(1)]) {
    assert.deepEqual(kinds(zero, "Exp"), ["function", "activation+tanh"]);
  }
});

Deno.test("nothing is cut off what is above 0 already, nor off the input", () => {
  const zero = Uint8Array.of(0);
  assert.deepEqual(kinds(zero, ""), ["activation+tanh"]);
  assert.deepEqual(kinds(zero, "Relu"), ["activation+relu", "activation+tanh"]);
  assert.deepEqual(kinds(zero, "Sigmoid"), ["activation+sigmoid", "activation+tanh"]);
  const pooled = graphModel([2, 4, 4], (g, x) => {
    const pool = g.node("p", "MaxPool", [g.node("r", "Relu", [x])], {
      ["kernel_shape"]: { ints: [2, 2] },
    });
    return g.node("t", "Tanh", [rounded(g, pool, zero)]);
  });
  assert.deepEqual(kindsOf(pooled), ["activation+relu", "max-pool", "activation+tanh"]);
  assert.equal(quantized.length, 1);
});
