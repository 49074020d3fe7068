import assert from "node:assert/strict";
import { initialModel } from "../../../ops/model/initialize.ts";
import { mlp } from "../../../ops/model/zoo/mlp.ts";
import { mobilenetV1 } from "../../../ops/model/zoo/mobilenet_v1.ts";
import { resnet } from "../../../ops/model/zoo/resnet.ts";

function moments(values: ArrayLike<number>) {
  const list = Array.from(values);
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  const square = list.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return { mean, deviation: Math.sqrt(square / list.length) };
}

Deno.test("kernels are He-normal by fan-in, untruncated", () => {
  const wide = initialModel(mlp.build([400], 10, { hidden: [500], dropout: 0 }), 3);
  const { data } = wide.weights["dense1/kernel"]!;
  const { mean, deviation } = moments(data);
  const expected = Math.sqrt(2 / 400);
  // 200,000 draws: the mean's standard error is 0.0022 deviations, the deviation's 0.0016.
  assert.ok(Math.abs(mean) < 0.01 * expected, `mean ${mean}`);
  assert.ok(Math.abs(deviation / expected - 1) < 0.008, `deviation ${deviation}`);
  const beyond = data.filter((value) => Math.abs(value) > 2 * expected).length / data.length;
  assert.ok(Math.abs(beyond - 0.0455) < 0.003, `${beyond} beyond two deviations`);
});

Deno.test("a depthwise kernel's fan-in is its window", () => {
  const model = initialModel(mobilenetV1.build([28, 28, 1], 10, { depth: 13, width: 1 }), 0);
  const { deviation } = moments(model.weights["block13.depthwise/kernel"]!.data);
  // 9,216 draws: the standard error of the deviation is 0.0074 of it.
  assert.ok(Math.abs(deviation / Math.sqrt(2 / 9) - 1) < 0.03, `deviation ${deviation}`);
});

Deno.test("the last layer is uniform within Glorot's limit", () => {
  const model = initialModel(mlp.build([400], 200, { hidden: [300], dropout: 0 }), 0);
  const { data } = model.weights["head.dense/kernel"]!;
  const limit = Math.sqrt(6 / (300 + 200));
  const { deviation } = moments(data);
  assert.ok(data.every((value) => Math.abs(value) <= limit));
  assert.ok(Math.abs(deviation / (limit / Math.sqrt(3)) - 1) < 0.01, `deviation ${deviation}`);
});

Deno.test("biases and batch normalisation start as identities", () => {
  const { weights } = initialModel(resnet.build([8, 8, 3], 4, { depth: 8, width: 1 }), 0);
  const every = (name: string, value: number) =>
    assert.ok(weights[name]!.data.every((each) => each === value), name);
  every("stem.norm/gamma", 1);
  every("stem.norm/beta", 0);
  every("stem.norm/mean", 0);
  every("stem.norm/variance", 1);
  every("head.dense/bias", 0);
});

Deno.test("a weight depends on the seed and on its own name and shape alone", () => {
  const at = (hidden: number[], seed: number) =>
    initialModel(mlp.build([5], 3, { hidden, dropout: 0 }), seed).weights;
  const first = at([7], 1)["dense1/kernel"]!.data;
  assert.deepEqual(at([7, 6], 1)["dense1/kernel"]!.data, first);
  assert.notDeepEqual(at([7], 2)["dense1/kernel"]!.data, first);
  assert.notDeepEqual(at([5, 5], 1)["dense2/kernel"]!.data, at([5, 5], 1)["dense1/kernel"]!.data);
});
