import assert from "node:assert/strict";
import type { Attributes, OnnxGraph } from "../../../../../../ops/formats/onnx/graph.ts";
import * as shapes from "../../../../../../ops/formats/onnx/read/ops/shapes.ts";
import { assertClose } from "../../../../../close.ts";
import { answersOf, assertAsRuntime, graphModel, kindsOf } from "../one_graph.ts";

const ints = (g: OnnxGraph, ...values: number[]) =>
  g.constant("i", BigInt64Array.from(values, BigInt), [values.length]);
const one =
  (op: string, attributes: Attributes = {}, ...numbers: number[][]) => (g: OnnxGraph, x: string) =>
    g.node("n", op, [x, ...numbers.map((each) => ints(g, ...each))], attributes);

Deno.test("an embedding by tokens, and the last state of steps", async () => {
  const model = graphModel([3], (g, x) => {
    const table = g.constant("w", Float32Array.of(0, 0, 1, 2, 3, 4), [3, 2]);
    return g.node("n", "Gather", [table, g.node("t", "Cast", [x], { to: { int: 7 } })]);
  });
  assert.deepEqual(kindsOf(model), ["embedding"]);
  assertClose(await answersOf(model, 1, [2, 0, 1]), [3, 4, 0, 0, 1, 2]);
});

Deno.test("slices of one axis that are subtracted are read as two values", async () => {
  const model = graphModel([4, 1], (g, x) => {
    const part = (from: number, to: number) =>
      g.node("p", "Slice", [x, ints(g, from), ints(g, to), ints(g, 1)]);
    return g.node("n", "Sub", [part(0, 2), part(2, 4)]);
  });
  assertClose(await answersOf(model, 1, [5, 7, 1, 2]), [4, 5]);
});

Deno.test("axes of extent 1 come and go without a layer", () => {
  const model = graphModel([3], (g, x) => {
    const wide = g.node("u", "Unsqueeze", [g.node("t", "Tanh", [x]), ints(g, 1, -1)]);
    return g.node("s", "Squeeze", [wide, ints(g, 1, 3)]);
  });
  assert.deepEqual(kindsOf(model), ["activation+tanh"]);
});

Deno.test("zeros are cut where they are less than none", () => {
  const model = graphModel([1, 4, 4], one("Pad", {}, [0, 0, -1, 1, 0, 0, 0, 0]));
  assert.deepEqual(model.layers.map(({ kind }) => kind), ["pad", "crop"]);
});

Deno.test("what would mix samples, or take some, or has no form, is refused", () => {
  const refused = (
    build: (g: OnnxGraph, x: string) => string,
    pattern: RegExp,
    sample = [2, 2, 4],
  ) => assert.throws(() => graphModel(sample, build), pattern);
  refused(one("Reshape", {}, [-1, 4]), /a value inside a batch that is one axis with others/);
  refused(
    one("Reshape", {}, [8, -1]),
    /: it gives batch×2×2×4 a shape of 2 axes that mixes samples of a batch$/,
  );
  refused(one("Reshape", {}, [0, 3, -1]), /: it gives batch×2×2×4 a shape that it cannot have$/);
  refused(one("Transpose", { perm: { ints: [0, 1, 1, 2] } }), /its perm is 0, 1, 1, 2/);
  refused(one("Squeeze", {}, [1]), /takes an axis away from batch×2×2×4/);
  refused(one("Pad", {}, [1, 0, 0, 0, 0, 0, 0, 0]), /it adds samples of zeros/);
  refused(
    one("Pad", { mode: { string: "wrap" } }, [0, 0, 1, 0, 0, 0, 0, 0]),
    /its mode is wrap; constant, reflect and edge/,
  );
  refused(one("Slice", {}, [0], [2], [0]), /takes samples out of a batch/);
  assert.equal(typeof shapes.squeeze, "function");
});

Deno.test("borders out of the image itself, and blocks of channels as blocks of pixels", async () => {
  for (const mode of ["reflect", "edge"]) {
    await assertAsRuntime(
      [2, 4, 5],
      one("Pad", { mode: { string: mode } }, [0, 0, 2, 1, 0, 0, 1, 3]),
      { answers: [2, 7, 9] },
    );
  }
  const block = { blocksize: { int: 2 } };
  for (const mode of ["DCR", "CRD"]) {
    const attributes = { ...block, mode: { string: mode } };
    await assertAsRuntime([8, 2, 3], one("DepthToSpace", attributes), { answers: [2, 4, 6] });
  }
  await assertAsRuntime([2, 4, 6], one("SpaceToDepth", block), { answers: [8, 2, 3] });
});

Deno.test("what is filled in around an image is 0", () => {
  const filled = (value: number) =>
    graphModel([1, 4, 4], (g, x) => {
      const sides = ints(g, 0, 0, 1, 0, 0, 0, 0, 2);
      return g.node("n", "Pad", [x, sides, g.constant("v", Float32Array.of(value), [])]);
    });
  assert.throws(() => filled(1), /it fills with another number than 0/);
  const { layers: [pad, ...rest] } = filled(0);
  assert.ok(pad?.kind === "pad");
  assert.deepEqual([pad.amounts, rest], [[[1, 0], [0, 2]], []]);
  const none = graphModel(
    [1, 4, 4],
    (g, x) => one("Pad", {}, [0, 0, 0, 0, 0, 0, 0, 0])(g, g.node("t", "Tanh", [x])),
  );
  assert.deepEqual(kindsOf(none), ["activation+tanh"]);
});

Deno.test("axes of 1 that are not named go, all of them", async () => {
  const squeezed = await assertAsRuntime(
    [1, 3, 1],
    (g, x) => one("Squeeze")(g, g.node("t", "Tanh", [x])),
  );
  assert.deepEqual(kindsOf(squeezed), ["activation+tanh", "flatten"]);
});

Deno.test("ONNX Runtime agrees on a flattening from any axis on", async () => {
  const flat = (attributes: Attributes) => (g: OnnxGraph, x: string) =>
    g.node("n", "Flatten", [g.node("t", "Tanh", [x])], attributes);
  for (const attributes of [{}, { axis: { int: 1 } }, { axis: { int: -3 } }]) {
    const model = await assertAsRuntime([2, 3, 4], flat(attributes));
    assert.equal(kindsOf(model).at(-1), "flatten");
  }
  for (const axis of [0, 2, -1]) {
    assert.throws(
      () => graphModel([2, 3, 4], flat({ axis: { int: axis } })),
      /samples of a batch|batch (that )?is one axis with others/,
    );
  }
});

Deno.test("ONNX Runtime agrees on zeros before and behind any axis", async () => {
  const padded = (...sides: number[]) => (g: OnnxGraph, x: string) =>
    g.node("r", "Exp", [one("Pad", {}, sides)(g, g.node("t", "Tanh", [x]))]);
  for (const sides of [[0, 1, 0, 0, 2, 0], [0, 0, 2, 0, 0, 1], [0, -1, 1, 0, 0, 0]]) {
    await assertAsRuntime([4, 3], padded(...sides), { images: false });
  }
});
