import assert from "node:assert/strict";
import type { OnnxGraph } from "../../../../../../ops/formats/onnx/graph.ts";
import { byConstant } from "../../../../../../ops/formats/onnx/read/ops/constants_on.ts";
import { assertAsRuntime, graphModel, kindsOf } from "../one_graph.ts";

const series = (g: OnnxGraph, shape: readonly number[]) =>
  g.constant(
    "c",
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i / 3 - 1),
    shape,
  );
const behind =
  (op: string, before: string, shape: readonly number[]) => (g: OnnxGraph, x: string) =>
    g.node("n", op, [g.node("b", before, [x]), series(g, shape)]);

Deno.test("a constant becomes the layer that its shape is for: by channel, by place or by number", async () => {
  const kinds = async (
    sample: number[],
    build: (g: OnnxGraph, x: string) => string,
    answers?: number[],
  ) =>
    kindsOf(await assertAsRuntime(sample, build, answers ? { answers } : { images: false })).join(
      " ",
    );
  assert.equal(
    await kinds([2, 3, 3], behind("Mul", "Tanh", [2, 1, 1]), [2, 3, 3]),
    "activation+tanh depthwise",
  );
  assert.equal(
    await kinds([3, 4], behind("Add", "Tanh", [3, 4]), undefined),
    "activation+tanh position",
  );
  assert.equal(
    await kinds([3, 4], behind("Mul", "Tanh", [4])),
    "activation+tanh reshape depthwise reshape",
  );
  assert.equal(
    await kinds([3, 4], behind("Mul", "Tanh", [3, 4])),
    "activation+tanh reshape depthwise reshape",
  );
  assert.equal(await kinds([5], behind("Add", "Tanh", [1])), "activation+tanh function");
});

Deno.test("a bias joins the product before it, a scale and a shift the normalisation", async () => {
  const biased = await assertAsRuntime(
    [4],
    (g, x) => g.node("n", "Add", [g.node("m", "MatMul", [x, series(g, [4, 3])]), series(g, [3])]),
  );
  assert.deepEqual(kindsOf(biased), ["dense"]);
  const { layers: [dense] } = biased;
  assert.ok(dense?.kind === "dense" && dense.bias);
});

Deno.test("arithmetic on the input alone is preprocessing, in order", () => {
  const { preprocess, layers } = graphModel([2], (g, x) => {
    const moved = g.node("a", "Add", [x, g.constant("o", Float32Array.of(1, 2), [2])]);
    const scaled = g.node("b", "Mul", [moved, g.constant("s", Float32Array.of(3), [])]);
    return g.node("t", "Tanh", [scaled]);
  });
  assert.deepEqual([preprocess, layers.length], [{ scale: [3, 3], offset: [3, 6] }, 1]);
});

Deno.test("numbers that do not fit are a sentence", () => {
  assert.throws(
    () => graphModel([4], behind("Add", "Tanh", [3])),
    /a value of shape batch×4 with numbers of 3/,
  );
  assert.equal(byConstant.length, 4);
});

Deno.test("one number for all joins what can take it", async () => {
  const one = (value: number) => (g: OnnxGraph) => g.constant("o", Float32Array.of(value), []);
  const read = async (build: (g: OnnxGraph, x: string) => string) => {
    const { layers } = await assertAsRuntime([4], build);
    return layers.map((layer) =>
      layer.kind === "function" ? `${layer.function} ${layer.parameters}` : layer.kind
    ).join(" ");
  };
  const dense = (g: OnnxGraph, x: string) => g.node("m", "MatMul", [x, series(g, [4, 3])]);
  assert.equal(await read((g, x) => g.node("n", "Add", [dense(g, x), one(2)(g)])), "dense");
  assert.equal(
    await read((g, x) => g.node("n", "Mul", [dense(g, x), one(2)(g)])),
    "dense scale 2,0",
  );
  const steps = (...ops: readonly (readonly [string, number])[]) => (g: OnnxGraph, x: string) =>
    ops.reduce(
      (last, [op, value]) => g.node("n", op, [last, one(value)(g)]),
      g.node("t", "Tanh", [x]),
    );
  assert.equal(await read(steps(["Mul", 2], ["Add", 3], ["Mul", 5])), "activation scale 10,15");
  assert.equal(await read(steps(["Add", 3], ["Mul", 2], ["Add", 1])), "activation scale 2,7");
  assert.equal(await read(steps(["Sub", 0.5], ["Div", 4])), "activation scale 0.25,-0.125");
  assert.equal(await read(steps(["Mul", 1], ["Add", 0])), "activation", "what changes nothing");
});

Deno.test("what is read twice stays as it is where numbers would join it", async () => {
  const model = await assertAsRuntime([4], (g, x) => {
    const product = g.node("m", "MatMul", [x, series(g, [4, 3])]);
    return g.node("n", "Mul", [product, g.node("a", "Add", [product, series(g, [3])])]);
  });
  const [first] = model.layers;
  assert.ok(first?.kind === "dense" && !first.bias);
});

Deno.test("a second bias is added to the first, a scale and a shift to a standardisation", async () => {
  const twice = await assertAsRuntime([4], (g, x) => {
    const product = g.node("m", "MatMul", [x, series(g, [4, 3])]);
    return g.node("n", "Add", [g.node("a", "Add", [product, series(g, [3])]), series(g, [3])]);
  });
  assert.deepEqual(kindsOf(twice), ["dense"]);
  const norm = (...ops: string[]) => (g: OnnxGraph, x: string) =>
    ops.reduce(
      (last, op) => g.node("n", op, [last, series(g, [4])]),
      g.node("l", "LayerNormalization", [x, g.constant("s", Float32Array.of(1, 2, 3, 4), [4])]),
    );
  const shifted = await assertAsRuntime([3, 4], norm("Add"), { images: false });
  assert.deepEqual(kindsOf(shifted), ["layer-norm"]);
  const again = await assertAsRuntime([3, 4], norm("Add", "Add"), { images: false });
  assert.deepEqual(kindsOf(again)[0], "layer-norm");
  assert.ok(again.layers.length > 1, "a shift that is there stays");
});

/** An image behind it, whose channels are last in the model wherever the value's axes were moved to. */
const pooled = (g: OnnxGraph, value: string) =>
  g.node("pool", "MaxPool", [value], { ["kernel_shape"]: { ints: [1, 1] } });

Deno.test("numbers along some axes of an image are those of each pixel that they reach", async () => {
  for (const op of ["Mul", "Add"]) {
    for (const shape of [[2, 3, 1], [2, 1, 4], [1, 3, 4], [2, 3, 4], [3, 1], [1, 3, 1]]) {
      const build = (g: OnnxGraph, x: string) => pooled(g, behind(op, "Tanh", shape)(g, x));
      await assertAsRuntime([2, 3, 4], build, { answers: [2, 3, 4] });
    }
  }
  const [there, back] = [[0, 3, 1, 2], [0, 2, 3, 1]].map((ints) => ({ perm: { ints } }));
  await assertAsRuntime([2, 3, 4], (g, x) => {
    const turned = g.node("p", "Transpose", [g.node("t", "Tanh", [x])], there);
    const sum = g.node("n", "Add", [turned, series(g, [4, 2, 3])]);
    return pooled(g, g.node("b", "Transpose", [sum], back));
  }, { answers: [2, 3, 4] });
});

Deno.test("numbers may have axes of 1 before those of the value, and no more", () => {
  assert.doesNotThrow(() => graphModel([4], behind("Add", "Tanh", [1, 1, 4])));
  assert.throws(
    () => graphModel([4], behind("Add", "Tanh", [2, 1, 4])),
    /a value of shape batch×4 with numbers of 2×1×4/,
  );
  assert.throws(
    () => graphModel([4], behind("Mul", "Tanh", [3, 4])),
    /a value of shape batch×4 with numbers of 3×4/,
  );
});

Deno.test("preprocessing is by channel where any of it is", () => {
  const read = (...ops: readonly (readonly [string, ...number[]])[]) =>
    graphModel([2], (g, x) => {
      const last = ops.reduce((last, [op, ...values]) => {
        const shape = values.length === 1 ? [] : [values.length];
        return g.node("n", op, [last, g.constant("v", Float32Array.from(values), shape)]);
      }, x);
      return g.node("t", "Tanh", [last]);
    }).preprocess;
  assert.deepEqual(read(["Add", 3], ["Mul", 2]), { scale: [2], offset: [6] });
  assert.deepEqual(read(["Mul", 2], ["Add", 1, 5]), { scale: [2], offset: [1, 5] });
  assert.deepEqual(read(["Mul", 2, 3], ["Add", 4], ["Mul", 5, 7]), {
    ...{ scale: [10, 21], offset: [20, 28] },
  });
  assert.deepEqual(read(["Sub", 1], ["Div", 4]), { scale: [0.25], offset: [-0.25] });
});
