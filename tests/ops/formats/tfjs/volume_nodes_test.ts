import assert from "node:assert/strict";
import { convLstmNodes, volumeConfig } from "../../../../ops/formats/tfjs/volume_nodes.ts";
import type { LayerOf } from "../../../../ops/model/model.ts";
import { layerOf, networkOf } from "../../model/support/one_layer.ts";
import { assertWritten } from "./written.ts";

const of = (more: Partial<LayerOf<"conv-lstm">> = {}) =>
  layerOf("conv-lstm", {
    filters: 2,
    kernel: [1, 2, 3],
    strides: [1, 1, 1],
    padding: "same",
    dilations: [1, 1, 1],
    sequence: true,
    nonlinearity: "tanh",
    gates: "hard-sigmoid",
    ...more,
  });

Deno.test("stock tfjs steps through images by convolutions as the engine does", async () => {
  await assertWritten(networkOf(of(), [3, 1, 3, 4, 2]));
  await assertWritten(
    networkOf(of({ sequence: false, padding: "valid", strides: [1, 2, 1] }), [2, 1, 4, 4, 1]),
  );
});

Deno.test("what steps through volumes is refused", () => {
  const source = { inputs: [[2, 2, 3, 3, 1]], shape: [2, 3, 3, 2] } as never;
  assert.throws(
    () => convLstmNodes(of({ kernel: [2, 2, 2] }), source),
    /Cannot write "layer" for tfjs: it steps through images, not volumes/,
  );
});

Deno.test("windows that tfjs would lay elsewhere are refused", () => {
  const layer = layerOf("conv3d-transpose", {
    ...{ filters: 2, kernel: [2, 1, 1], strides: [2, 1, 2], bias: true, activation: "linear" },
    padding: "same",
  });
  assert.throws(() => volumeConfig(layer), /a window shorter than its stride lies elsewhere/);
  const valid = { ...layer, padding: "valid" } as const;
  assert.deepEqual(volumeConfig(valid).strides, [2, 1, 2]);
});
