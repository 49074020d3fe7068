import assert from "node:assert/strict";
import { convolution } from "../../../../../../ops/formats/tfjs/graph/lower/windows.ts";
import { answersOf } from "../../../onnx/read/one_graph.ts";
import { loweringOf } from "../../../../../../ops/formats/tfjs/graph/lower/mod.ts";
import { assertAsConverter, b, f, graphModel, i, ints, kindsOf, s, texts } from "../one_graph.ts";

const SPACE = { strides: ints(1, 1, 1, 1), padding: s("SAME") };

for (
  const [padding, strides, dilations] of [["SAME", 1, 1], ["SAME", 2, 1], ["VALID", 2, 1], [
    "VALID",
    1,
    2,
  ]] as const
) {
  Deno.test(`convolutions slide as TensorFlow's: ${padding}, strides ${strides}, dilations ${dilations}`, async () => {
    const sliding = {
      strides: ints(1, strides, strides, 1),
      dilations: ints(1, dilations, dilations, 1),
      padding: s(padding),
    };
    const model = await assertAsConverter([8, 7, 4], (g) => {
      const conv = g.node("net/conv/Conv2D", "Conv2D", [g.x, g.floats("k", [3, 3, 4, 5])], sliding);
      return g.node("net/depth/depthwise", "DepthwiseConv2dNative", [
        conv,
        g.floats("d", [3, 3, 5, 2]),
      ], {
        ...SPACE,
        dilations: ints(1, 1, 1, 1),
      });
    });
    assert.deepEqual(kindsOf(model), ["conv", "depthwise"]);
    assert.deepEqual(model.layers.map(({ name }) => name), ["conv", "depth.depthwise"]);
  });
}

Deno.test("what a convolution ends in is in its layer, and explicit zeros are margins", async () => {
  const model = await assertAsConverter(
    [6, 6, 2],
    (g) =>
      g.node("conv", "_FusedConv2D", [g.x, g.floats("k", [3, 2, 2, 3]), g.floats("b", [3])], {
        ...{ strides: ints(1, 2, 1, 1), padding: s("EXPLICIT"), "num_args": i(1) },
        "explicit_paddings": ints(0, 0, 2, 1, 0, 1, 0, 0),
        "fused_ops": texts("BiasAdd", "Relu"),
      }),
  );
  assert.deepEqual(kindsOf(model), ["conv+relu"]);
  const [layer] = model.layers;
  assert.deepEqual(layer!.kind === "conv" && layer!.padding, [[2, 1], [0, 1]]);
});

Deno.test("poolings leave zeros at the border out of means", async () => {
  for (const op of ["MaxPool", "AvgPool"]) {
    for (const padding of ["SAME", "VALID"]) {
      const attr = { ksize: ints(1, 3, 2, 1), strides: ints(1, 2, 2, 1), padding: s(padding) };
      await assertAsConverter([7, 6, 3], (g) => g.node("pool", op, [g.x], attr));
    }
  }
});

/** A transposed convolution of 4 × 3 to a size, whose windows are `reach` wide. */
const transposed = (
  { padding, size, reach, stride }: {
    readonly padding: string;
    readonly size: readonly [number, number];
    readonly reach: number;
    readonly stride: number;
  },
) =>
  assertAsConverter([4, 3, 2], (g) => {
    const shape = g.node("shape", "Shape", [g.x]);
    const one = (name: string, value: number) => g.whole(name, [value]);
    const batch = g.node("batch", "StridedSlice", [shape, one("a", 0), one("z", 1), one("s", 1)], {
      "shrink_axis_mask": i(1),
    });
    const [height, width] = size;
    const sizes = g.node("sizes", "Pack", [
      ...[batch, g.whole("h", height), g.whole("w", width), g.whole("c", 5)],
    ], { axis: i(0) });
    const kernel = g.floats("k", [reach, reach, 5, 2]);
    return g.node("up", "Conv2DBackpropInput", [sizes, kernel, g.x], {
      ...{ strides: ints(1, stride, stride, 1), padding: s(padding) },
    });
  });

Deno.test("a transposed convolution gives the size that is said", async () => {
  // Of what is cut off half is in front, rounded down.
  const all = [
    { padding: "SAME", size: [8, 6], reach: 3, stride: 2 },
    { padding: "SAME", size: [8, 6], reach: 4, stride: 2 },
    { padding: "SAME", size: [8, 6], reach: 5, stride: 2 },
    // Windows that do not meet leave zeros, the last ones too.
    { padding: "SAME", size: [12, 9], reach: 2, stride: 3 },
    { padding: "VALID", size: [9, 7], reach: 3, stride: 2 },
  ] as const;
  for (const each of all) {
    const model = await transposed(each);
    assert.ok(kindsOf(model).includes("conv-transpose"));
  }
});

Deno.test("rows that no window reaches are zeros behind the result, which no layer makes", async () => {
  const all = [
    { padding: "VALID", size: [10, 8], reach: 3, stride: 2 },
    // Of one axis alone.
    { padding: "VALID", size: [9, 8], reach: 3, stride: 2 },
  ] as const;
  for (const each of all) {
    await assert.rejects(transposed(each), /its output_padding is more than its pads/);
  }
});

Deno.test("a batch normalisation is one layer", async () => {
  const model = await assertAsConverter(
    [4, 4, 3],
    (g) =>
      g.node("norm/FusedBatchNormV3", "FusedBatchNormV3", [
        ...[g.x, g.floats("g", [3]), g.floats("b", [3]), g.floats("m", [3])],
        g.floats("v", [3], [0.5, 1, 2]),
      ], { epsilon: f(0.01), "is_training": b(false) }),
  );
  assert.deepEqual(kindsOf(model), ["batchnorm"]);
});

Deno.test("images are resized by half-pixel centres and otherwise", async () => {
  const resized =
    (op: string, attr: object) => (g: Parameters<Parameters<typeof graphModel>[1]>[0]) =>
      g.node("up", op, [g.x, g.whole("size", [8, 6])], attr as Record<string, object>);
  const model = await assertAsConverter(
    [4, 3, 2],
    resized("ResizeBilinear", { "half_pixel_centers": b(true) }),
  );
  assert.deepEqual(kindsOf(model), ["resize"]);
  const near = await assertAsConverter([4, 3, 2], resized("ResizeNearestNeighbor", {}));
  assert.deepEqual(kindsOf(near), ["upsample"]);
  // Places that are no pixels' centres are matrices along each axis.
  for (const attr of [{ "align_corners": b(true) }, {}]) {
    const other = await assertAsConverter([4, 3, 2], resized("ResizeBilinear", attr));
    assert.ok(kindsOf(other).includes("dense"));
  }
});

Deno.test("blocks of channels become pixels", async () => {
  await assertAsConverter([3, 2, 8], (g) => {
    const wide = g.node("d", "DepthToSpace", [g.x], {
      ...{ "block_size": i(2), "data_format": s("NHWC") },
    });
    return g.node("out", "Mul", [wide, g.floats("m", [2])]);
  });
});

Deno.test("a convolution is lowered alike whether something is fused with it or not", () => {
  assert.equal(loweringOf("Conv2D"), convolution);
  assert.equal(loweringOf("_FusedConv2D"), convolution);
});

Deno.test("blocks of pixels become channels, as the other way round undoes", async () => {
  const model = graphModel([4, 6, 3], (g) => {
    const block = { "block_size": i(2), "data_format": s("NHWC") };
    const deep = g.node("deep", "SpaceToDepth", [g.node("r", "Relu", [g.x])], block);
    return g.node("wide", "DepthToSpace", [g.node("n", "Neg", [deep])], block);
  });
  const x = Float32Array.from({ length: 72 }, (_, at) => at - 30);
  assert.deepEqual(await answersOf(model, 1, x), x.map((each) => 0 - Math.max(0, each)));
  const one = graphModel(
    [2, 2, 2],
    (g) => g.node("deep", "SpaceToDepth", [g.node("r", "Relu", [g.x])], { "block_size": i(2) }),
  );
  // Rows of blocks first, then columns, channels innermost: the order that they have already.
  assert.deepEqual([...await answersOf(one, 1, [1, 2, 3, 4, 5, 6, 7, 8])], [
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
  ]);
});

Deno.test("kernels that depend on the sample, or are of other axes, are sentences", () => {
  assert.throws(
    () => graphModel([4, 4, 2], (g) => g.node("c", "Conv2D", [g.x, g.x], SPACE)),
    /node "c" \(Conv2D\): its kernel depends on the sample/,
  );
  assert.throws(
    () => graphModel([4, 4, 2], (g) => g.node("c", "Conv2D", [g.x, g.floats("k", [2, 2])], SPACE)),
    /its kernel is of shape 2×2/,
  );
  assert.throws(
    () =>
      graphModel([4, 2], (g) => g.node("c", "Conv2D", [g.x, g.floats("k", [1, 1, 2, 2])], SPACE)),
    /it reads a value of 3 axes; images have 4/,
  );
  const odd = { ...SPACE, strides: ints(2, 1, 1, 1) };
  assert.throws(
    () =>
      graphModel([4, 4, 2], (g) => g.node("c", "Conv2D", [g.x, g.floats("k", [1, 1, 2, 2])], odd)),
    /its strides are 2, 1, 1, 1: not of space alone/,
  );
});

Deno.test("channels may stand behind the batch: strides, zeros and sizes are of the last two axes then", () => {
  const first = { "data_format": s("NCHW") };
  const conv = graphModel([2, 7, 6], (g) => {
    const explicit = ints(0, 0, 0, 0, 1, 2, 0, 1);
    const image = g.node("c", "Conv2D", [g.x, g.floats("k", [3, 2, 2, 4])], {
      ...{ ...first, strides: ints(1, 1, 2, 1), padding: s("EXPLICIT") },
      "explicit_paddings": explicit,
    });
    return g.node("p", "MaxPool", [image], {
      ...{ ...first, ksize: ints(1, 1, 2, 3), strides: ints(1, 1, 1, 2), padding: s("VALID") },
    });
  });
  const found = conv.layers.flatMap((layer) =>
    layer.kind === "conv" || layer.kind === "max-pool"
      ? [[
        layer.kind,
        layer.kind === "conv" ? layer.kernel : layer.size,
        layer.strides,
        layer.padding,
      ]]
      : []
  );
  assert.deepEqual(found, [
    ["conv", [3, 2], [2, 1], [[1, 2], [0, 1]]],
    ["max-pool", [2, 3], [1, 2], "valid"],
  ]);
  const odd = { ...first, strides: ints(1, 2, 1, 1), padding: s("SAME") };
  assert.throws(
    () =>
      graphModel([2, 4, 4], (g) => g.node("c", "Conv2D", [g.x, g.floats("k", [1, 1, 2, 2])], odd)),
    /its strides are 1, 2, 1, 1: not of space alone/,
  );
});
