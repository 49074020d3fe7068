import assert from "node:assert/strict";
import { predict } from "../../../ops/model/predict.ts";
import { floatWeight } from "../../../ops/model/weights.ts";
import { livelyModel } from "../lively_model.ts";
import { layerOf, networkOf } from "./support/one_layer.ts";

const layer = layerOf("dense", { units: 2, bias: false, activation: "linear" });
const model = {
  ...livelyModel(networkOf(layer, [3])),
  weights: { "layer/kernel": floatWeight([3, 2], Float32Array.of(1, 0, 0, 1, 10, 10)) },
};

Deno.test("samples, flat or nested, are answered row by row", async () => {
  const rows = async (batch: Parameters<typeof predict>[1]) =>
    (await predict(model, batch, { threads: 1 })).map((row) => [...row]);
  assert.deepEqual(await rows(Float32Array.of(1, 2, 3, 4, 5, 6)), [[31, 32], [64, 65]]);
  assert.deepEqual(await rows([[1, 2, 3], [4, 5, 6]]), [[31, 32], [64, 65]]);
  assert.deepEqual(await rows([1, [[2], 3]]), [[31, 32]]);
  assert.deepEqual(await rows([Float32Array.of(1, 2, 3)]), [[31, 32]]);
});

Deno.test("numbers that make no whole samples, and models with conditions, are refused", async () => {
  const refused = (batch: number[]) => () => predict(model, batch, { threads: 1 });
  await assert.rejects(refused([1, 2]), /Cannot predict from 2 numbers: .* samples of 3/);
  await assert.rejects(refused([]), /Cannot predict from 0 numbers/);
  const two = { ...model, inputs: [...model.inputs, { name: "label", shape: [2] }] };
  await assert.rejects(
    () => predict(two, [1, 2, 3], { threads: 1 }),
    /the model reads label besides/,
  );
});

Deno.test("as many threads compute as are said", async () => {
  await assert.rejects(() => predict(model, [1, 2, 3], { threads: 0 }), /with 0 threads/);
});
