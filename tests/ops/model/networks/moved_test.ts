import assert from "node:assert/strict";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { encodeTfjs } from "../../../../ops/formats/tfjs/encode.ts";
import { stockLogits } from "../../../../ops/formats/tfjs/run_stock.ts";
import { inferLogits } from "../../../../ops/model/infer.ts";
import { shapesOf } from "../../../../ops/model/layers.ts";
import type { Architecture, Layer } from "../../../../ops/model/model.ts";
import { readLayersModel } from "../../../../ops/formats/tfjs/read_layers_model.ts";
import { assertNear, bothLogits } from "../../formats/onnx/support/both_logits.ts";
import { livelyModel, noise } from "../../lively_model.ts";
import { plainLogits } from "../../plain_forward.ts";

refuseLeaks(true);

const chain = (shape: readonly number[], layers: readonly Layer[]): Architecture => ({
  family: "loaded",
  inputs: [{ name: "input", shape }],
  layers,
  outputs: [layers.at(-1)!.name],
  head: "none",
});

/** Everything that moves values and computes none, each with extents that tell its axes apart. */
const networks: Readonly<Record<string, Architecture>> = {
  split: chain([2, 3, 6], [
    { name: "part", kind: "split", inputs: ["input"], parts: 3, part: 1 },
  ]),
  shuffle: chain([2, 3, 6], [
    { name: "mixed", kind: "shuffle", inputs: ["input"], groups: 3 },
  ]),
  crop: chain([5, 6, 2], [
    { name: "inner", kind: "crop", inputs: ["input"], amounts: [[1, 2], [0, 3]] },
  ]),
  permute: chain([2, 3, 4], [
    { name: "turned", kind: "permute", inputs: ["input"], order: [2, 0, 1] },
  ]),
};

Deno.test("a channel shuffle takes from each group in turn", async () => {
  // ShuffleNet (Zhang et al. 2018, figure 1): six channels in two and in three groups, eight in four.
  const published = [[6, 2, [0, 3, 1, 4, 2, 5]], [6, 3, [0, 2, 4, 1, 3, 5]], [8, 4, [
    0,
    2,
    4,
    6,
    1,
    3,
    5,
    7,
  ]]] as const;
  await withTensors(async (room) => {
    for (const [channels, groups, order] of published) {
      const network = chain([1, 1, channels], [
        { name: "mixed", kind: "shuffle", inputs: ["input"], groups },
      ]);
      const x = Float32Array.from({ length: channels }, (_, i) => i);
      const found = await inferLogits(room, livelyModel(network), { count: 1, x, y: null });
      assert.deepEqual([...found], [...order]);
    }
  });
});

for (const [name, network] of Object.entries(networks)) {
  Deno.test(`${name}: the same values in the engine, in plain loops, in stock tfjs and in ONNX`, async () => {
    const model = livelyModel(network);
    const x = Float32Array.from(noise(model)[0]!.data);
    const expected = plainLogits(model, noise(model));
    const files = encodeTfjs(model, { storage: "float32", shard: 1 << 22 });
    const { shape } = network.inputs[0]!;
    await withTensors(async (room) => {
      assertNear(await inferLogits(room, model, { count: 1, x, y: null }), expected, 1e-6);
      assertNear(await stockLogits(room, files, { x, shape, headed: false }), expected, 1e-6);
    });
    const json = JSON.parse(new TextDecoder().decode(files["model.json"]));
    const read = readLayersModel(json, (path) => files[path]!);
    assertNear(plainLogits(read, noise(model)), expected, 1e-6);
    assert.deepEqual(shapesOf(read)[read.outputs[0]!], shapesOf(network)[network.outputs[0]!]);
    for (const onnx of Object.values(await bothLogits(model, x))) assertNear(onnx, expected, 1e-6);
  });
}

Deno.test("what cannot be moved is a sentence", () => {
  const shapes = (layer: Layer) => () => shapesOf(chain([2, 3, 5], [layer]));
  const name = "it";
  const inputs = ["input"];
  assert.throws(
    shapes({ name, kind: "split", inputs, parts: 2, part: 0 }),
    /5 channels cannot be 2 equal parts/,
  );
  assert.throws(
    shapes({ name, kind: "shuffle", inputs, groups: 3 }),
    /5 channels cannot be 3 equal parts/,
  );
  assert.throws(
    shapes({ name, kind: "crop", inputs, amounts: [[1, 1], [0, 0]] }),
    /nothing is left of 2×3/,
  );
  assert.throws(
    shapes({ name, kind: "permute", inputs, order: [0, 1, 1] }),
    /0, 1, 1 is no order of the axes of 2×3×5/,
  );
});
