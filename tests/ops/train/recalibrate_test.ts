import assert from "node:assert/strict";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { part } from "../../../ops/data/dataset.ts";
import type { Model } from "../../../ops/model/model.ts";
import { prune } from "../../../ops/prune/prune.ts";
import { pruned } from "../../../ops/prune/pruned.ts";
import { recalibrated } from "../../../ops/train/recalibrate.ts";
import { livelyModel } from "../lively_model.ts";
import { noiseData } from "../noise_data.ts";
import { plainValues } from "../plain_forward.ts";
import { denseModel } from "../prune/dense_model.ts";
import { listeningContext } from "../run_context.ts";
import { zooNetworks } from "../zoo_networks.ts";

refuseLeaks(true);

const vectors = (model: Model, role: string) =>
  Object.fromEntries(
    Object.entries(model.weights).filter(([name]) => name.endsWith(`/${role}`)),
  );

Deno.test("the first batchnorm gets the mean and variance of what reaches it", async () => {
  const model = livelyModel(zooNetworks["mobilenet-v1"]!);
  const data = noiseData(model, 200);
  const again = await recalibrated(model, data, 3, listeningContext().context);
  // 3 batches of 64 samples, by plain loops over the convolution before it.
  const { x } = part(data, "train");
  const size = 12 * 12;
  const values = Array.from({ length: 192 }, (_, i) => {
    const sample = Float64Array.from(x.subarray(i * size, (i + 1) * size));
    return plainValues(model, [{ shape: [12, 12, 1], data: sample }])["stem"]!.data;
  });
  const channels = values[0]!.length / size;
  for (let c = 0; c < channels; c++) {
    const all = values.flatMap((each) => [...each.filter((_, i) => i % channels === c)]);
    const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
    const variance = all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length;
    assert.ok(Math.abs(again.weights["stem.norm/mean"]!.data[c]! - mean) < 1e-5);
    assert.ok(Math.abs(again.weights["stem.norm/variance"]!.data[c]! / variance - 1) < 1e-4);
  }
});

Deno.test("every batchnorm is estimated again and nothing else moves", async () => {
  const model = livelyModel(zooNetworks["resnet"]!);
  const again = await recalibrated(model, noiseData(model, 70), 2, listeningContext().context);
  for (const role of ["kernel", "bias", "gamma", "beta"]) {
    assert.deepEqual(vectors(again, role), vectors(model, role));
  }
  for (const [name, weight] of Object.entries(vectors(again, "variance"))) {
    assert.notDeepEqual(weight, model.weights[name]);
  }
});

Deno.test("the data are read only where BatchNorm is estimated again", () => {
  const params = { granularity: "channel", ratio: 0.5 };
  assert.deepEqual(prune.inputs.data.parts!(params), []);
  assert.deepEqual(prune.inputs.data.parts!({ ...params, recalibrate: 5 }), ["meta", "train"]);
});

Deno.test("pruning warns of a layer that lost everything, and notes what it took", async () => {
  const model = denseModel([{ kernel: [[1, 2, 3, 4]] }, { kernel: [[0.1], [0.2], [0.3], [0.4]] }]);
  const { context, warnings } = listeningContext();
  const params = { granularity: "weight", criterion: "magnitude", scope: "global", ratio: 0.5 };
  const cut = await pruned(model, undefined, params as Parameters<typeof pruned>[2], context);
  assert.deepEqual(warnings, [
    "Every weight of dense2/kernel is zero, so nothing passes that layer; scope: layer spreads the loss",
  ]);
  assert.deepEqual(prune.effect!({ model, data: noiseData(model, 1) }, cut), {
    weights: {
      "dense1/kernel": { zeros: 0, of: 4, newly: 0 },
      "dense2/kernel": { zeros: 4, of: 4, newly: 4 },
    },
  });
});
