import assert from "node:assert/strict";
import type { Tensor } from "../../../../engine/tensor/mod.ts";
import { layerNormLayers } from "../../../../engine/tensor/layers/layer_norm.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { fc } from "../../../deps.ts";
import { given, inRoom, inStock } from "../support/layer_under_test.ts";
import { assertClose } from "../support/stock.ts";

refuseLeaks(true);

const epsilon = 1e-5;

Deno.test("layerNorm agrees with its definition in stock tfjs, gradients too", async () => {
  const shapes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 0, maxLength: 2 }).chain(
    (outer) => fc.integer({ min: 2, max: 150 }).map((n) => [...outer, n]),
  );
  await fc.assert(
    fc.asyncProperty(shapes, async (shape) => {
      const channels = [shape.at(-1)!];
      const inputs = [given(shape, 1, 3), given(channels, 2), given(channels, 3)];
      const ours = await inRoom(
        layerNormLayers,
        (nn, [x, gamma, beta]) => nn.layerNorm(x!, gamma!, beta!, epsilon),
        inputs,
      );
      const theirs = await inStock((tf, [x, gamma, beta]) => {
        const mean = tf.mean(x!, -1, true);
        const off = tf.sub(x!, mean);
        const variance = tf.mean(tf.square(off), -1, true);
        return tf.add(tf.mul(tf.div(off, tf.sqrt(tf.add(variance, epsilon))), gamma!), beta!);
      }, inputs);
      const names = ["y", "dx", "dgamma", "dbeta"];
      for (const [i, name] of names.entries()) assertClose(ours[i]!, theirs[i]!, 2e-4, name);
    }),
    { numRuns: 40 },
  );
});

Deno.test("layerNorm keeps its precision far from 0 and takes an empty batch", async () => {
  const x = { data: Float32Array.of(4001, 4003, 4001, 4003), shape: [1, 4] };
  const ones = { data: new Float32Array(4).fill(1), shape: [4] };
  const zeros = { data: new Float32Array(4), shape: [4] };
  const layer = (nn: ReturnType<typeof layerNormLayers>, [x, g, b]: Tensor[]) =>
    nn.layerNorm(x!, g!, b!, 0);
  const [y] = await inRoom(layerNormLayers, layer, [x, ones, zeros]);
  assertClose(y!, [-1, 1, -1, 1], 1e-6, "y");
  const results = await inRoom(layerNormLayers, layer, [
    { data: new Float32Array(), shape: [0, 4] },
    ones,
    zeros,
  ]);
  assert.deepEqual(results.map((values) => [...values]), [[], [], [0, 0, 0, 0], [0, 0, 0, 0]]);
});
