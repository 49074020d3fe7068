import { shapesOf } from "../../../../../../ops/model/layers.ts";
import assert from "node:assert/strict";
import { shapes } from "../../../../../../ops/formats/tfjs/graph/lower/shapes.ts";
import { assertAsConverter, type Build, graphModel, i, ints, kindsOf, s } from "../one_graph.ts";

Deno.test("zeros are added around images, and behind channels", async () => {
  const around = await assertAsConverter(
    [4, 3, 2],
    (g) =>
      g.node("y", "Pad", [
        g.node("r", "Neg", [g.x]),
        g.whole("by", [0, 0, 1, 2, 0, 1, 0, 0], [4, 2]),
      ]),
  );
  assert.deepEqual(kindsOf(around), ["function", "pad"]);
  await assertAsConverter([4, 3, 2], (g) =>
    g.node("y", "PadV2", [
      ...[g.node("r", "Neg", [g.x]), g.whole("by", [0, 0, 1, 0, 0, 0, 1, 3], [4, 2])],
      g.floats("zero", [], [0]),
    ]));
});

Deno.test("brackets cut, take and add axes", async () => {
  const sliced = (
    begin: number[],
    end: number[],
    strides: number[],
    masks: Readonly<Record<string, number>>,
  ): Build =>
  (g) =>
    g.node(
      "y",
      "StridedSlice",
      [
        g.node("r", "Neg", [g.x]),
        ...[g.whole("begin", begin), g.whole("end", end), g.whole("strides", strides)],
      ],
      Object.fromEntries(Object.entries(masks).map(([name, mask]) => [`${name}_mask`, i(mask)])),
    );
  // x[:, 1:3]
  await assertAsConverter([4, 3], sliced([0, 1], [0, 3], [1, 1], { begin: 1, end: 1 }));
  // x[:, -1, 1:]
  await assertAsConverter(
    [4, 3],
    sliced([0, -1, 1], [0, 0, 0], [1, 1, 1], { begin: 1, end: 5, "shrink_axis": 2 }),
  );
  // x[..., 0]
  await assertAsConverter(
    [4, 3],
    sliced([0, 0], [0, 1], [1, 1], { ellipsis: 1, "shrink_axis": 2 }),
  );
  // x[:, 2, newaxis]
  const { outputs: [answer], ...wide } = await assertAsConverter(
    [4, 3],
    sliced([0, 2, 0], [0, 3, 0], [1, 1, 1], { begin: 1, end: 1, "shrink_axis": 2, "new_axis": 4 }),
  );
  assert.deepEqual(shapesOf({ ...wide, outputs: [answer!] })[answer!], [1, 3]);
  // x[:, 3:0:-2]
  await assertAsConverter([4, 3], sliced([0, 3], [0, 0], [1, -2], { begin: 1, end: 1 }));
});

Deno.test("values are cut into parts, and put beside one another", async () => {
  await assertAsConverter([3, 6], (g) => {
    const equal = g.node("equal", "Split", [g.whole("axis", 2), g.node("r", "Neg", [g.x])], {
      "num_split": i(3),
    });
    return g.node("y", "ConcatV2", [`${equal}:2`, equal, g.whole("back", -1)]);
  });
  await assertAsConverter([3, 6], (g) => {
    const listed = g.node("listed", "SplitV", [
      g.node("r", "Neg", [g.x]),
      g.whole("sizes", [1, -1, 2]),
      g.whole("axis", -1),
    ], {
      "num_split": i(3),
    });
    return g.node("y", "ConcatV2", [`${listed}:2`, `${listed}:1`, g.whole("back", 2)]);
  });
  await assertAsConverter([2, 3], (g) => {
    const rows = g.node("rows", "Unpack", [g.node("r", "Neg", [g.x])], { axis: i(1), num: i(2) });
    return g.node("y", "Pack", [`${rows}:1`, rows], { axis: i(-1) });
  });
});

Deno.test("shapes out of shapes, squeezed, turned and begun anew", async () => {
  await assertAsConverter([2, 3, 4], (g) => {
    const turned = g.node("turned", "Transpose", [
      g.node("r", "Neg", [g.x]),
      g.whole("perm", [0, 3, 1, 2]),
    ]);
    const shape = g.node("shape", "Shape", [turned]);
    const one = (name: string, at: number) => g.whole(name, [at]);
    const batch = g.node("batch", "StridedSlice", [shape, one("a", 0), one("z", 1), one("s", 1)], {
      "shrink_axis_mask": i(1),
    });
    const target = g.node("target", "Pack", [batch, g.whole("eight", 8), g.whole("rest", -1)], {
      axis: i(0),
    });
    const flat = g.node("flat", "Reshape", [turned, target]);
    const wide = g.node("wide", "ExpandDims", [flat, g.whole("at", 1)]);
    const narrow = g.node("narrow", "Squeeze", [wide], { "squeeze_dims": ints(1) });
    const offset = g.node("offset", "Fill", [g.whole("dims", [3]), g.floats("two", [], [2])]);
    return g.node("y", "Mul", [narrow, offset]);
  });
});

Deno.test("rows are taken by tokens that are known; other places of each sample are refused", async () => {
  await assertAsConverter(
    [4, 3],
    (g) =>
      g.node("y", "GatherV2", [
        g.node("r", "Neg", [g.x]),
        g.whole("second", [1]),
        g.whole("axis", 1),
      ]),
  );
  assert.throws(
    () =>
      graphModel(
        [4, 3],
        (g) =>
          g.node("y", "GatherV2", [g.x, g.whole("at", [0]), g.whole("axis", 1)], {
            "batch_dims": i(1),
          }),
      ),
    /node "y" \(GatherV2\): it takes other places of each sample/,
  );
});

Deno.test("parts that do not come out, and modes, are sentences", () => {
  assert.ok(Object.hasOwn(shapes, "Pack"));
  assert.throws(
    () =>
      graphModel(
        [5],
        (g) => g.node("y", "Split", [g.whole("axis", 1), g.x], { "num_split": i(2) }),
      ),
    /node "y" \(Split\): it makes 2 parts of 5 places/,
  );
  assert.throws(
    () => graphModel([3, 5], (g) => g.node("y", "Unpack", [g.x], { axis: i(1), num: i(2) })),
    /it takes 2 places of 3/,
  );
  assert.throws(
    () =>
      graphModel(
        [4, 4, 1],
        (g) =>
          g.node("y", "MirrorPad", [g.x, g.whole("by", [0, 0, 1, 1, 1, 1, 0, 0], [4, 2])], {
            mode: s("SYMMETRIC"),
          }),
      ),
    /node "y" \(MirrorPad\): its mode is symmetric/,
  );
});
