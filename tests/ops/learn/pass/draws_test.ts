/** What a training draws inside a model. */
import assert from "node:assert/strict";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { stream } from "../../../../engine/tensor/random.ts";
import { openDraws } from "../../../../ops/learn/pass/draws.ts";

const shape = [100, 100];
const drawn = (seed: number, of?: string) =>
  withTensors((room) =>
    room.tf.tidy(() => {
      const draws = openDraws(room, seed, of);
      const values = (layer: string, update: number) => [
        ...room.values(draws.dropout(layer, shape, 0.25, update)),
      ];
      const noise = (layer: string, update: number) => [
        ...room.values(draws.noise(layer, shape, update)),
      ];
      return {
        first: values("a", 0),
        next: values("a", 1),
        other: values("b", 0),
        noise: noise("a", 0),
        later: noise("a", 1),
      };
    })
  );
const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

Deno.test("a dropped value is 0, a kept one 4/3, and a quarter is dropped", async () => {
  const { first } = await drawn(1);
  assert.deepEqual([...new Set(first)].sort(), [0, Math.fround(4 / 3)]);
  // 10,000 draws of variance 3/16: five deviations of the share are 0.022.
  assert.ok(Math.abs(first.filter((x) => x === 0).length / first.length - 0.25) < 0.022);
  assert.ok(Math.abs(mean(first) - 1) < 0.03);
});

Deno.test("noise is standard normal", async () => {
  const { noise } = await drawn(1);
  assert.ok(Math.abs(mean(noise)) < 0.05);
  assert.ok(Math.abs(mean(noise.map((x) => x * x)) - 1) < 0.08);
  assert.ok(Math.abs(mean(noise.map((x) => x ** 4)) - 3) < 0.5);
});

Deno.test("draws depend on seed, layer, update and model, and on nothing else", async () => {
  const one = await drawn(1);
  assert.deepEqual(await drawn(1), one);
  assert.notDeepEqual(one.next, one.first);
  assert.notDeepEqual(one.other, one.first);
  assert.notDeepEqual(one.later, one.noise);
  assert.notDeepEqual((await drawn(2)).first, one.first);
  assert.notDeepEqual((await drawn(1, "critic:")).first, one.first);
});

Deno.test("draws come from the layer's own streams; what equals the rate is kept", async () => {
  const uniforms = stream(3, "dropout:a").uniforms(2, 6);
  const rate = uniforms[4]!;
  const normals = stream(3, "noise:peer.a").normals(2, 6);
  await withTensors((room) =>
    room.tf.tidy(() => {
      const dropped = room.values(openDraws(room, 3).dropout("a", [2, 3], rate, 2));
      const kept = Math.fround(1 / (1 - rate));
      assert.deepEqual([...dropped], [...uniforms].map((each) => each < rate ? 0 : kept));
      const noise = openDraws(room, 3, "peer.").noise("a", [2, 3], 2);
      assert.deepEqual([noise.shape, [...room.values(noise)]], [[2, 3], [...normals]]);
    })
  );
});

Deno.test("masks of any size, update and seed are those of the stream, drawn one by one", async () => {
  const sizes = [1, 3, 4, 15, 16, 17, 8191, 8192, 8193, 20_000];
  await withTensors((room) =>
    room.tf.tidy(() => {
      for (const [i, size] of sizes.entries()) {
        const [seed, update] = [i * 1_000_003 - 5, 2 ** 32 - 1 - i * 400_000_000];
        const rate = [0.5, 0.1, 1 / 3][i % 3]!;
        const uniforms = stream(seed, "dropout:a").uniforms(update, size);
        const mask = openDraws(room, seed).dropout("a", [size], rate, update);
        const kept = Math.fround(1 / (1 - rate));
        assert.deepEqual(room.values(mask), uniforms.map((each) => each < rate ? 0 : kept));
      }
    }), { threads: 2 });
});
