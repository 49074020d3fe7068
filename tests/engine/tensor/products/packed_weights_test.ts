/** Packed copies of weights: what is kept, how much of it, and for how long. */
import assert from "node:assert/strict";
import type { Allocator } from "../../../../engine/tensor/memory.ts";
import { createPackedWeights } from "../../../../engine/tensor/products/packed_weights.ts";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { refuseLeaks, roomEquipment } from "../../../../engine/tensor/room.ts";
import { noise } from "../support/stock.ts";

refuseLeaks(true);

const SGD = { use: "sgd", learningRate: 0.5, momentum: 0, weightDecay: 0 } as const;

Deno.test("weights that stay packed between passes give the bits of weights packed anew", async () => {
  await withTensors(({ tf, nn, tensor, values }) => {
    const x = tensor(noise(20 * 900, 1), [20, 900]);
    const w = tensor(noise(900 * 30, 2), [900, 30]);
    const b = tensor(noise(30, 3), [30]);
    const infer = () => tf.tidy(() => values(nn.dense(x, w, b, "relu")));
    const recorded = tf.tidy(() => {
      let y: Float32Array | undefined;
      tf.grad((x) => {
        const z = nn.dense(x, w, b, "relu");
        y = values(z);
        return z;
      })(x).dispose();
      return y!;
    });
    assert.deepEqual([infer(), infer()], [recorded, recorded]);
    tf.dispose([x, w, b]);
  });
});

Deno.test("an update, and another shape of the same data, are seen by the next pass", async () => {
  await withTensors(({ tf, nn, tensor, values, update }) => {
    const x = tensor(noise(3 * 6, 1), [3, 6]);
    const w = tensor(noise(6 * 4, 2), [6, 4]);
    const slot = tf.zerosLike(w);
    const g = tensor(noise(24, 3), [6, 4]);
    const infer = () => tf.tidy(() => values(nn.dense(x, w, null, "linear")));
    infer();
    update(w, g, [slot], SGD);
    const fresh = tf.tidy(() => values(nn.dense(x, tensor(values(w), [6, 4]), null, "linear")));
    assert.deepEqual(infer(), fresh);
    const turned = tf.tidy(() => {
      const x = tensor(noise(8, 4), [2, 4]);
      const copy = tensor(values(w), [4, 6]);
      return [tf.reshape(w, [4, 6]), copy].map((w) => values(nn.dense(x, w, null, "linear")));
    });
    assert.deepEqual(turned[0], turned[1]);
    assert.deepEqual(infer(), fresh);
    tf.dispose([x, w, slot, g]);
  });
});

Deno.test("packed copies go with their weights, and training keeps none", async () => {
  const { machine: { allocator: memory } } = await roomEquipment();
  const before = memory.usage();
  await withTensors(({ tf, nn, tensor }) => {
    const x = tensor(noise(60, 1), [2, 30]);
    for (let i = 0; i < 3; i++) {
      const w = tensor(noise(900, i), [30, 30]);
      const used = memory.usage().blocks;
      tf.tidy(() => {
        tf.grad((x) => nn.dense(x, w, null, "linear"))(x);
      });
      assert.equal(memory.usage().blocks, used);
      for (let pass = 0; pass < 3; pass++) nn.dense(x, w, null, "linear").dispose();
      assert.equal(memory.usage().blocks, used + 1);
      w.dispose();
      assert.equal(memory.usage().blocks, used - 1);
    }
    x.dispose();
  });
  assert.equal(memory.usage().used, before.used);
});

/** Packed weights over an allocator that only counts, and what was asked of it. */
function counted() {
  const log: string[] = [];
  let next = 1000;
  const allocator = {
    allocate(bytes: number) {
      log.push(`allocate ${bytes}`);
      return next++;
    },
    release: (at: number) => void log.push(`release ${at}`),
  };
  const packed = createPackedWeights(allocator as Allocator);
  const of = (weights: number, inner: number, columns: number, bytes: number): number =>
    packed.of(weights, { inner, columns, bytes }, (to) => log.push(`pack ${to}`));
  return { log, of, changed: packed.changed };
}

Deno.test("a copy is made once for each weights, and anew for another shape or after a change", () => {
  const { log, of, changed } = counted();
  assert.deepEqual([of(1, 2, 3, 64), of(1, 2, 3, 64), of(2, 2, 3, 64)], [1000, 1000, 1001]);
  assert.deepEqual(log.splice(0), ["allocate 64", "pack 1000", "allocate 64", "pack 1001"]);
  assert.deepEqual([of(1, 3, 3, 128), of(1, 3, 2, 192), of(1, 3, 2, 192)], [1002, 1003, 1003]);
  const again = ["release 1000", "allocate 128", "pack 1002", "release 1002", "allocate 192"];
  assert.deepEqual(log.splice(0), [...again, "pack 1003"]);
  changed(1);
  changed(1);
  changed(99);
  assert.deepEqual(log.splice(0), ["release 1003"]);
  assert.equal(of(1, 3, 2, 192), 1004);
});

Deno.test("all copies together take no more than 256 MiB, and what is released makes room again", () => {
  const { log, of, changed } = counted();
  const most = 256 * 1024 * 1024;
  assert.equal(of(1, 1, 1, most + 1), 0);
  assert.deepEqual(log, []);
  assert.equal(of(1, 1, 1, most), 1000);
  assert.equal(of(2, 1, 1, 1), 0);
  changed(1);
  assert.equal(of(2, 1, 1, most - 1), 1001);
  assert.equal(of(3, 1, 1, 1), 1002);
  assert.equal(of(4, 1, 1, 1), 0);
});
