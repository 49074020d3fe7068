import assert from "node:assert/strict";
import { factoredNormStep } from "../../../../../../ops/formats/onnx/read/ops/factored_norm_steps.ts";
import type { OnnxGraph } from "../../../../../../ops/formats/onnx/graph.ts";
import { assertAsRuntime, graphModel, kindsOf } from "../one_graph.ts";

interface Numbers {
  readonly gamma?: readonly number[];
  readonly beta?: readonly number[];
  /** Factors the other way round. */
  readonly swapped?: boolean;
  readonly shape?: readonly number[];
}

/** A layer normalisation of the last axis as TensorFlow computes one. */
const normalised =
  ({ gamma, beta = [0], swapped = false, shape }: Numbers) => (g: OnnxGraph, input: string) => {
    const x = g.node("r", "Tanh", [input]);
    const pair = (a: string, b: string) => swapped ? [b, a] : [a, b];
    const numbers = (name: string, values: readonly number[]) =>
      g.constant(
        name,
        Float32Array.from(values),
        shape ?? (values.length === 1 ? [] : [values.length]),
      );
    const axes = { axes: { ints: [-1] }, keepdims: { int: 1 } };
    const mean = g.node("mean", "ReduceMean", [x], axes);
    const centred = g.node("centred", "Sub", [x, mean]);
    const squares = g.node("squares", "Mul", [centred, centred]);
    const variance = g.node("variance", "ReduceMean", [squares], axes);
    const more = g.node("more", "Add", [variance, g.constant("e", Float32Array.of(0.01), [])]);
    const inverse = g.node("inverse", "Reciprocal", [g.node("root", "Sqrt", [more])]);
    const factor = gamma === undefined
      ? inverse
      : g.node("factor", "Mul", pair(inverse, numbers("gamma", gamma)));
    const scaled = g.node("scaled", "Mul", pair(x, factor));
    const moved = g.node("moved", "Mul", pair(mean, factor));
    const offset = g.node("offset", "Sub", [numbers("beta", beta), moved]);
    return g.node("y", "Add", pair(scaled, offset));
  };

Deno.test("x times a factor plus an offset is one layer, in any order, with or without numbers of its own", async () => {
  const [gamma, beta] = [[1, -2, 0.5, 3], [0.1, 0.2, -0.3, 4]];
  for (
    const each of [{ gamma, beta }, { gamma, beta, swapped: true }, { gamma }, { beta: [0.5] }, {
      gamma: [2],
    }]
  ) {
    const model = await assertAsRuntime([3, 4], normalised(each), { images: false });
    assert.deepEqual(kindsOf(model), ["activation+tanh", "layer-norm"]);
  }
});

Deno.test("the mean may have the other sign, and is what it is where nothing is normalised", async () => {
  const axes = { axes: { ints: [-1] }, keepdims: { int: 1 } };
  const negative = (g: OnnxGraph, x: string) =>
    g.node("negative", "Neg", [g.node("mean", "ReduceMean", [x], axes)]);
  const whole = await assertAsRuntime([3, 4], (g, input) => {
    const x = g.node("r", "Tanh", [input]);
    const mean = negative(g, x);
    const centred = g.node("centred", "Sub", [x, g.node("again", "ReduceMean", [x], axes)]);
    const variance = g.node(
      "variance",
      "ReduceMean",
      [g.node("s", "Mul", [centred, centred])],
      axes,
    );
    const more = g.node("more", "Add", [variance, g.constant("e", Float32Array.of(0.01), [])]);
    const inverse = g.node("inverse", "Reciprocal", [g.node("root", "Sqrt", [more])]);
    const factor = g.node("factor", "Mul", [
      inverse,
      g.constant("gamma", Float32Array.of(1, 2, 3, 4), [4]),
    ]);
    const sum = g.node("sum", "Sum", [
      g.node("a", "Mul", [x, factor]),
      g.node("b", "Mul", [mean, factor]),
    ]);
    return g.node("y", "Add", [sum, g.constant("beta", Float32Array.of(4, 3, 2, 1), [4])]);
  }, { images: false });
  assert.deepEqual(kindsOf(whole), ["activation+tanh", "layer-norm"]);
  const alone = await assertAsRuntime([3, 4], (g, x) => g.node("y", "Add", [x, negative(g, x)]), {
    images: false,
  });
  assert.ok(!kindsOf(alone).includes("layer-norm"));
});

Deno.test("numbers along another axis are refused, and other sums are none of it", () => {
  assert.throws(
    () =>
      graphModel([4, 4], normalised({ gamma: [1, 2, 3, 4], beta: [1, 2, 3, 4], shape: [4, 1] })),
    /node "y_" \(Add\): its numbers of shape 4×1 are not along axis 2 of 4 places/,
  );
  const sum = { op: "Add", inputs: [undefined, undefined] } as never;
  assert.equal(factoredNormStep(sum), undefined);
});
