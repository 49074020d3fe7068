import assert from "node:assert/strict";
import { withDilations } from "../../../../../ops/formats/tfjs/graph/dilated.ts";
import { nodesOf } from "../../../../../ops/formats/tfjs/graph/graph_def.ts";
import { assertAsConverter, type Build, graphModel, ints, kindsOf, s } from "./one_graph.ts";

interface Parts {
  readonly op?: string;
  readonly kernel?: readonly number[];
  readonly steps?: readonly number[];
  readonly again?: readonly number[];
  readonly pads?: readonly number[];
  readonly crops?: readonly number[];
  readonly padding?: string;
}

/** A convolution with holes, taken apart. */
const apart = ({
  op = "Conv2D",
  kernel = [3, 3, 2, 3],
  steps = [2, 3],
  again = steps,
  pads = [2, 3, 3, 3],
  crops = [0, 1, 0, 0],
  padding = "VALID",
}: Parts = {}): Build =>
(g) => {
  const dealt = g.node("net/a/SpaceToBatchND", "SpaceToBatchND", [
    ...[g.node("r", "Neg", [g.x]), g.whole("steps", steps), g.whole("pads", pads, [2, 2])],
  ]);
  const convolved = g.node("net/a", op, [dealt, g.floats("k", kernel)], {
    ...{ strides: ints(1, 1, 1, 1), dilations: ints(1, 1, 1, 1), padding: s(padding) },
  });
  return g.node("net/a/BatchToSpaceND", "BatchToSpaceND", [
    ...[convolved, g.whole("again", again), g.whole("crops", crops, [2, 2])],
  ]);
};

Deno.test("a convolution that was taken apart is one with holes, over all channels or each", async () => {
  for (
    const parts of [{}, { op: "DepthwiseConv2dNative", kernel: [3, 3, 2, 2] }, {
      pads: [1, 0, 0, 0],
      crops: [0, 0, 0, 0],
      steps: [2, 2],
    }]
  ) {
    const model = await assertAsConverter([7, 6, 2], apart(parts));
    const [, layer, ...rest] = model.layers;
    assert.deepEqual([kindsOf(model)[0], rest], ["function", []]);
    assert.ok(layer!.kind === "conv" || layer!.kind === "depthwise");
    assert.deepEqual(layer!.dilations, parts.steps ?? [2, 3]);
  }
});

Deno.test("what has another form stays as it is, and is refused by name", () => {
  for (
    const parts of [{ again: [3, 2] }, { padding: "SAME" }, { pads: [0, 0, 0, 0] }, { op: "Relu" }]
  ) {
    assert.throws(
      () => graphModel([7, 6, 2], apart(parts)),
      /node "net\/a\/SpaceToBatchND" \(SpaceToBatchND\): no layer does that/,
    );
  }
});

Deno.test("parts that something else reads too stay", () => {
  const nodes = nodesOf({
    node: [
      { name: "d", op: "SpaceToBatchND", input: ["x", "n", "p"] },
      { name: "c", op: "Conv2D", input: ["d", "k"] },
      { name: "b", op: "BatchToSpaceND", input: ["c", "n", "z"] },
      { name: "e", op: "Relu", input: ["d"] },
    ],
  });
  const numbers = (name: string) =>
    name === "n" ? [2, 2] : ["p", "z"].includes(name) ? [0, 0, 0, 0] : undefined;
  assert.deepEqual(withDilations(nodes, numbers), nodes);
  const whole = withDilations(nodes.slice(0, 3), numbers);
  assert.deepEqual(whole.map(({ name, op, inputs }) => [name, op, inputs]), [["b", "Conv2D", [
    "x",
    "k",
  ]]]);
  // Of the batch and of channels nothing is dilated or padded.
  const lists = ["dilations", "explicit_paddings"].map((name) => whole[0]!.ints(name));
  assert.deepEqual(lists, [[1, 2, 2, 1], Array(8).fill(0)]);
  assert.deepEqual(withDilations(nodes.slice(0, 3), () => undefined), nodes.slice(0, 3));
});
