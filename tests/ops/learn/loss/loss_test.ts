/** The loss of a batch, by hand: its sum, its gradients' length and how they are clipped. */
import assert from "node:assert/strict";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import {
  clipped,
  gradientNorm,
  latentPlaces,
  termWeights,
  weightedSum,
} from "../../../../ops/learn/loss/loss.ts";
import { assertAllNear } from "../terms/support/evaluated.ts";

Deno.test("a loss is the sum of its terms, each times its weight at the moment", async () => {
  const weights = termWeights([
    { use: "labels", weight: 1, smoothing: 0 },
    { use: "labels", weight: { use: "linear", start: 2, end: 6 }, smoothing: 0 } as never,
  ], { epoch: 1, epochs: 4 });
  assert.deepEqual(weights, [1, 3]);
  await withTensors((room) =>
    room.tf.tidy(() => {
      const sum = weightedSum(room, [room.tf.scalar(2), room.tf.scalar(5)], weights);
      assert.equal(room.values(sum)[0], 17);
    })
  );
});

Deno.test("gradients of length 5 are shortened to the limit together, shorter ones stay", async () => {
  await withTensors((room) =>
    room.tf.tidy(() => {
      const gradients = [room.tensor(Float32Array.of(3), [1]), null, room.tf.tensor1d([0, 4])];
      assert.equal(gradientNorm(room, gradients), 5);
      const [first, none, last] = clipped(room, gradients, 1);
      assertAllNear([...room.values(first!), ...room.values(last!)], [0.6, 0, 0.8]);
      assert.equal(none, null);
      assert.equal(clipped(room, gradients, 5), gradients);
      assert.equal(clipped(room, gradients, undefined), gradients);
    })
  );
});

Deno.test("a sampling layer reads mean and log-variance", () => {
  const layers = [
    { name: "z", kind: "sample", inputs: ["mean", "spread"] },
    { name: "flat", kind: "flatten", inputs: ["z"] },
  ] as const;
  const model = { family: "test", inputs: [], layers, outputs: ["flat"], head: "none" } as const;
  assert.deepEqual(latentPlaces(model), [["mean", "spread"]]);
});
