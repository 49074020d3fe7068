import assert from "node:assert/strict";
import { activated, biasOf } from "../../../../../../ops/formats/tfjs/graph/lower/fused.ts";
import { assertAsConverter, f, graphModel, i, ints, kindsOf, s, texts } from "../one_graph.ts";

const SPACE = { strides: ints(1, 1, 1, 1), padding: s("SAME"), dilations: ints(1, 1, 1, 1) };

for (
  const [activation, more, kinds] of [
    ["Relu6", {}, ["depthwise+relu6"]],
    ["Elu", {}, ["depthwise+elu"]],
    ["Prelu", { "num_args": i(2) }, ["depthwise", "prelu"]],
  ] as const
) {
  Deno.test(`a depthwise convolution ends in a bias and ${activation}`, async () => {
    const model = await assertAsConverter(
      [4, 4, 3],
      (g) =>
        g.node("d", "FusedDepthwiseConv2dNative", [
          ...[g.x, g.floats("k", [3, 3, 3, 1]), g.floats("b", [3])],
          ...activation === "Prelu" ? [g.floats("slope", [1, 1, 3])] : [],
        ], { ...SPACE, "num_args": i(1), ...more, "fused_ops": texts("BiasAdd", activation) }),
    );
    assert.deepEqual(kindsOf(model), kinds);
  });
}

Deno.test("the slope of a fused LeakyRelu is the node's", async () => {
  const model = await assertAsConverter(
    [4, 4, 3],
    (g) =>
      g.node("c", "_FusedConv2D", [g.x, g.floats("k", [3, 3, 3, 2]), g.floats("b", [2])], {
        ...{ ...SPACE, "num_args": i(1), "fused_ops": texts("BiasAdd", "LeakyRelu") },
        "leakyrelu_alpha": f(0.3),
      }),
  );
  const [, leaky] = model.layers;
  assert.deepEqual(leaky!.kind === "function" && leaky!.parameters, [0.3]);
});

Deno.test("nothing fused is neither bias nor activation, and what is not read so is named", () => {
  const fused = (...names: string[]) => {
    const given: string[] = [];
    const lowering = {
      node: { texts: () => names, float: (_: string, otherwise: number) => otherwise },
      inputs: ["x", "k", "b", "slope"],
      end: (op: string, inputs: readonly string[]) => given.push(op, ...inputs),
      wrong: (what: string) => new Error(what),
    } as unknown as Parameters<typeof activated>[0];
    const bias = biasOf(lowering);
    activated(lowering, "conv");
    return [...bias, "|", ...given];
  };
  assert.deepEqual(fused(), ["|", "Identity", "conv"]);
  assert.deepEqual(fused("BiasAdd"), ["b", "|", "Identity", "conv"]);
  assert.deepEqual(fused("BiasAdd", "Prelu"), ["b", "|", "PRelu", "conv", "slope"]);
  assert.deepEqual(fused("Relu"), ["|", "Relu", "conv"]);
  assert.throws(() => fused("FusedBatchNorm"), /it ends in FusedBatchNorm; a bias and one/);
  assert.throws(() => fused("Relu", "BiasAdd"), /it ends in Relu, BiasAdd/);
  const many = Array<string>(200).fill("Relu\u001b");
  assert.throws(() => fused(...many), /it ends in (?:Relu\\u001b, ){8}…; a bias and one/);
  assert.throws(() => fused("BiasAdd", "Relu", "Relu"), /it ends in BiasAdd, Relu, Relu/);
  assert.throws(
    () =>
      graphModel(
        [4, 4, 1],
        (g) =>
          g.node("c", "_FusedConv2D", [g.x, g.floats("k", [1, 1, 1, 1])], {
            ...SPACE,
            "fused_ops": texts("Swish"),
          }),
      ),
    /node "c" \(_FusedConv2D\): it ends in Swish/,
  );
});
