/** Fused kernels of tfjs, in one go and one after the other, beside the operations that they join. */
import type { Tf } from "../../../../engine/deps/tfjs_core.ts";
import { fused } from "../../../../engine/tensor/overrides/fused.ts";
import { refuseLeaks, roomEquipment } from "../../../../engine/tensor/room.ts";
import { agree } from "../support/compare.ts";
import { noise } from "../support/stock.ts";
import assert from "node:assert/strict";

refuseLeaks(true);

const activations = ["linear", "relu", "relu6", "elu", "sigmoid", "leakyrelu", "prelu"] as const;

for (const activation of activations) {
  Deno.test(`a fused product and convolution with ${activation} are the operations one after the other`, async () => {
    for (const bias of [[4], [], [2, 4]]) {
      const options = (tf: Tf) => ({
        bias: tf.tensor(noise(bias.reduce((a, b) => a * b, 1), 3), bias),
        activation,
        ...(activation === "prelu" && { preluActivationWeights: tf.tensor(noise(4, 4), [4]) }),
      });
      await agree((tf) => [
        tf.fused.matMul({
          a: tf.tensor(noise(6, 1), [2, 3]),
          b: tf.tensor(noise(12, 2), [3, 4]),
          ...options(tf),
        } as never),
      ], 1e-6);
      if (bias.length > 1) continue;
      await agree((tf) => [
        tf.fused.conv2d({
          ...{ x: tf.tensor(noise(32, 1), [1, 4, 4, 2]), strides: 1, pad: "same" },
          filter: tf.tensor(noise(72, 2), [3, 3, 2, 4]),
          ...options(tf),
        } as never),
      ], 1e-6);
    }
  });
}

Deno.test("an activation that tfjs has not is refused by its name", async () => {
  const { machine } = await roomEquipment();
  const override = fused(machine, () => ({}) as never, () => 1);
  assert.throws(
    () => override({ inputs: {}, attrs: { activation: "swish" }, backend: undefined }),
    /^Error: Cannot fuse activation "swish": tfjs has none$/,
  );
});
