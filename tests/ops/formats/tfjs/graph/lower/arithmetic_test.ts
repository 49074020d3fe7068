import assert from "node:assert/strict";
import { arithmetic } from "../../../../../../ops/formats/tfjs/graph/lower/arithmetic.ts";
import { assertAsConverter, b, graphModel, i, kindsOf, s, texts } from "../one_graph.ts";

Deno.test("dense layers are read of products, biases and what they end in", async () => {
  const model = await assertAsConverter([4], (g) => {
    const first = g.node("net/one/MatMul", "_FusedMatMul", [
      ...[g.x, g.floats("k", [4, 5]), g.floats("b", [5])],
    ], { "num_args": i(1), "fused_ops": texts("BiasAdd", "Relu") });
    const second = g.node("net/two/MatMul", "MatMul", [first, g.floats("m", [3, 5])], {
      "transpose_b": b(true),
    });
    const biased = g.node("net/two/BiasAdd", "BiasAdd", [second, g.floats("c", [3])]);
    return g.node("out", "Identity", [g.node("net/two/Softmax", "Softmax", [biased])]);
  });
  assert.deepEqual(kindsOf(model), ["dense+relu", "dense"]);
  assert.equal(model.head, "softmax");
});

Deno.test("values are combined place by place, with one another and with numbers", async () => {
  for (const op of ["AddV2", "Sub", "Mul", "Maximum", "Minimum"]) {
    const model = await assertAsConverter([3, 2], (g) => {
      const left = g.node("left", "Relu", [g.x]);
      const right = g.node("right", "Tanh", [g.x]);
      const both = g.node("both", op, [left, right]);
      return g.node("y", op, [both, g.floats("half", [], [0.5])]);
    });
    assert.equal(model.outputs.length, 1);
  }
  await assertAsConverter(
    [3],
    (g) =>
      g.node("y", "AddN", [
        g.node("a", "Relu", [g.x]),
        g.node("b", "Neg", [g.x]),
        g.node("c", "Tanh", [g.x]),
      ]),
  );
  await assertAsConverter(
    [3],
    (g) => g.node("y", "RealDiv", [g.node("a", "Relu", [g.x]), g.floats("by", [3])]),
  );
});

Deno.test("means and maxima over space are poolings", async () => {
  for (const [op, kind] of [["Mean", "global-average-pool"], ["Max", "global-max-pool"]]) {
    const model = await assertAsConverter(
      [4, 3, 2],
      (g) => g.node("y", op!, [g.x, g.whole("axes", [1, 2])], { "keep_dims": b(false) }),
    );
    assert.deepEqual(kindsOf(model), [kind]);
    await assertAsConverter(
      [4, 3, 2],
      (g) => g.node("y", op!, [g.x, g.whole("axes", [-3, -2])], { "keep_dims": b(true) }),
    );
  }
});

Deno.test("a layer normalisation of Keras is one layer", async () => {
  const kept = { "keep_dims": b(true) };
  const model = await assertAsConverter([4, 6], (g) => {
    const mean = g.node("net/norm/moments/mean", "Mean", [g.x, g.whole("a", [2])], kept);
    const still = g.node("net/norm/moments/StopGradient", "StopGradient", [mean]);
    const squares = g.node("net/norm/moments/SquaredDifference", "SquaredDifference", [g.x, still]);
    const variance = g.node(
      "net/norm/moments/variance",
      "Mean",
      [squares, g.whole("c", [2])],
      kept,
    );
    const more = g.node("net/norm/batchnorm/add", "AddV2", [variance, g.floats("e", [], [0.001])]);
    const inverse = g.node("net/norm/batchnorm/Rsqrt", "Rsqrt", [more]);
    const factor = g.node("net/norm/batchnorm/mul", "Mul", [inverse, g.floats("gamma", [6])]);
    const scaled = g.node("net/norm/batchnorm/mul_1", "Mul", [g.x, factor]);
    const moved = g.node("net/norm/batchnorm/mul_2", "Mul", [mean, factor]);
    const offset = g.node("net/norm/batchnorm/sub", "Sub", [g.floats("beta", [6]), moved]);
    return g.node("net/norm/batchnorm/add_1", "AddV2", [scaled, offset]);
  });
  assert.deepEqual(kindsOf(model), ["layer-norm"]);
});

Deno.test("a bias goes along the channels, wherever they are", async () => {
  await assertAsConverter(
    [2, 3, 4],
    (g) => g.node("y", "BiasAdd", [g.node("r", "Relu", [g.x]), g.floats("b", [4])]),
  );
  const model = graphModel(
    [2, 3, 4],
    (g) =>
      g.node("y", "BiasAdd", [g.node("r", "Relu", [g.x]), g.floats("b", [2])], {
        "data_format": s("NCHW"),
      }),
  );
  assert.ok(model.layers.some(({ kind }) => kind === "permute"));
});

Deno.test("quotients of known whole numbers are whole", async () => {
  const model = await assertAsConverter([7], (g) => {
    const size = g.node("size", "FloorDiv", [g.whole("a", [7]), g.whole("b", [2])]);
    return g.node(
      "y",
      "Slice",
      [g.node("r", "Neg", [g.x]), g.whole("from", [0, 1].slice(1)), size].toSpliced(
        1,
        2,
        g.node("begin", "ConcatV2", [g.whole("n", [0]), g.whole("o", [1]), g.whole("z", 0)]),
        g.node("sizes", "ConcatV2", [g.whole("all", [-1]), size, g.whole("zz", 0)]),
      ),
    );
  });
  assert.equal(model.layers.at(-1)!.kind, "flatten");
});

Deno.test("an axis that a value has not is a sentence", () => {
  assert.ok(Object.hasOwn(arithmetic, "Mean"));
  assert.throws(
    () => graphModel([4, 3, 2], (g) => g.node("y", "Mean", [g.x, g.whole("axes", [7])])),
    /node "y" \(Mean\): its axis is 7, of 4 axes/,
  );
});
