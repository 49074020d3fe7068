import assert from "node:assert/strict";
import type { Attributes, OnnxGraph } from "../../../../../../ops/formats/onnx/graph.ts";
import * as shapes from "../../../../../../ops/formats/onnx/read/ops/shapes.ts";
import { assertClose } from "../../../../../close.ts";
import type { ModelProto } from "../../../../../../engine/deps/onnx_buf.ts";
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

Deno.test("parts of an axis, each a value", async () => {
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
  refused(one("Reshape", {}, [8, -1]), /a shape of 2 axes that mixes samples of a batch/);
  refused(one("Reshape", {}, [0, 3, -1]), /gives batch×2×2×4 a shape that it cannot have/);
  refused(one("Transpose", { perm: { ints: [0, 1, 1, 2] } }), /its perm is 0, 1, 1, 2/);
  refused(one("Squeeze", {}, [1]), /takes an axis away from batch×2×2×4/);
  refused(one("Pad", {}, [0, 1, 0, 0, 0, 0, 0, 0]), /elsewhere than around images/);
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

/** The first operator of a kind gives these values as well. */
const gives = (op: string, ...more: readonly string[]) => ({ graph }: ModelProto) =>
  void graph!.node.find(({ opType }) => opType === op)!.output.push(...more);

Deno.test("ONNX Runtime agrees on equal parts, on parts of a size, and on a last one that is smaller", async () => {
  const turned = (g: OnnxGraph, axis: number, first: string, ...more: string[]) =>
    g.node("joined", "Concat", [...more, first], { axis: { int: axis } });
  const equal = await assertAsRuntime(
    [6, 2],
    (g, x) => turned(g, 1, g.node("a", "Split", [x], { axis: { int: 1 } }), "second", "third"),
    { images: false, change: gives("Split", "second", "third") },
  );
  assert.equal(equal.layers.filter(({ kind }) => kind === "crop").length, 3);
  await assertAsRuntime(
    [6, 2],
    (g, x) =>
      turned(g, 1, g.node("a", "Split", [x, ints(g, 1, 3, 2)], { axis: { int: -2 } }), "b", "c"),
    { images: false, change: gives("Split", "b", "c") },
  );
  const smaller = { axis: { int: 1 }, ["num_outputs"]: { int: 3 } };
  await assertAsRuntime(
    [7, 2],
    (g, x) => turned(g, 1, g.node("a", "Split", [x], smaller), "second", "third"),
    { images: false, opset: 18, change: gives("Split", "second", "third") },
  );
  const channels = await assertAsRuntime(
    [6, 2, 3],
    (g, x) => turned(g, 1, g.node("a", "Split", [x], { axis: { int: 1 } }), "second"),
    { answers: [6, 2, 3], change: gives("Split", "second") },
  );
  assert.deepEqual(kindsOf(channels), ["split", "split", "concat"]);
  assert.throws(
    () =>
      graphModel([6, 2], (g, x) => {
        const sizes = ints(g, 4, 3);
        return turned(g, 1, g.node("a", "Split", [x, sizes], { axis: { int: 1 } }), "second");
      }, { change: gives("Split", "second") }),
    /it takes 3 places from 4 on, of 6/,
  );
});

Deno.test("ONNX Runtime agrees on cuts from either end, along any axis", async () => {
  const cases: readonly (readonly [number[], number[], number[], number[]])[] = [
    [[4, 3, 3], [1], [4], [1]],
    [[4, 3, 3], [-3], [-1], [1]],
    [[4, 3, 3], [1, 0], [99, 2], [2, 3]],
    [[4, 3, 3], [2], [3], [1]],
  ];
  for (const [shape, starts, ends, axes] of cases) {
    const answers = [...shape];
    axes.forEach((axis, at) => {
      const [from, to] = [starts[at]!, ends[at]!].map((place) =>
        place < 0 ? place + shape[axis - 1]! : Math.min(place, shape[axis - 1]!)
      );
      answers[axis - 1] = to! - from!;
    });
    await assertAsRuntime(shape, one("Slice", {}, starts, ends, axes), { answers });
  }
  const whole = graphModel(
    [4, 3, 3],
    (g, x) => one("Slice", {}, [0], [4], [1])(g, g.node("t", "Tanh", [x])),
  );
  assert.deepEqual(kindsOf(whole), ["activation+tanh"], "all of it is no layer");
});

Deno.test("ONNX Runtime agrees on single places, with and without their axis", async () => {
  const place =
    (index: number, axis: number, shape: readonly number[]) => (g: OnnxGraph, x: string) => {
      const at = g.constant("at", BigInt64Array.of(BigInt(index)), shape);
      return g.node("n", "Gather", [x, at], { axis: { int: axis } });
    };
  for (
    const [index, axis, shape] of [
      [2, 1, []],
      [-2, 1, []],
      [1, 2, []],
      [1, -1, [1]],
      [0, 1, [1]],
    ] as const
  ) {
    await assertAsRuntime([4, 3], place(index, axis, shape), { images: false });
  }
});

Deno.test("ONNX Runtime agrees on the last step of a recurrent layer, which then gives no others", async () => {
  const series = (size: number) => Float32Array.from({ length: size }, (_, i) => Math.sin(i * 0.7));
  const read = async (index: number) => {
    const model = await assertAsRuntime([3, 2], (g, x) => {
      const steps = g.node("t", "Transpose", [x], { perm: { ints: [1, 0, 2] } });
      const weights = [
        g.constant("w", series(16), [1, 8, 2]),
        g.constant("r", series(16), [1, 8, 2]),
      ];
      const all = g.node("l", "LSTM", [steps, ...weights], { ["hidden_size"]: { int: 2 } });
      const plain = g.node("s", "Squeeze", [all, ints(g, 1)]);
      const at = g.constant("at", BigInt64Array.of(BigInt(index)), []);
      return g.node("n", "Gather", [plain, at], { axis: { int: 0 } });
    }, { images: false });
    return model.layers.map((layer) =>
      "sequence" in layer ? `${layer.kind} ${layer.sequence}` : layer.kind
    ).join(" ");
  };
  assert.deepEqual([await read(-1), await read(2)], ["recurrent false", "recurrent false"]);
  assert.equal(await read(0), "recurrent true first");
  assert.match(await read(1), /^recurrent true reshape crop/);
});

Deno.test("ONNX Runtime agrees on sizes that are named, and on axes of 1 that are not", async () => {
  const sized = (rows: number, columns: number, mode = "nearest") => (g: OnnxGraph, x: string) => {
    const batch = g.node("f", "Slice", [g.node("e", "Shape", [x]), ints(g, 0), ints(g, 2)]);
    const sizes = g.node("s", "Concat", [batch, ints(g, rows, columns)], { axis: { int: 0 } });
    return g.node("n", "Resize", [x, "", "", sizes], { mode: { string: mode } });
  };
  const nearest = await assertAsRuntime([2, 3, 3], sized(6, 9), { answers: [2, 6, 9] });
  assert.deepEqual(kindsOf(nearest), ["upsample"]);
  const linear = await assertAsRuntime([2, 3, 4], sized(5, 8, "linear"), { answers: [2, 5, 8] });
  assert.deepEqual(linear.layers.map((layer) => "size" in layer && [layer.kind, layer.size]), [
    ["resize", [5, 8]],
  ]);
  assert.throws(() => graphModel([2, 3, 4], sized(2, 8, "linear")), /its mode is linear with half/);
  assert.throws(() => graphModel([2, 3, 4], sized(4, 8, "cubic")), /its mode is cubic with half/);
  const squeezed = await assertAsRuntime(
    [1, 3, 1],
    (g, x) => one("Squeeze")(g, g.node("t", "Tanh", [x])),
  );
  assert.deepEqual(kindsOf(squeezed), ["activation+tanh", "flatten"]);
});

Deno.test("what is resized is an image, and what is filled in is 0", () => {
  const resized = (shape: readonly number[], ...factors: number[]) => () =>
    graphModel(
      shape,
      (g, x) =>
        g.node("n", "Resize", [
          x,
          "",
          g.constant("f", Float32Array.from(factors), [factors.length]),
        ]),
    );
  const other = /it resizes something else than images/;
  assert.throws(resized([3, 4], 1, 1, 2), other);
  assert.throws(resized([2, 3, 4], 2, 1, 2, 2), other);
  assert.throws(resized([2, 3, 4], 1, 2, 2, 2), other);
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

Deno.test("rows are looked up in a table alone, by places that are known otherwise", () => {
  const looked = (shape: readonly number[], axis: number, sample = [3]) => () =>
    graphModel(sample, (g, x) => {
      const size = shape.reduce((product, extent) => product * extent, 1);
      const table = g.constant("w", new Float32Array(size), shape);
      const tokens = g.node("t", "Cast", [x], { to: { int: 7 } });
      return g.node("n", "Gather", [table, tokens], { axis: { int: axis } });
    });
  const alone = /rows of a table by a sequence of tokens are all that can be read/;
  assert.doesNotThrow(looked([5, 2], 0));
  assert.throws(looked([5], 0), alone);
  assert.throws(looked([5, 2], 1), alone);
  assert.throws(looked([5, 2], 0, [3, 2]), alone);
  const places = () =>
    graphModel(
      [3],
      (g, x) =>
        g.node("n", "Gather", [
          g.node("h", "Tanh", [x]),
          g.node("t", "Cast", [x], { to: { int: 7 } }),
        ]),
    );
  assert.throws(places, /places that depend on the sample cannot be read/);
});
