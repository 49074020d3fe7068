import assert from "node:assert/strict";
import { withTensors } from "../../../engine/tensor/mod.ts";
import { refuseLeaks, roomEquipment } from "../../../engine/tensor/room.ts";
import { noise } from "./support/stock.ts";

refuseLeaks(true);

const WINDOW = { strides: [1, 1], padding: "same" } as const;

Deno.test("memory stays flat over a long training, and low at its peak", async () => {
  await withTensors(async ({ tf, nn, tensor, valueAndGradients, update }) => {
    const { machine: { allocator: memory } } = await roomEquipment();
    const base = memory.usage().used;
    const x = tensor(noise(8 * 16 * 16 * 4, 1), [8, 16, 16, 4]);
    const hot = tensor(Float32Array.from({ length: 24 }, (_, i) => i % 4 === 0 ? 1 : 0), [8, 3]);
    const weights = [
      tensor(noise(3 * 3 * 4 * 16, 2), [3, 3, 4, 16]),
      ...[3, 4, 5, 6, 7].map((seed) => tensor(noise(2304, seed), [3, 3, 16, 16])),
    ];
    const last = tensor(noise(48, 8), [16, 3]);
    weights.push(last);
    const slots = weights.map((weight) => tf.zerosLike(weight));
    const step = () => {
      const { value, gradients } = valueAndGradients(() => {
        let y = x;
        for (const w of weights.slice(0, -1)) y = nn.conv2d(y, w, null, WINDOW, "relu");
        const logits = nn.dense(nn.globalAveragePool(y), last, null, "linear");
        return tf.mean(nn.crossEntropy(logits, hot, 1));
      }, weights);
      weights.forEach((weight, i) => {
        const settings = { learningRate: 0.01, momentum: 0.9, weightDecay: 0 };
        update(weight, gradients[i]!, [slots[i]!], { use: "sgd", ...settings });
        gradients[i]!.dispose();
      });
      value.dispose();
    };
    for (let i = 0; i < 5; i++) step();
    const before = { ...memory.usage(), tensors: tf.memory().numTensors };
    memory.resetPeak();
    for (let i = 0; i < 150; i++) step();
    const after = { ...memory.usage(), tensors: tf.memory().numTensors };
    assert.equal(after.tensors, before.tensors);
    assert.equal(after.used, before.used);
    assert.equal(after.blocks, before.blocks);
    assert.equal(after.reserved, before.reserved);
    // At most twice the weights, gradients and slots and what is kept for the way back: six activations and the input.
    const kept = (6 * 16 + 4) * 8 * 16 * 16 * 4;
    const parameters = 4 * (576 + 5 * 2304 + 48);
    const bound = 2 * (3 * parameters + kept);
    assert.ok(after.peak - base < bound, `peak ${after.peak - base}, bound ${bound}`);
    tf.dispose([x, hot, weights, slots]);
  });
});
