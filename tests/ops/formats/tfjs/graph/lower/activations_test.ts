import assert from "node:assert/strict";
import {
  activations,
  functions,
} from "../../../../../../ops/formats/tfjs/graph/lower/activations.ts";
import { assertAsConverter, b, type Build, f, kindsOf } from "../one_graph.ts";

/** A function of every value behind a scale, so that it is no preprocessing. */
const after = (op: string, attr: Readonly<Record<string, object>> = {}): Build => (g) =>
  g.node("y", op, [g.node("scaled", "Mul", [g.x, g.floats("by", [5], [1, -1, 0.5, 2, 3])])], attr);

const plain: Readonly<Record<string, readonly string[]>> = {
  Relu: ["activation+relu"],
  Relu6: ["activation+relu6"],
  Elu: ["activation+elu"],
  Tanh: ["activation+tanh"],
  Selu: ["function"],
  Softplus: ["function"],
  Exp: ["function"],
  Neg: ["function"],
};

for (const [op, kinds] of Object.entries(plain)) {
  Deno.test(`${op} is what tfjs-converter computes`, async () => {
    assert.deepEqual(kindsOf(await assertAsConverter([5], after(op))), kinds);
  });
}

for (const op of ["Softmax", "Sigmoid"]) {
  Deno.test(`${op} that leaves is the head, and is a layer where something follows`, async () => {
    const head = await assertAsConverter([5], (g) => g.node("y", op, [g.node("t", "Tanh", [g.x])]));
    assert.deepEqual([kindsOf(head), head.head], [["activation+tanh"], op.toLowerCase()]);
    const inside = await assertAsConverter(
      [5],
      (g) => g.node("y", "Neg", [g.node("s", op, [g.x])]),
    );
    assert.deepEqual([inside.layers.length, inside.head], [2, "none"]);
  });
}

Deno.test("slopes below 0 are the node's own, or TensorFlow's 0.2", async () => {
  assert.deepEqual(
    kindsOf(await assertAsConverter([5], after("LeakyRelu", { alpha: f(0.3) }))),
    ["function"],
  );
  const usual = await assertAsConverter([5], after("LeakyRelu", { alpha: f(0.2) }));
  assert.deepEqual(kindsOf(usual), ["activation+leaky-relu"]);
  const each = await assertAsConverter([5], (g) => g.node("y", "Prelu", [g.x, g.floats("a", [5])]));
  assert.deepEqual(kindsOf(each), ["prelu"]);
});

Deno.test("bounds, squares and numbers that are computed once", async () => {
  const model = await assertAsConverter([4], (g) => {
    const root = g.node("root", "Rsqrt", [g.floats("v", [4], [1, 4, 0.25, 16])]);
    const whole = g.node("whole", "Cast", [g.whole("three", 3)], {
      ...{ SrcT: { type: "DT_INT32" }, DstT: { type: "DT_FLOAT" } },
    });
    const scaled = g.node("scaled", "Mul", [g.x, root]);
    const bounded = g.node("bounded", "ClipByValue", [
      ...[scaled, g.floats("low", [], [-0.5]), whole],
    ]);
    return g.node("squared", "Square", [bounded], { Truncate: b(false) });
  });
  assert.deepEqual(kindsOf(model), ["function", "combine"]);
  assert.deepEqual(model.preprocess?.scale.map((each) => each), [1, 0.5, 2, 0.25]);
});

Deno.test("every activation that can be fused is an operator of its own too", () => {
  for (const name of Object.keys(activations)) assert.ok(Object.hasOwn(functions, name), name);
});
