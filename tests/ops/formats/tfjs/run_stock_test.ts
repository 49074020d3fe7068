import assert from "node:assert/strict";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { stockLogits } from "../../../../ops/formats/tfjs/run_stock.ts";
import { keras, layersModel, sequential } from "../../model/support/keras_json.ts";

const weights = [{ name: "d/kernel", shape: [2, 2], values: [1, 2, 3, 4] }];
const dense = keras("Dense", "d", { units: 2, "use_bias": false, "batch_input_shape": [null, 2] });
const softmax = keras("Activation", "s", { activation: "softmax" });

Deno.test("stock tfjs multiplies as paper does; of a headed model what stands before the head is taken", async () => {
  const samples = { x: Float32Array.of(1, 0, 1, 1), shape: [2] };
  await withTensors(async (room) => {
    const before = room.tf.getBackend();
    for (const headed of [false, true]) {
      const files = layersModel(sequential("m", headed ? [dense, softmax] : [dense]), weights);
      const logits = await stockLogits(room, files, { ...samples, headed });
      assert.deepEqual([...logits], [1, 2, 4, 6]);
    }
    assert.equal(room.tf.getBackend(), before);
  });
});
