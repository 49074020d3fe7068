import assert from "node:assert/strict";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import type { LayerRun } from "../../../../ops/model/kinds/define.ts";
import { activation, dropout, isDropout, sample } from "../../../../ops/model/kinds/elementwise.ts";
import { kindOf, type Layer } from "../../../../ops/model/kinds/mod.ts";
import { assertClose } from "../../../close.ts";
import {
  assertPlain,
  assertSlopes,
  channelsOf,
  expectedOf,
  layerOf,
  shapeOf,
  valuesOf,
} from "../support/one_layer.ts";

refuseLeaks(true);

const relu = layerOf("activation", { activation: "relu" });
const half = layerOf("dropout", { rate: 0.5 });
const drawn = layerOf("sample", {}, 2);

/** What a layer gives while training, with a mask and draws of these values. */
async function trained(layer: Layer, inputs: readonly number[][], drawn: readonly number[]) {
  const asked: unknown[] = [];
  const values = await withTensors((room) =>
    room.tf.tidy(() => {
      const vector = (values: readonly number[]) =>
        room.tensor(Float32Array.from(values), [1, values.length]);
      const value = kindOf(layer).run(layer, {
        room,
        inputs: inputs.map(vector),
        training: true,
        weight: () => assert.fail(),
        statistics: () => assert.fail(),
        dropout(...args: Parameters<LayerRun["dropout"]>) {
          asked.push(args);
          return vector(drawn);
        },
        noise(...args: Parameters<LayerRun["noise"]>) {
          asked.push(args);
          return vector(drawn);
        },
      });
      return [...room.values(value)];
    })
  );
  return { values, asked };
}

Deno.test("each keeps the shape; a mean and a log-variance have one shape", () => {
  assert.deepEqual(shapeOf(relu, [4, 5, 3]), [4, 5, 3]);
  assert.deepEqual(shapeOf(half, [4, 3]), [4, 3]);
  assert.deepEqual(shapeOf(drawn, [4], [4]), [4]);
  assert.throws(
    () => shapeOf(drawn, [4], [5]),
    /a mean and a log-variance of one shape, not 4 and 5/,
  );
  assert.throws(() => shapeOf(layerOf("sample", {}, 3), [4], [4], [4]), /not 4 and 4 and 4/);
  assert.throws(
    () => shapeOf(layerOf("sample", {}, 1), [4]),
    /it reads at least two layers, not 1/,
  );
});

Deno.test("in inference an activation bends, and the others hand on what they read first", async () => {
  const x = { shape: [3], data: [-1, 0, 2] };
  assert.deepEqual(await valuesOf(relu, [x]), [0, 0, 2]);
  assert.deepEqual(await valuesOf(half, [x]), [-1, 0, 2]);
  assert.deepEqual(await valuesOf(drawn, [x, { shape: [3], data: [5, 5, 5] }]), [-1, 0, 2]);
});

Deno.test("activations compute what plain loops do", async () => {
  const all = ["linear", "relu", "relu6", "sigmoid", "tanh", "gelu", "elu", "leaky-relu"] as const;
  for (const each of all) await assertPlain(layerOf("activation", { activation: each }), [3, 4, 5]);
  await assertPlain(half, [7]);
  await assertPlain(drawn, [7], [7]);
});

Deno.test("while training a mask is multiplied in; a rate of 0 asks for none", async () => {
  const { values, asked } = await trained(half, [[1, 2, 3]], [2, 0, 2]);
  assert.deepEqual(values, [2, 0, 6]);
  assert.deepEqual(asked, [[[1, 3], 0.5]]);
  const none = await trained({ ...half, rate: 0 }, [[1, 2, 3]], []);
  assert.deepEqual([none.values, none.asked], [[1, 2, 3], []]);
});

Deno.test("while training a draw is added, times the deviation", async () => {
  const { values, asked } = await trained(drawn, [[1, 2], [0, Math.log(4)]], [3, -1]);
  assertClose(values, [4, 0], 1e-6);
  assert.deepEqual(asked, [[[1, 2]]]);
  assert.deepEqual([activation, dropout, sample].map(({ samples }) => samples), [
    false,
    false,
    true,
  ]);
});

Deno.test("mean and log-variance go together", () => {
  const { leaving, tied } = channelsOf(drawn, [[2], [2]], [[1, 2], [3, 4]]);
  assert.deepEqual([leaving, tied], [[1, 2], ["1=3", "2=4"]]);
});

Deno.test("means pass where nothing bends them", () => {
  assert.deepEqual(expectedOf(half, [2], [[1, 2]]), [1, 2]);
  assert.deepEqual(expectedOf(drawn, [2], [[1, 2], undefined]), [1, 2]);
  assert.deepEqual(expectedOf({ ...relu, activation: "linear" }, [2], [[1, 2]]), [1, 2]);
  assert.equal(expectedOf(relu, [2], [[1, 2]]), undefined);
  assert.equal(expectedOf(relu, [2], [undefined]), undefined);
});

Deno.test("an activation makes integers of its own, the others keep those they read", () => {
  const kinds = [activation, dropout, sample];
  assert.deepEqual(kinds.map(({ integers }) => integers.values), ["makes", "keeps", "keeps"]);
  assert.deepEqual(kinds.map(({ homogeneous }) => homogeneous), [true, true, false]);
});

Deno.test("a dropout is known by its kind", () => {
  assert.deepEqual([half, relu, drawn].map(isDropout), [true, false, false]);
});

Deno.test("below 0 each channel has a slope of its own", async () => {
  const layer = layerOf("prelu", {});
  const x = { shape: [2, 2], data: [-1, -1, 3, -2] };
  assert.deepEqual(await valuesOf(layer, [x], { gamma: [0.5, 2] }), [-0.5, -2, 3, -4]);
  await assertPlain(layer, [3, 4]);
  await assertSlopes(layer, [3, 2]);
});
