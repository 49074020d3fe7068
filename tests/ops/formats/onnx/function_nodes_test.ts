import assert from "node:assert/strict";
import {
  combineNodes,
  functionNodes,
  preluNodes,
} from "../../../../ops/formats/onnx/function_nodes.ts";
import { type FunctionName, functions } from "../../../../ops/model/kinds/functions.ts";
import { layerOf, networkOf } from "../../model/support/one_layer.ts";
import { floatWeight } from "../../../../ops/model/weights.ts";
import { assertRuns } from "./support/runs.ts";
import { writtenBy } from "./support/written.ts";

const parameters: Partial<Record<FunctionName, number[]>> = {
  "hard-sigmoid": [0.7, 0.4],
  "leaky-relu": [0.3],
  elu: [1.5],
  celu: [1.5],
  threshold: [0.25],
  "bounded-relu": [0.1, -0.25, 0.5],
  clip: [-0.5, 0.25],
  "soft-shrink": [0.25],
  "hard-shrink": [0.25],
  squareplus: [0.5],
  root: [0.25],
  logarithm: [0.25],
  differs: [0.25],
  scale: [-2, 3],
};

for (const name of Object.keys(functions) as FunctionName[]) {
  Deno.test(`ONNX Runtime computes ${name} as the engine does`, async () => {
    const layer = layerOf("function", { function: name, parameters: parameters[name] ?? [] });
    await assertRuns(networkOf(layer, [3, 4, 2]));
  });
}

Deno.test("ONNX Runtime has a slope for each channel, of rows and of images", async () => {
  await assertRuns(networkOf(layerOf("prelu", {}), [3, 4]));
  await assertRuns(networkOf(layerOf("prelu", {}), [3, 4, 2]));
});

Deno.test("a function is called as its layer, what leads to it by names behind that", () => {
  const swish = {
    name: "a",
    kind: "function",
    inputs: ["x"],
    function: "swish",
    parameters: [],
  } as const;
  assert.deepEqual(
    writtenBy((source) => functionNodes(swish, source), { inputs: [[2]], shape: [2] }).nodes,
    ["a.gate = Sigmoid(x0.last)", "a = Mul(x0.last, a.gate)"],
  );
  const prelu = { name: "a", kind: "prelu", inputs: ["x"] } as const;
  const weights = { gamma: floatWeight([2], Float32Array.of(1, 2)) };
  assert.deepEqual(
    writtenBy((source) => preluNodes(prelu, source), { inputs: [[2]], shape: [2], weights }).nodes
      .length,
    1,
  );
});

Deno.test("several values are combined two at a time", () => {
  const layer = { name: "a", kind: "combine", inputs: ["x", "y", "z"], by: "maximum" } as const;
  const place = { inputs: [[2], [2], [2]], shape: [2] };
  assert.deepEqual(writtenBy((source) => combineNodes(layer, source), place).nodes, [
    "a.part1 = Max(x0.last, x1.last)",
    "a = Max(a.part1, x2.last)",
  ]);
});
