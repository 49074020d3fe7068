import assert from "node:assert/strict";
import type { OnnxGraph } from "../../../../../../ops/formats/onnx/graph.ts";
import "../../../../../../ops/formats/onnx/read/ops/arithmetic.ts";
import { assertClose } from "../../../../../close.ts";
import { answersOf, assertAsRuntime, channelsLast, graphModel, kindsOf } from "../one_graph.ts";

const vector = (g: OnnxGraph, ...values: number[]) =>
  g.constant("c", Float32Array.from(values), [values.length]);
const number = (g: OnnxGraph, value: number) => g.constant("n", Float32Array.of(value), []);
const tanh = (g: OnnxGraph, x: string) => g.node("t", "Tanh", [x]);

Deno.test("a constant before or behind -, · and / is read; one divided by a value, and a bound for each value, are refused", async () => {
  const of = (op: string, first: boolean) =>
    graphModel([2], (g, x) => {
      const [known, value] = [vector(g, 2, 4), g.node("t", "Relu", [x])];
      return g.node("n", op, first ? [known, value] : [value, known]);
    });
  const x = [1, 8];
  assertClose(await answersOf(of("Sub", false), 1, x), [-1, 4]);
  assertClose(await answersOf(of("Sub", true), 1, x), [1, -4]);
  assertClose(await answersOf(of("Div", false), 1, x), [0.5, 2]);
  assertClose(await answersOf(of("Mul", true), 1, x), [2, 32]);
  assert.throws(() => of("Div", true), /a number divided by a value cannot be read/);
  assert.throws(() => of("Max", false), /a bound for each value/);
});

Deno.test("values of different rank and extent meet as in the graph", async () => {
  // An image [2, 2, 2], channels first, times the mean of each channel.
  const model = graphModel([2, 2, 2], (g, x) => {
    const mean = g.node("m", "ReduceMean", [x], { axes: { ints: [2, 3] } });
    return g.node("n", "Mul", [x, mean]);
  });
  const x = [1, 2, 3, 6, 1, 1, 1, 5];
  const y = [3, 6, 9, 18, 2, 2, 2, 10];
  assertClose(await answersOf(model, 1, channelsLast(x, [2, 2, 2])), channelsLast(y, [2, 2, 2]));
});

Deno.test("x times a gate of itself is a function", () => {
  const gate = (build: (g: OnnxGraph, t: string) => string) => {
    const model = graphModel([3], (g, x) => {
      const t = tanh(g, x);
      return g.node("n", "Mul", [t, build(g, t)]);
    });
    const [, layer] = model.layers;
    return layer?.kind === "function" ? layer.function : kindsOf(model);
  };
  assert.equal(gate((g, t) => g.node("s", "Sigmoid", [t])), "swish");
  const sixth = { alpha: { float: 1 / 6 }, beta: { float: 0.5 } };
  assert.equal(gate((g, t) => g.node("s", "HardSigmoid", [t], sixth)), "hard-swish");
  const inSteps = (moved: number, most: number, by: number) => (g: OnnxGraph, t: string) => {
    const sum = g.node("a", "Add", [t, vector(g, moved)]);
    const bounded = g.node("c", "Clip", [sum, number(g, 0), number(g, most)]);
    return g.node("d", "Div", [bounded, vector(g, by)]);
  };
  assert.equal(gate(inSteps(3, 6, 6)), "hard-swish");
  for (const other of [inSteps(2, 6, 6), inSteps(3, 5, 6), inSteps(3, 6, 5)]) {
    assert.notEqual(gate(other), "hard-swish");
  }
  assert.equal(gate((g, t) => g.node("s", "Tanh", [g.node("p", "Softplus", [t])])), "mish");
});

Deno.test("powers by whole numbers, and those and quotients that no layer gives", async () => {
  const power = (by: number) =>
    graphModel([2], (g, x) => g.node("n", "Pow", [tanh(g, x), vector(g, by)]));
  assert.deepEqual(kindsOf(power(1)), ["activation+tanh"]);
  assertClose(await answersOf(power(3), 1, [1, -2]), [Math.tanh(1) ** 3, -(Math.tanh(2) ** 3)]);
  for (const by of [-1, 0.25, 9]) assert.throws(() => power(by), /to the power of/);
  const quotient = (g: OnnxGraph, x: string) =>
    g.node("n", "Div", [x, g.node("a", "Add", [x, g.node("s", "Softmax", [x])])]);
  assert.throws(() => graphModel([2], quotient), /a value divided by another/);
});

Deno.test("values of other ranks, or with the batch elsewhere, are not joined", () => {
  const joined = (other: (g: OnnxGraph, x: string) => string) => () =>
    graphModel([2, 2], (g, x) => g.node("n", "Concat", [x, other(g, x)], { axis: { int: 1 } }));
  const flat = joined((g, x) => g.node("f", "Flatten", [x], { axis: { int: 1 } }));
  assert.throws(flat, /what it joins is not of one form/);
  const turned = joined((g, x) => g.node("f", "Transpose", [x], { perm: { ints: [1, 0, 2] } }));
  assert.throws(turned, /what it joins is not of one form/);
});

Deno.test("three are joined one behind the other", async () => {
  const model = graphModel([2, 2], (g, x) => {
    const others = [g.node("r", "Relu", [x]), g.node("m", "Neg", [x])];
    return g.node("n", "Concat", [x, ...others], { axis: { int: 1 } });
  });
  const x = [-1, 2, 3, -4];
  assertClose(await answersOf(model, 1, x), [-1, 2, 3, -4, 0, 2, 3, 0, 1, -2, -3, 4]);
});

Deno.test("ONNX Runtime agrees on numbers before and behind, and on bounds", async () => {
  const read = async (op: string, value: number, first: boolean) => {
    const { layers } = await assertAsRuntime([4], (g, x) => {
      const operands = [g.node("t", "Tanh", [x]), number(g, value)];
      return g.node("n", op, first ? operands.reverse() : operands);
    });
    return layers.slice(1).map((layer) =>
      layer.kind === "function"
        ? `${layer.function} ${layer.parameters.map((each) => each.toPrecision(2))}`
        : layer.kind === "activation"
        ? layer.activation
        : layer.kind
    ).join(" ");
  };
  assert.equal(await read("Max", 0, false), "relu");
  assert.match(await read("Max", 0.25, true), /^clip 0.25,3.4e\+38$/);
  assert.match(await read("Min", 0.25, false), /^clip -3.4e\+38,0.25$/);
  assert.equal(await read("Sub", 3, true), "scale -1.0,3.0");
  assert.equal(await read("Sub", 3, false), "scale 1.0,-3.0");
  assert.equal(await read("Div", 4, false), "scale 0.25,0.0");
});

Deno.test("ONNX Runtime agrees on values of other ranks and of extents of 1", async () => {
  const ints = (g: OnnxGraph, ...values: number[]) =>
    g.constant("i", BigInt64Array.from(values, BigInt), [values.length]);
  const single = (g: OnnxGraph, x: string, axis: number) =>
    g.node("s", "Slice", [x, ints(g, 1), ints(g, 2), ints(g, axis)]);
  const pooled = (g: OnnxGraph, value: string) =>
    g.node("pool", "MaxPool", [value], { ["kernel_shape"]: { ints: [1, 1] } });
  for (const op of ["Add", "Sub", "Mul", "Max", "Min"]) {
    for (const axis of [1, 2, 3]) {
      const build = (g: OnnxGraph, x: string) =>
        pooled(g, g.node("n", op, [single(g, x, axis), x]));
      await assertAsRuntime([2, 3, 4], build, { answers: [2, 3, 4] });
    }
    for (const axis of [1, 2]) {
      const build = (g: OnnxGraph, x: string) => g.node("n", op, [x, single(g, x, axis)]);
      await assertAsRuntime([3, 4], build, { images: false });
    }
  }
  const three = await assertAsRuntime(
    [4],
    (g, x) => g.node("n", "Max", [x, tanh(g, x), g.node("e", "Exp", [x])]),
  );
  assert.deepEqual(kindsOf(three), ["activation+tanh", "function", "combine"]);
  assert.deepEqual(kindsOf(graphModel([4], (g, x) => g.node("n", "Sum", [tanh(g, x)]))), [
    "activation+tanh",
  ]);
  assert.throws(
    () =>
      graphModel([2, 2], (g, x) => {
        const turned = g.node("p", "Transpose", [x], { perm: { ints: [1, 0, 2] } });
        return g.node("n", "Add", [x, turned]);
      }),
    /the batch stands at different places in what it reads/,
  );
});

Deno.test("axes are moved of the smaller of two values alone", async () => {
  const sums = await assertAsRuntime([4, 3], (g, x) => {
    const ints = (...values: number[]) =>
      g.constant(`i${values}`, BigInt64Array.from(values, BigInt), [values.length]);
    const column = g.node("s", "Slice", [x, ints(0), ints(1), ints(2)]);
    const rows = g.node("r", "Reshape", [x, ints(-1, 3, 4)]);
    const turned = g.node("p", "Transpose", [rows], { perm: { ints: [0, 2, 1] } });
    return g.node("n", "Add", [column, g.node("t", "Tanh", [turned])]);
  }, { images: false });
  // That of the sum, for the answer.
  assert.deepEqual(kindsOf(sums).slice(-2), ["combine", "permute"]);
});
