import assert from "node:assert/strict";
import type { Tensor } from "../../../engine/tensor/mod.ts";
import { withTensors } from "../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import type { Tf } from "../../../engine/deps/tfjs_core.ts";
import { fc } from "../../deps.ts";
import { given, inRoom, inStock } from "./layer_under_test.ts";
import { assertClose } from "./stock.ts";

refuseLeaks(true);

/** The definition, in stock ops. */
function attend(tf: Tf, qkv: Tensor, heads: number): Tensor {
  const [batch, tokens, wide] = qkv.shape as [number, number, number];
  const depth = wide / 3 / heads;
  const [q, k, v] = tf.split(qkv, 3, 2).map((part) =>
    tf.transpose(tf.reshape(part, [batch, tokens, heads, depth]), [0, 2, 1, 3])
  ) as [Tensor, Tensor, Tensor];
  const scores = tf.div(tf.matMul(q, k, false, true), Math.sqrt(depth));
  const heard = tf.matMul(tf.softmax(scores), v);
  return tf.reshape(tf.transpose(heard, [0, 2, 1, 3]), [batch, tokens, heads * depth]);
}

Deno.test("selfAttention agrees with its definition in stock tfjs, gradient too", async () => {
  const one = (max: number) => fc.integer({ min: 1, max });
  const cases = fc.record({
    ...{ batch: fc.integer({ min: 0, max: 3 }), tokens: one(20), heads: one(3), depth: one(19) },
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ batch, tokens, heads, depth }) => {
      const qkv = [given([batch, tokens, 3 * heads * depth], 1, 3)];
      const ours = await inRoom((nn, [qkv]) => nn.selfAttention(qkv!, heads), qkv);
      if (batch === 0) return assert.equal(ours[0]!.length, 0);
      const theirs = await inStock((tf, [qkv]) => attend(tf, qkv!, heads), qkv);
      assertClose(ours[0]!, theirs[0]!, 1e-5, "value");
      assertClose(ours[1]!, theirs[1]!, 1e-4, "gradient");
    }),
    { numRuns: 40 },
  );
});

Deno.test("a sequence is heard the same whatever stands beside it in the batch", async () => {
  const all = given([4, 7, 18], 2);
  const [together] = await inRoom((nn, [qkv]) => nn.selfAttention(qkv!, 2), [all]);
  for (let b = 0; b < 4; b++) {
    const alone = { data: all.data.slice(b * 126, b * 126 + 126), shape: [1, 7, 18] };
    const [single] = await inRoom((nn, [qkv]) => nn.selfAttention(qkv!, 2), [alone]);
    assert.deepEqual(single, together!.slice(b * 42, b * 42 + 42));
  }
});

Deno.test("heads that do not divide the width, and too many tokens, are refused", async () => {
  const attempt = (shape: number[], heads: number) =>
    withTensors(({ tf, nn }) => {
      tf.tidy(() => {
        nn.selfAttention(tf.zeros(shape), heads);
      });
    });
  await assert.rejects(() => attempt([1, 2, 9], 2), /with 2 heads/);
  await assert.rejects(() => attempt([1, 5000, 3], 1), /5000 tokens/);
});
