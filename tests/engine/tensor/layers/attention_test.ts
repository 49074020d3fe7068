import assert from "node:assert/strict";
import type { Tensor } from "../../../../engine/tensor/mod.ts";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { attentionLayers } from "../../../../engine/tensor/layers/attention.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import type { Tf } from "../../../../engine/deps/tfjs_core.ts";
import { fc } from "../../../deps.ts";
import { given, inRoom, inStock } from "../support/layer_under_test.ts";
import { assertClose } from "../support/stock.ts";

refuseLeaks(true);

/** The definition, in stock ops. */
function attend(tf: Tf, qkv: Tensor, heads: number): Tensor {
  const [batch, tokens, wide] = qkv.shape as [number, number, number];
  const depth = wide / 3 / heads;
  const [q, k, v] = tf.split(qkv, 3, 2).map((part) =>
    tf.transpose(tf.reshape(part, [batch, tokens, heads, depth]), [0, 2, 1, 3])
  ) as [Tensor, Tensor, Tensor];
  const scores = tf.div(tf.matMul(q, k, false, true), Math.sqrt(depth));
  const output = tf.matMul(tf.softmax(scores), v);
  return tf.reshape(tf.transpose(output, [0, 2, 1, 3]), [batch, tokens, heads * depth]);
}

Deno.test("selfAttention agrees with its definition in stock tfjs, gradient too", async () => {
  const one = (max: number) => fc.integer({ min: 1, max });
  const cases = fc.record({
    ...{ batch: fc.integer({ min: 0, max: 3 }), tokens: one(20), heads: one(3), depth: one(19) },
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ batch, tokens, heads, depth }) => {
      const qkv = [given([batch, tokens, 3 * heads * depth], 1, 3)];
      const ours = await inRoom(attentionLayers, (nn, [qkv]) => nn.selfAttention(qkv!, heads), qkv);
      if (batch === 0) return assert.equal(ours[0]!.length, 0);
      const theirs = await inStock((tf, [qkv]) => attend(tf, qkv!, heads), qkv);
      assertClose(ours[0]!, theirs[0]!, 1e-5, "value");
      assertClose(ours[1]!, theirs[1]!, 1e-4, "gradient");
    }),
    { numRuns: 40 },
  );
});

Deno.test("keys far below 0 are as if they were not there, in value and gradient", async () => {
  // Sequences of 5 whose last 2 are padding, against the same sequences of 3.
  const long = given([2, 5, 12], 3);
  const width = 12 * 3;
  const short = {
    shape: [2, 3, 12],
    data: Float32Array.from([0, 60].flatMap((at) => [...long.data.slice(at, at + width)])),
  };
  const hidden = Float32Array.of(0, 0, 0, -1e9, -1e9, 0, 0, 0, -1e9, -1e9);
  const run = ({ shape, data }: typeof short, padding?: Float32Array) =>
    withTensors((room) =>
      room.tf.tidy(() => {
        const qkv = room.tensor(data, shape);
        const mask = padding && room.tensor(padding, [2, shape[1]!]);
        let seen!: Float32Array;
        const { gradients } = room.valueAndGradients(() => {
          const output = room.tf.slice(room.nn.selfAttention(qkv, 2, mask), [0, 0, 0], [2, 3, 4]);
          seen = room.values(output);
          return room.tf.sum(room.tf.square(output));
        }, [qkv]);
        const slope = room.tf.slice(gradients[0]!, [0, 0, 0], [2, 3, 12]);
        const rest = room.tf.slice(gradients[0]!, [0, 3, 4], [2, shape[1]! - 3, 8]);
        return [seen, room.values(slope), room.values(rest)];
      })
    );
  const [value, slope, rest] = await run(long as typeof short, hidden);
  const [expected, gradient] = await run(short);
  assertClose(value!, expected!, 1e-6, "value");
  assertClose(slope!, gradient!, 1e-6, "gradient");
  assert.ok(
    rest!.length > 0 && rest!.every((each) => each === 0),
    "padding's keys and values learn nothing",
  );
});

Deno.test("a sequence is attended to alike whatever stands beside it in the batch", async () => {
  const all = given([4, 7, 18], 2);
  const [together] = await inRoom(attentionLayers, (nn, [qkv]) => nn.selfAttention(qkv!, 2), [all]);
  for (let b = 0; b < 4; b++) {
    const alone = { data: all.data.slice(b * 126, b * 126 + 126), shape: [1, 7, 18] };
    const [single] = await inRoom(attentionLayers, (nn, [qkv]) => nn.selfAttention(qkv!, 2), [
      alone,
    ]);
    assert.deepEqual(single, together!.slice(b * 42, b * 42 + 42));
  }
});

Deno.test("heads that do not divide the width, and too many tokens, are refused", async () => {
  const attempt = (shape: number[], heads: number, padding?: number[]) =>
    withTensors(({ tf, nn }) => {
      tf.tidy(() => {
        nn.selfAttention(tf.zeros(shape), heads, padding && tf.zeros(padding));
      });
    });
  for (const shape of [[1, 2, 9], [1, 2, 0], [2, 12], [1, 2, 12, 1]]) {
    await assert.rejects(() => attempt(shape, 2), {
      message: `Cannot attend in [${shape}] with 2 heads: it must be [B, T, 3 · heads · depth]`,
    });
  }
  for (const padding of [[2], [1, 3], [2, 2], [1, 2, 1]]) {
    await assert.rejects(() => attempt([1, 2, 12], 2, padding), {
      message: `Cannot leave out [${padding}] of [1,2,12]: it must be [B, T]`,
    });
  }
  // Of 4 MiB, 128 bytes less: 1020 · 1020 weights and 8 · 1020 floats of panels are 16 floats too many.
  await attempt([1, 1019, 3], 1);
  await assert.rejects(() => attempt([1, 1020, 3], 1), {
    message: "Cannot attend over 1020 tokens at once: the kernel has room for about 900; " +
      "shorten the sequences",
  });
  // With 64 floats a head, of 65 tokens in panels of 72: what counts is the larger of the two.
  await attempt([1, 991, 3 * 64], 1);
  await assert.rejects(() => attempt([1, 993, 3 * 64], 1), /over 993 tokens/);
  // 9 floats a head stand in 16: with 1016 tokens 32 floats are left, with 1017 they are too many.
  await attempt([1, 1016, 3 * 9], 1);
  await assert.rejects(() => attempt([1, 1017, 3 * 9], 1), /over 1017 tokens/);
});
