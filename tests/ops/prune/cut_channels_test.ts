/** Channels cut out of whole models. */
import assert from "node:assert/strict";
import { structureOf } from "../../../ops/model/model.ts";
import { resnet } from "../../../ops/model/zoo/resnet.ts";
import { cutChannels } from "../../../ops/prune/cut_channels.ts";
import { channelsLost } from "../../../ops/prune/lost.ts";
import { livelyModel } from "../lively_model.ts";
import { plainLogits } from "../plain_forward.ts";
import { zooNetworks } from "../zoo_networks.ts";
import { denseModel, transposed } from "./dense_model.ts";

const params = {
  granularity: "channel",
  criterion: "l1",
  scope: "layer",
  ratio: 0.5,
  min_keep: 1,
  round_to: 1,
} as const;

Deno.test("a filter of zeros still passes on its bias, until it is removed", () => {
  const specs = (bias: number) =>
    denseModel([
      { kernel: transposed([[1, 2], [0, 0], [-1, 1]]), bias: [0.1, bias, 0], activation: "relu" },
      { kernel: [[1], [3], [-1]], bias: [0.2] },
    ]);
  const x = [{ shape: [2], data: Float64Array.of(1, 0.5) }];
  const [masked] = plainLogits(specs(0.7), x);
  const [removed] = plainLogits(cutChannels(specs(0.7), { ...params, ratio: 1 / 3 }, 0), x);
  const [silent] = plainLogits(specs(0), x);
  assert.deepEqual(
    cutChannels(specs(0.7), { ...params, ratio: 1 / 3 }, 0).established.channels,
    { dense1: 2 },
  );
  assert.ok(Math.abs(masked! - 4.4) < 1e-6);
  assert.ok(Math.abs(removed! - 2.3) < 1e-6);
  assert.equal(silent, removed);
});

Deno.test("between pruned layers (1 − p)² of the parameters stay", () => {
  const wide = (units: number) => Array.from({ length: 100 }, () => Array(units).fill(1));
  const model = livelyModel(structureOf(
    denseModel([{ kernel: wide(100) }, { kernel: wide(100) }, { kernel: wide(10) }]),
  ));
  for (const [ratio, removed] of [[0.3, 0.51], [0.5, 0.75]] as const) {
    const cut = cutChannels(model, { ...params, ratio }, 0);
    const before = model.weights["dense2/kernel"]!.data.length;
    const share = 1 - cut.weights["dense2/kernel"]!.data.length / before;
    assert.ok(Math.abs(share - removed) < 1e-12);
  }
});

Deno.test("what stays is a multiple of `round_to` and at least `min_keep`", () => {
  const model = livelyModel(resnet.build([8, 8, 3], 3, { depth: 8, width: 0.75 }));
  for (const scope of ["layer", "global"] as const) {
    const cut = cutChannels(model, { ...params, scope, ratio: 0.7, round_to: 4, min_keep: 5 }, 0);
    const lost = channelsLost(model, cut);
    for (const [layer, { kept, removed }] of Object.entries(lost)) {
      if (layer === "head.dense") assert.equal(removed, 0);
      else assert.ok(kept % 4 === 0 && kept >= 5, `${layer} keeps ${kept}`);
    }
    assert.ok(Object.values(lost).some(({ removed }) => removed > 0));
  }
});

Deno.test("globally the exact share of all channels goes, and no layer is left without", () => {
  const model = livelyModel(zooNetworks["cnn"]!);
  const cut = cutChannels(model, { ...params, scope: "global", ratio: 0.5 }, 0);
  const lost = Object.values(channelsLost(model, cut));
  assert.equal(lost.reduce((sum, { removed }) => sum + removed, 0), (4 + 6 + 8) / 2);
  assert.ok(lost.every(({ kept }) => kept > 0));
});

Deno.test("an excluded layer stays, and so does every layer tied to it", () => {
  const model = livelyModel(zooNetworks["resnet"]!);
  const cut = cutChannels(model, { ...params, exclude: ["stem", "stage3"] }, 0);
  const lost = Object.entries(channelsLost(model, cut)).filter(([, { removed }]) => removed > 0);
  assert.deepEqual(lost.map(([layer]) => layer), [
    "stage1.block1.conv1",
    "stage1.block2.conv1",
    "stage2.block1.conv1",
    "stage2.block1.conv2",
    "stage2.block1.shortcut",
    "stage2.block2.conv1",
    "stage2.block2.conv2",
  ]);
  assert.deepEqual(Object.keys(cut.established.channels!), lost.map(([layer]) => layer));
});

Deno.test("`per_layer` gives single layers their own ratio", () => {
  const model = livelyModel(zooNetworks["cnn"]!);
  const own = { "per_layer": [{ layers: ["conv2"], ratio: 0.34 }] };
  const lost = channelsLost(model, cutChannels(model, { ...params, ...own }, 0));
  assert.deepEqual(Object.values(lost).map(({ removed }) => removed), [2, 2, 4, 0]);
});
