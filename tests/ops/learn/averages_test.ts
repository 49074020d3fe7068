/** BatchNorm's moving averages, by hand. */
import {
  countFollowed,
  followedOf,
  followStatistics,
  openAverages,
  openFollowed,
} from "../../../ops/learn/averages.ts";
import assert from "node:assert/strict";
import { stream } from "../../../engine/tensor/random.ts";
import type { Dataset } from "../../../ops/data/dataset.ts";
import { initialModel } from "../../../ops/model/initialize.ts";
import type { Architecture } from "../../../ops/model/model.ts";
import { fitted, sgd, training, valuesOf } from "./small_trainings.ts";

/** A network with everything that has a state: convolution, BatchNorm, dropout, dense. */
const network: Architecture = {
  family: "test",
  inputs: [{ name: "input", shape: [4, 4, 1] }],
  layers: [
    {
      ...{ name: "conv", kind: "conv", inputs: ["input"], filters: 3, kernel: [3, 3], bias: false },
      ...{ activation: "linear", strides: [1, 1], padding: "same", dilations: [1, 1] },
    },
    {
      name: "norm",
      kind: "batchnorm",
      inputs: ["conv"],
      epsilon: 1e-3,
      momentum: 0.9,
      activation: "relu",
    },
    { name: "flatten", kind: "flatten", inputs: ["norm"] },
    { name: "drop", kind: "dropout", inputs: ["flatten"], rate: 0.25 },
    { name: "dense", kind: "dense", inputs: ["drop"], units: 2, bias: true, activation: "linear" },
  ],
  outputs: ["dense"],
  head: "softmax",
};

/** Images whose class is whether the left half is brighter. */
function images(count: number): Dataset {
  const draws = stream(5, "noise");
  const x = Uint8Array.from(draws.uniforms(0, count * 16), (u) => Math.floor(256 * u));
  const y = Int32Array.from({ length: count }, (_, i) => {
    const at = (column: number) =>
      [0, 4, 8, 12].reduce((sum, row) => sum + x[i * 16 + row + column]!, 0);
    return at(0) + at(1) > at(2) + at(3) ? 1 : 0;
  });
  const part = { count, x, y };
  const meta = {
    ...{ input: [4, 4, 1], type: "uint8" as const, task: "classification" as const },
    ...{ classes: ["dark", "bright"], outputs: 2, normalize: { scale: [1 / 255], offset: [0] } },
  };
  return { meta, parts: { train: part, validation: part } };
}

Deno.test("averages follow the batches with the layer's momentum", async () => {
  const model = initialModel(network, 1);
  const still = training({ epochs: 1, batch: 10, optimizer: sgd(1e-30) });
  const { model: once } = await fitted(model, images(10), still);
  const { model: twice } = await fitted(model, images(10), { ...still, epochs: 2 });
  // With weights that do not move, each batch has the same mean m: averages 0.1 m, then 0.19 m.
  const [first, second] = [valuesOf(once, "norm/mean"), valuesOf(twice, "norm/mean")];
  first.forEach((value, i) => assert.ok(Math.abs(second[i]! / value - 1.9) < 1e-5));
  // Variances start from 1: 0.9 + 0.1 v, then 0.81 + 0.19 v.
  const [v1, v2] = [valuesOf(once, "norm/variance"), valuesOf(twice, "norm/variance")];
  v1.forEach((value, i) =>
    assert.ok(Math.abs(v2[i]! - (0.81 + 0.19 * (value - 0.9) / 0.1)) < 1e-5)
  );
});

Deno.test("averages move by one minus the momentum where a layer was reached, and such updates are counted", () => {
  const model = initialModel(network, 1);
  const averages = openAverages(model, new Set());
  const followed = openFollowed(model, averages);
  const batch = { mean: Float32Array.of(10, 20, 30), variance: Float32Array.of(1, 2, 3) };
  assert.deepEqual(followStatistics(model, averages, { norm: batch }, () => false), []);
  assert.deepEqual([...averages["norm/mean"]!], [0, 0, 0]);
  const moved = followStatistics(model, averages, { norm: batch }, () => true);
  assert.deepEqual(moved, ["norm"]);
  [1, 2, 3].forEach((m, c) => assert.ok(Math.abs(averages["norm/mean"]![c]! - m) < 1e-6));
  [1, 1.1, 1.2].forEach((v, c) => assert.ok(Math.abs(averages["norm/variance"]![c]! - v) < 1e-6));
  countFollowed(followed, moved);
  assert.deepEqual(followedOf(followed, "norm"), { updates: 1, older: false });
  assert.deepEqual(followedOf(openFollowed(model, averages), "norm"), { updates: 0, older: true });
  assert.deepEqual(openAverages(model, new Set(["norm"])), {});
});
