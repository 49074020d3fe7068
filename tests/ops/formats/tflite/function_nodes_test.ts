import assert from "node:assert/strict";
import { functionNodes } from "../../../../ops/formats/tflite/function_nodes.ts";
import type { Layer } from "../../../../ops/model/model.ts";
import { livelyModel } from "../../lively_model.ts";
import { assertComputed, networkOf } from "./support/written.ts";

const functions: Readonly<Record<string, readonly number[]>> = {
  swish: [],
  "hard-swish": [],
  "hard-sigmoid": [0.5, 0.25],
  mish: [],
  softplus: [],
  softsign: [],
  exponential: [],
  elu: [0.7],
  "leaky-relu": [0.3],
  clip: [-0.25, 0.5],
  "tanh-shrink": [],
  differs: [0.25],
  scale: [3, -0.5],
};

for (const [of, parameters] of Object.entries(functions)) {
  Deno.test(`${of}: TensorFlow Lite computes what the engine does`, async () => {
    const layer = { name: "f", kind: "function", inputs: ["x"], function: of, parameters };
    await assertComputed(livelyModel(networkOf([9], layer as Layer)));
  });
}

Deno.test("a function without operators is refused, with those that have some", () => {
  const layer = { name: "f", kind: "function", inputs: ["x"], function: "celu", parameters: [1] };
  assert.throws(
    () => functionNodes(layer as never, {} as never),
    /^RangeError: Cannot write "f" for TensorFlow Lite: .* function celu; those it has: swish, /,
  );
});
