import assert from "node:assert/strict";
import { conv3dNodes } from "../../../../ops/formats/onnx/volume_nodes.ts";
import type { Layer, LayerOf } from "../../../../ops/model/model.ts";
import { writtenBy } from "./support/written.ts";
import { layerOf, networkOf } from "../../model/support/one_layer.ts";
import { assertWritten } from "../tfjs/written.ts";
import { assertRuns } from "./support/runs.ts";

const ending = { filters: 2, bias: true, activation: "relu" } as const;

const layers: Readonly<Record<string, Layer>> = {
  "with zeros around it": layerOf("conv3d", {
    ...ending,
    kernel: [2, 3, 1],
    strides: [2, 1, 1],
    padding: "same",
    dilations: [1, 1, 1],
  }),
  "dilated": layerOf("conv3d", {
    ...{ ...ending, bias: false, activation: "linear" },
    kernel: [2, 1, 2],
    strides: [1, 1, 1],
    padding: "valid",
    dilations: [1, 1, 2],
  }),
  "read backwards": layerOf("conv3d-transpose", {
    ...ending,
    kernel: [3, 2, 1],
    strides: [2, 2, 1],
    padding: "same",
  }),
  "read backwards, whole": layerOf("conv3d-transpose", {
    ...ending,
    kernel: [2, 1, 3],
    strides: [1, 2, 1],
    padding: "valid",
  }),
};

for (const [name, layer] of Object.entries(layers)) {
  Deno.test(`ONNX Runtime and stock tfjs convolve a volume as the engine does: ${name}`, async () => {
    await assertRuns(networkOf(layer, [4, 3, 4, 2]));
    await assertWritten(networkOf(layer, [4, 3, 4, 2]));
  });
}

Deno.test("ONNX Runtime leaves the gaps of a window that is shorter than its stride", () =>
  assertRuns(networkOf(
    layerOf("conv3d-transpose", {
      ...ending,
      kernel: [1, 2, 1],
      strides: [2, 1, 3],
      padding: "valid",
    }),
    [2, 3, 2, 2],
  )));

Deno.test("zeros of `same` are written as numbers: all before, then all behind", () => {
  const layer = layers["with zeros around it"] as LayerOf<"conv3d">;
  const { nodes } = writtenBy((source) => conv3dNodes(layer, source), {
    inputs: [[4, 3, 4, 2]],
    shape: [2, 3, 4, 2],
  });
  assert.match(nodes[0]!, / pads:ints=0,1,0,0,1,0$/);
});
