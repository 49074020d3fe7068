import assert from "node:assert/strict";
import type { OnnxGraph } from "../../../../../../ops/formats/onnx/graph.ts";
import * as norms from "../../../../../../ops/formats/onnx/read/ops/norms.ts";
import { assertAsRuntime, kindsOf } from "../one_graph.ts";

const series = (g: OnnxGraph, length: number, from = 1) =>
  g.constant("c", Float32Array.from({ length }, (_, i) => from + i / 3), [length]);

Deno.test("batch normalisation is along axis 1, of rows and of images", async () => {
  const build = (channels: number) => (g: OnnxGraph, x: string) =>
    g.node("n", "BatchNormalization", [
      x,
      ...[1, 0, -1, 2].map((from) => series(g, channels, from)),
    ]);
  assert.deepEqual(kindsOf(await assertAsRuntime([3], build(3))), ["batchnorm"]);
  const image = await assertAsRuntime([2, 3, 3], build(2), { answers: [2, 3, 3] });
  assert.deepEqual(kindsOf(image), ["batchnorm"]);
  assert.equal(typeof norms.batchNormalization, "function");
});
