import assert from "node:assert/strict";
import type { OnnxGraph } from "../../../../../../ops/formats/onnx/graph.ts";
import { resize } from "../../../../../../ops/formats/onnx/read/ops/resize.ts";
import { assertAsRuntime, graphModel, kindsOf } from "../one_graph.ts";

const by =
  (factors: number[], mode: string, centres: string, more: Record<string, string> = {}) =>
  (g: OnnxGraph, x: string) =>
    g.node("n", "Resize", [x, "", g.constant("f", Float32Array.from(factors), [4])], {
      ...{ mode: { string: mode }, ["coordinate_transformation_mode"]: { string: centres } },
      ...Object.fromEntries(Object.entries(more).map(([key, string]) => [key, { string }])),
    });
Deno.test("pixels repeated and pixels between pixels are layers of their own", async () => {
  const repeated = await assertAsRuntime([2, 3, 3], by([1, 1, 2, 3], "nearest", "half_pixel"), {
    answers: [2, 6, 9],
  });
  assert.deepEqual(kindsOf(repeated), ["upsample"]);
  const between = await assertAsRuntime([2, 3, 3], by([1, 1, 2, 2], "linear", "half_pixel"), {
    answers: [2, 6, 6],
  });
  assert.deepEqual(kindsOf(between), ["resize"]);
});

Deno.test("other places and other sizes are matrices along each axis", async () => {
  const ways = [
    ...["align_corners", "asymmetric", "half_pixel", "pytorch_half_pixel"]
      .map((centres) => ["linear", centres] as const),
    ...[["cubic", "half_pixel"], ["cubic", "align_corners"]] as const,
  ];
  for (const [mode, centres] of ways) {
    await assertAsRuntime([2, 5, 6], by([1, 1, 0.6, 1.5], mode, centres), { answers: [2, 3, 9] });
  }
  for (const nearest of ["floor", "ceil", "round_prefer_floor", "round_prefer_ceil"]) {
    const more = { ["nearest_mode"]: nearest };
    await assertAsRuntime([2, 4, 4], by([1, 1, 1.5, 0.5], "nearest", "asymmetric", more), {
      answers: [2, 6, 2],
    });
  }
  // Where places between pixels are rounded, not every new one is that before it.
  const rounded = await assertAsRuntime([2, 3, 3], by([1, 1, 2, 3], "nearest", "asymmetric"), {
    answers: [2, 6, 9],
  });
  assert.ok(kindsOf(rounded).includes("dense"));
  const one = await assertAsRuntime([2, 4, 4], by([1, 1, 0.25, 1], "linear", "align_corners"), {
    answers: [2, 1, 4],
  });
  assert.ok(kindsOf(one).includes("dense"));
});

Deno.test("modes and places that are not known, and what is no image, are refused", () => {
  const refused = (build: ReturnType<typeof by>, pattern: RegExp, shape = [2, 3, 3]) =>
    assert.throws(() => graphModel(shape, build), pattern);
  refused(by([1, 1, 1.5, 1], "linear", "tf_crop_and_resize"), /its pixels lie by tf_crop/);
  refused(by([1, 1, 1.5, 1], "lanczos", "half_pixel"), /its mode is lanczos/);
  refused(by([1, 2, 1, 1], "nearest", "half_pixel"), /something else than images/);
  refused(by([1, 1, 0.1, 1], "nearest", "half_pixel"), /leaves no pixel/);
  refused(by([1, 1, 2 ** 14, 1], "nearest", "half_pixel"), /images of 49152×3 pixels/);
  refused(by([1, 1, 1, 1e30], "nearest", "half_pixel"), /images of 3×\d\S+ pixels/);
  assert.equal(resize.length, 1);
});

Deno.test("sizes may be named instead of factors", async () => {
  const ints = (g: OnnxGraph, ...values: number[]) =>
    g.constant("i", BigInt64Array.from(values, BigInt), [values.length]);
  const sized = (rows: number, columns: number, mode: string) => (g: OnnxGraph, x: string) => {
    const batch = g.node("f", "Slice", [g.node("e", "Shape", [x]), ints(g, 0), ints(g, 2)]);
    const sizes = g.node("s", "Concat", [batch, ints(g, rows, columns)], { axis: { int: 0 } });
    return g.node("n", "Resize", [x, "", "", sizes], { mode: { string: mode } });
  };
  const nearest = await assertAsRuntime([2, 3, 3], sized(6, 9, "nearest"), { answers: [2, 6, 9] });
  assert.deepEqual(kindsOf(nearest), ["upsample"]);
  const linear = await assertAsRuntime([2, 3, 4], sized(5, 8, "linear"), { answers: [2, 5, 8] });
  assert.deepEqual(linear.layers.map((layer) => "size" in layer && [layer.kind, layer.size]), [
    ["resize", [5, 8]],
  ]);
});

Deno.test("batches and channels keep their extents, and rows alone are no image", () => {
  const resized = (shape: readonly number[], ...factors: number[]) => () =>
    graphModel(shape, (g, x) =>
      g.node("n", "Resize", [
        x,
        "",
        g.constant("f", Float32Array.from(factors), [factors.length]),
      ]));
  const other = /something else than images/;
  assert.throws(resized([3, 4], 1, 1, 2), other);
  assert.throws(resized([2, 3, 4], 2, 1, 2, 2), other);
  assert.throws(resized([2, 3, 4], 1, 2, 2, 2), other);
});
