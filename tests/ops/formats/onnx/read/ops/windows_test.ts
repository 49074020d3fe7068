import assert from "node:assert/strict";
import type { Attributes, OnnxGraph } from "../../../../../../ops/formats/onnx/graph.ts";
import * as windows from "../../../../../../ops/formats/onnx/read/ops/windows.ts";
import { assertClose } from "../../../../../close.ts";
import { answersOf, assertAsRuntime, graphModel, kindsOf } from "../one_graph.ts";

const kernel = (g: OnnxGraph, ...shape: number[]) =>
  g.constant(
    "w",
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i % 5 - 2),
    shape,
  );
const two = (...ints: number[]) => ({ ints });

Deno.test("a filter meets channels first as channels last", async () => {
  // One filter over two channels of one pixel: 3 · 1 + 10 · 2.
  const model = graphModel(
    [2, 1, 1],
    (g, x) => g.node("n", "Conv", [x, g.constant("w", Float32Array.of(3, 10), [1, 2, 1, 1])]),
  );
  assertClose(await answersOf(model, 1, [1, 2]), [23]);
});

Deno.test("sequences are images with one column, and no layer stands between two", async () => {
  const model = await assertAsRuntime([2, 8], (g, x) => {
    const first = g.node("a", "Conv", [x, kernel(g, 3, 2, 3)], { pads: two(1, 1) });
    const pooled = g.node("p", "MaxPool", [first], { ["kernel_shape"]: two(2), strides: two(2) });
    const last = g.node("b", "Conv", [pooled, kernel(g, 3, 1, 2)], { group: { int: 3 } });
    return g.node("f", "Flatten", [g.node("g", "GlobalMaxPool", [last])]);
  }, { images: true });
  assert.deepEqual(kindsOf(model).slice(0, 4), ["reshape", "conv", "max-pool", "depthwise"]);
});

Deno.test("windows that no layer has are refused", () => {
  const refused = (op: string, attributes: Attributes, shape: number[], pattern: RegExp) =>
    assert.throws(
      () => graphModel([2, 5, 5], (g, x) => g.node("n", op, [x, kernel(g, ...shape)], attributes)),
      pattern,
    );
  refused("Conv", {}, [3, 3, 2, 2], /its kernel 3×3×2×2 is not of 2 channels/);
  refused("ConvTranspose", { group: { int: 2 } }, [2, 1, 2, 2], /groups of channels/);
  refused("ConvTranspose", { dilations: two(2, 2) }, [2, 1, 2, 2], /its dilations/);
  refused("ConvTranspose", { ["output_shape"]: two(9, 9) }, [2, 1, 2, 2], /only `pads`/);
  refused(
    "ConvTranspose",
    { strides: two(2, 2), ["output_padding"]: two(1, 1) },
    [2, 1, 2, 2],
    /its output_padding is more than its pads/,
  );
  assert.throws(
    () => graphModel([2, 5, 5], (g, x) => g.node("n", "MaxPool", [x])),
    /it has no kernel_shape/,
  );
  assert.throws(
    () =>
      graphModel([2, 5, 5], (g, x) =>
        g.node("n", "AveragePool", [x], {
          ...{ ["kernel_shape"]: two(2, 2), ["ceil_mode"]: { int: 1 }, pads: two(1, 1, 1, 1) },
          ["count_include_pad"]: { int: 1 },
        })),
    /count_include_pad with ceil_mode/,
  );
  assert.equal(typeof windows.pooledOver, "function");
});
