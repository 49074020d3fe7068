import assert from "node:assert/strict";
import { lowered, QUANTIZED } from "../../../../../ops/formats/onnx/read/quantized_nodes.ts";
import { readOnnx } from "../../../../../ops/formats/onnx/read/read_onnx.ts";
import { exportedBytes } from "../support/exported.ts";
import { kindsOf } from "./one_graph.ts";

/** A node without attributes but some whole numbers. */
const node = (op: string, inputs: string, ints: Readonly<Record<string, number>> = {}) => ({
  ...{ op, layer: "n", inputs: inputs.split(" "), outputs: ["y", "s", "z"] },
  int: (name: string, otherwise: number) => ints[name] ?? otherwise,
  float: (_name: string, otherwise: number) => otherwise,
  ints: () => undefined,
  floats: () => undefined,
  text: (_name: string, otherwise: string) => otherwise,
  texts: () => undefined,
  tensor: () => undefined,
});
const shown = (of: ReturnType<typeof node>) =>
  lowered(of)?.operators.map(({ op, inputs, outputs }) =>
    `${op}(${inputs.join(" ")}) ${outputs.join(" ")}`
  );

Deno.test("products in integers are those of the real weights, with a bias of both scales", () => {
  assert.deepEqual(shown(node("QLinearConv", "x xs xz w ws wz ys yz b")), [
    "DequantizeLinear(w ws wz) y.weights",
    "Mul(xs ws) y.bias.scale",
    "Mul(b y.bias.scale) y.bias",
    "Conv(x y.weights y.bias) y.whole",
    "QuantizeLinear(y.whole ys yz) y",
  ]);
  assert.deepEqual(shown(node("QLinearMatMul", "x xs xz w ws wz ys yz")), [
    "DequantizeLinear(w ws wz) y.weights",
    "MatMul(x y.weights) y.whole",
    "QuantizeLinear(y.whole ys yz) y",
  ]);
  const axis = (of: ReturnType<typeof node>) => lowered(of)!.operators[0]!.int("axis", 7);
  assert.deepEqual(
    [
      axis(node("QLinearConv", "x xs xz w ws wz ys yz")),
      axis(node("QGemm", "x xs xz w ws wz b ys yz", { transB: 1 })),
      axis(node("QGemm", "x xs xz w ws wz b ys yz")),
    ],
    [0, 0, 1],
  );
  assert.equal(lowered(node("Conv", "x w")), undefined);
});

Deno.test("what joins or bends values in integers does so with the values", () => {
  assert.deepEqual(shown(node("QLinearAdd", "a as az b bs bz ys yz")), [
    "DequantizeLinear(a as az) y.part1",
    "DequantizeLinear(b bs bz) y.part2",
    "Add(y.part1 y.part2) y.whole",
    "QuantizeLinear(y.whole ys yz) y",
  ]);
  assert.equal(shown(node("QLinearConcat", "ys yz a as az b bs bz c cs cz"))!.length, 5);
  assert.deepEqual(shown(node("QLinearSigmoid", "x xs xz ys yz")), [
    "Sigmoid(x) y.whole",
    "QuantizeLinear(y.whole ys yz) y",
  ]);
});

Deno.test("what is quantized as it goes keeps its values, at a scale of 1", () => {
  const { operators, constants } = lowered(node("DynamicQuantizeLinear", "x"))!;
  assert.deepEqual(operators.map(({ op }) => op), ["Identity"]);
  assert.deepEqual([...constants!].map(([name, { values }]) => [name, ...values]), [
    ["s", 1],
    ["z", 0],
  ]);
  assert.deepEqual(shown(node("MatMulInteger", "x w  wz")), [
    "Sub(w wz) y.weights",
    "MatMul(x y.weights) y",
  ]);
  assert.deepEqual(shown(node("ConvInteger", "x w")), ["Conv(x w) y"]);
  assert.equal(QUANTIZED.includes("QLinearConv"), true);
});

Deno.test("the same network is read out of each form of integers, as layers that can be trained", () => {
  const forms = ["qdq", "qdq_channels", "qoperator", "dynamic"].map((form) =>
    kindsOf(readOnnx(exportedBytes(`rows_${form}`), "a.onnx")).join(" ")
  );
  assert.deepEqual(forms, Array.from({ length: 4 }, () => "dense+relu dense+relu dense"));
});
