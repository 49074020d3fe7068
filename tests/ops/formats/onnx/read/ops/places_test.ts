import assert from "node:assert/strict";
import type { ModelProto } from "../../../../../../engine/deps/onnx_buf.ts";
import type { Attributes, OnnxGraph } from "../../../../../../ops/formats/onnx/graph.ts";
import * as places from "../../../../../../ops/formats/onnx/read/ops/places.ts";
import { assertAsRuntime, graphModel, kindsOf } from "../one_graph.ts";

const ints = (g: OnnxGraph, ...values: number[]) =>
  g.constant("i", BigInt64Array.from(values, BigInt), [values.length]);
const one =
  (op: string, attributes: Attributes = {}, ...numbers: number[][]) => (g: OnnxGraph, x: string) =>
    g.node("n", op, [x, ...numbers.map((each) => ints(g, ...each))], attributes);
const rows = { images: false };

Deno.test("places in any order, and again", async () => {
  const take = (...at: number[]) => one("Gather", { axis: { int: 1 } }, at);
  assert.deepEqual(kindsOf(await assertAsRuntime([4, 3], take(1, 2), rows)), [
    ...["reshape", "crop", "reshape"],
  ]);
  await assertAsRuntime([4, 3], take(3, 0, 1, 1, -1), rows);
  await assertAsRuntime([6], take(5, 4, 0), rows);
  const many = Array.from({ length: 300 }, (_, i) => 3 - i % 4);
  assert.throws(() => graphModel([4, 3], take(...many)), /in 300 pieces/);
  assert.throws(
    () =>
      graphModel([4, 3], (g, x) =>
        g.node("n", "Gather", [
          x,
          g.constant("i", BigInt64Array.of(0n, 1n, 1n, 0n), [2, 2]),
        ], { axis: { int: 1 } })),
    /by a table of shape 2×2/,
  );
  assert.equal(typeof places.splitUp, "function");
});

Deno.test("slices with steps, forwards and back", async () => {
  for (const [from, to, step] of [[0, 6, 2], [1, 6, 2], [0, 5, 3], [5, -7, -1], [4, 0, -2]]) {
    const slice = one("Slice", {}, [from!], [to!], [1], [step!]);
    await assertAsRuntime([6, 3], slice, rows);
    await assertAsRuntime([6], slice, rows);
  }
  // Where the axis is long enough, the parts are those of another shape.
  const even = await assertAsRuntime([6, 3], one("Slice", {}, [0], [6], [1], [2]), rows);
  assert.ok(!kindsOf(even).includes("concat"));
});

Deno.test("values are as long as others where they have an extent of 1, or so many times as long", async () => {
  await assertAsRuntime([1, 3], one("Expand", {}, [1, 4, 3]), rows);
  await assertAsRuntime([2, 3], one("Tile", {}, [1, 2, 2]), rows);
  await assertAsRuntime([2, 1, 1], one("Expand", {}, [1, 2, 3, 4]), { answers: [2, 3, 4] });
  assert.throws(() => graphModel([2], one("Tile", {}, [2, 1])), /it repeats samples of a batch/);
  assert.throws(() => graphModel([2], one("Expand", {}, [1, 3])), /cannot stretch an axis/);
});

Deno.test("slices of unequal size that broadcast are read; one along the batch is refused", async () => {
  await assertAsRuntime([5, 2], (g, x) => {
    const parts = one("Slice", {}, [0], [2], [1])(g, x);
    const rest = one("Slice", {}, [2], [4], [1])(g, x);
    return g.node("n", "Mul", [parts, rest]);
  }, rows);
  assert.throws(
    () => graphModel([5, 2], one("Slice", {}, [0], [2], [0])),
    /samples out of a batch/,
  );
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
