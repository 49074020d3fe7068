import assert from "node:assert/strict";
import { kerasModel } from "../../../../ops/formats/keras/keras_model.ts";
import { readTopology } from "../../../../ops/formats/keras/topology.ts";
import { keras, sequential } from "../../model/support/keras_json.ts";

const input = keras("InputLayer", "in", { "batch_input_shape": [null, 2] });
const topology = readTopology({
  modelTopology: sequential("s", [input, keras("Dense", "d", { units: 1 })]),
});
const weights = (...kernel: number[]) =>
  new Map([
    ["d/kernel", { shape: [kernel.length, 1], values: Float32Array.from(kernel) }],
    ["d/bias", { shape: [1], values: Float32Array.of(3) }],
  ]);

Deno.test("a topology and its weights are a learned model with the names of its classes", () => {
  const model = kerasModel(topology, { weights: weights(1, 2), keras: 2, classes: ["yes"] });
  assert.deepEqual(model.classes, ["yes"]);
  assert.ok(model.learned);
  assert.deepEqual([...model.weights["d/kernel"]!.data], [1, 2]);
});

Deno.test("a weight of another shape than its layer needs is a sentence", () => {
  assert.throws(
    () => kerasModel(topology, { weights: weights(1, 2, 3), keras: 2 }),
    /Cannot read weight "d\/kernel": its shape is 3×1, the layer needs 2×1/,
  );
});
