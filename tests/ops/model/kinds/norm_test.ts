import assert from "node:assert/strict";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { batchnorm, isBatchNorm, layerNorm } from "../../../../ops/model/kinds/norm.ts";
import { weightSlots } from "../../../../ops/model/layers.ts";
import {
  assertPlain,
  assertSlopes,
  channelsOf,
  expectedOf,
  layerOf,
  macsOf,
  networkOf,
  shapeOf,
  valuesOf,
} from "../support/one_layer.ts";

refuseLeaks(true);

const batch = layerOf("batchnorm", { epsilon: 0, momentum: 0.9, activation: "linear" });
const row = layerOf("layer-norm", { epsilon: 0 });

Deno.test("normalisation keeps the shape and has a weight of each role per channel", () => {
  assert.deepEqual(shapeOf(batch, [4, 5, 3]), [4, 5, 3]);
  assert.deepEqual(shapeOf(row, [4, 3]), [4, 3]);
  const roles = (layer: typeof batch | typeof row) =>
    weightSlots(networkOf(layer, [4, 3])).map(({ role, shape }) => [role, ...shape]);
  assert.deepEqual(roles(batch), [["gamma", 3], ["beta", 3], ["mean", 3], ["variance", 3]]);
  assert.deepEqual(roles(row), [["gamma", 3], ["beta", 3]]);
  assert.equal(macsOf(batch, [4, 3]), 0);
});

Deno.test("(x − μ) / σ · γ + β by hand", async () => {
  const weights = { gamma: [2, 1], beta: [10, 0], mean: [1, 5], variance: [4, 0.25] };
  const x = { shape: [2], data: [5, 4] };
  assert.deepEqual(await valuesOf(batch, [x], weights), [14, -2]);
  assert.deepEqual(await valuesOf({ ...batch, activation: "relu" }, [x], weights), [14, 0]);
  // Of 1 and 3: mean 2, deviation 1.
  const pair = { shape: [1, 2], data: [1, 3] };
  assert.deepEqual(await valuesOf(row, [pair], { gamma: [2, 3], beta: [0, 1] }), [-2, 4]);
});

Deno.test("norms of batches and of rows compute what plain loops do", async () => {
  await assertPlain({ ...batch, epsilon: 0.001, activation: "relu6" }, [3, 4, 5]);
  await assertPlain({ ...row, epsilon: 1e-5 }, [4, 6]);
});

Deno.test("while training it is the batch that is normalised, and its statistics are shown", async () => {
  await withTensors((room) =>
    room.tf.tidy(() => {
      const weights = {
        gamma: room.tensor(Float32Array.of(1), [1]),
        beta: room.tensor(Float32Array.of(0), [1]),
      };
      const seen: number[] = [];
      const y = batchnorm.run(batch, {
        room,
        inputs: [room.tensor(Float32Array.of(1, 3), [2, 1])],
        training: true,
        weight: (role) => weights[role as "gamma" | "beta"],
        statistics: (mean, variance) => {
          seen.push(room.values(mean)[0]!, room.values(variance)[0]!);
        },
        dropout: () => assert.fail(),
        noise: () => assert.fail(),
      });
      assert.deepEqual([...room.values(y)], [-1, 1]);
      assert.deepEqual(seen, [2, 1]);
    })
  );
});

Deno.test("behind batch normalisation a channel is about N(β, γ²)", () => {
  const weights = { gamma: [-2, 1], beta: [0, 3] };
  assert.deepEqual(expectedOf(batch, [2], [undefined], weights), [0, 3]);
  const [first] = expectedOf({ ...batch, activation: "relu" }, [2], [undefined], weights)!;
  // E max(0, x) of N(0, 4) is 2 φ(0).
  assert.ok(Math.abs(first! - 2 * 0.3989422804014327) < 1e-12);
  assert.equal(expectedOf(row, [4, 2], [[1, 2]]), undefined);
});

Deno.test("channels pass through one, and cannot be left out of the other's mean", () => {
  assert.deepEqual(channelsOf(batch, [[2]], [[7, 8]]), { leaving: [7, 8], tied: [], fixed: [] });
  assert.deepEqual(channelsOf(row, [[4, 2]], [[7, 8]]), {
    leaving: [7, 8],
    tied: [],
    fixed: [7, 8],
  });
  assert.deepEqual(Object.keys(batchnorm.channels.weights), ["gamma", "beta", "mean", "variance"]);
  assert.deepEqual(layerNorm.channels.weights, { gamma: ["out"], beta: ["out"] });
});

Deno.test("a batch normalisation is told by its kind alone", () => {
  assert.deepEqual([batch, row, { kind: "conv" }].map(isBatchNorm), [true, false, false]);
});

Deno.test("a softmax and its logarithm are those of plain loops, along the last axis", async () => {
  for (const log of [false, true]) {
    await assertPlain(layerOf("softmax", { log }), [3, 4]);
    await assertSlopes(layerOf("softmax", { log }), [2, 3]);
  }
  assert.deepEqual(channelsOf(layerOf("softmax", { log: false }), [[2]], [[1, 2]]).fixed, [1, 2]);
});

for (const by of ["deviation", "rms", "length"] as const) {
  Deno.test(`rows are standardized by their ${by}`, async () => {
    const layer = layerOf("standardize", { by, epsilon: 0.01 });
    await assertPlain(layer, [3, 5]);
    await assertSlopes(layer, [2, 4]);
    assert.deepEqual(channelsOf(layer, [[2]], [[1, 2]]).fixed, [1, 2]);
  });
}
