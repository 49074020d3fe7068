import assert from "node:assert/strict";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { stream } from "../../../../engine/tensor/random.ts";
import type { Dataset } from "../../../../ops/data/dataset.ts";
import { batcher, inputReader, targetReader } from "../../../../ops/learn/batches.ts";
import { betaShare, drawMix } from "../../../../ops/learn/augment/mixup.ts";
import { assertClose } from "../../../close.ts";

Deno.test("shares have the moments and the median of Beta(α, α), on both sides of a half", () => {
  const count = 20_000;
  const draws = stream(3, "test");
  for (const alpha of [0.1, 0.2, 0.4, 0.5, 0.6, 1, 2, 8]) {
    const shares = Array.from(
      { length: count },
      (_, block) => betaShare(alpha, (index) => draws.uniform(block, index)),
    );
    assert.ok(shares.every((share) => share >= 0 && share <= 1));
    const mean = shares.reduce((sum, each) => sum + each, 0) / count;
    // Variance 1 / (4 (2α + 1)), fourth moment about the middle 3 / (16 (2α + 1)(2α + 3)).
    const variance = 1 / (4 * (2 * alpha + 1));
    const fourth = 3 / (16 * (2 * alpha + 1) * (2 * alpha + 3));
    assert.ok(Math.abs(mean - 0.5) < 4 * Math.sqrt(variance / count), `α ${alpha}: mean ${mean}`);
    const found = shares.reduce((sum, each) => sum + (each - 0.5) * (each - 0.5), 0) / count;
    const error = 4 * Math.sqrt((fourth - variance * variance) / count);
    assert.ok(Math.abs(found - variance) < error, `α ${alpha}: variance ${found}, not ${variance}`);
    const below = shares.filter((share) => share < 0.5).length;
    assert.ok(Math.abs(below - count / 2) < 4 * Math.sqrt(count / 4), `α ${alpha}: ${below}`);
  }
});

Deno.test("Beta(1, 1) is uniform", () => {
  const draws = stream(5, "test");
  const tenths = new Array<number>(10).fill(0);
  for (let block = 0; block < 10_000; block++) {
    tenths[Math.floor(betaShare(1, (index) => draws.uniform(block, index)) * 10)]!++;
  }
  assert.ok(tenths.every((count) => Math.abs(count - 1000) < 4 * Math.sqrt(900)), tenths.join());
});

Deno.test("partners are any of the samples, all equally often", () => {
  const draws = stream(1, "test");
  const counts = new Array<number>(8).fill(0);
  for (let block = 0; block < 8000; block++) counts[drawMix(1, 8, draws, block).partner]!++;
  assert.ok(counts.every((count) => Math.abs(count - 1000) < 4 * Math.sqrt(875)), counts.join());
});

const data = (y: Int32Array | Float32Array, outputs: number): Dataset => ({
  meta: {
    ...{ input: [2], type: "float32", classes: [], outputs } as const,
    ...{ task: y instanceof Int32Array ? "classification" : "regression" } as const,
    normalize: { scale: [1], offset: [0] },
  },
  parts: { train: { count: 4, x: Float32Array.of(1, 10, 2, 20, 3, 30, 4, 40), y } },
});

Deno.test("inputs and labels are mixed by the same share with the same partner, whatever the batch", async () => {
  const seen = await withTensors((room) => {
    const set = data(Int32Array.of(0, 1, 2, 0), 3);
    const { train } = set.parts;
    const model = {
      inputs: [{ name: "input", shape: [2] }],
      preprocess: { scale: [2], offset: [1] },
    };
    const read = inputReader(room, set.meta, train!, model);
    const targets = targetReader(room, set.meta, train!);
    const epoch = (batch: number) => {
      const cut = { batch, augment: [{ use: "mixup", alpha: 1, chance: 1 }] as const, seed: 3 };
      const at = batcher(set, cut);
      const rows: { sample: number; x: number[]; y: number[] }[] = [];
      for (let index = 0; index < 4 / batch; index++) {
        const drawn = at(0, index);
        room.tf.tidy(() => {
          const [x, y] = [room.values(read(drawn)[0]!), room.values(targets(drawn)!)];
          for (const [row, sample] of drawn.samples.entries()) {
            rows.push({
              sample,
              x: [...x.subarray(2 * row, 2 * row + 2)],
              y: [...y.subarray(3 * row, 3 * row + 3)],
            });
          }
          for (const [row, sample] of drawn.samples.entries()) {
            const { partner, share } = drawn.mix!(sample)!;
            const mixed = (a: number, b: number) => share * a + (1 - share) * b;
            assertClose(x.subarray(2 * row, 2 * row + 2), [
              2 * mixed(sample + 1, partner + 1) + 1,
              20 * mixed(sample + 1, partner + 1) + 1,
            ], 1e-5);
            const classes = [0, 1, 2, 0];
            const own = [0, 0, 0];
            own[classes[sample]!]! += share;
            own[classes[partner]!]! += 1 - share;
            assertClose(y.subarray(3 * row, 3 * row + 3), own, 1e-6);
          }
        });
      }
      return rows.sort((a, b) => a.sample - b.sample);
    };
    return [epoch(4), epoch(1)];
  });
  assert.deepEqual(seen[0], seen[1]);
  assert.ok(seen[0]!.some(({ y }) => y.some((share) => share > 0 && share < 1)));
});

Deno.test("targets that are numbers are mixed as they are", async () => {
  await withTensors((room) => {
    const set = data(Float32Array.of(1, 2, 3, 4), 1);
    const targets = targetReader(room, set.meta, set.parts.train!);
    room.tf.tidy(() => {
      const batch = {
        samples: Uint32Array.of(0, 3),
        mix: (sample: number) => sample === 0 ? { partner: 2, share: 0.25 } : undefined,
      };
      assert.deepEqual([...room.values(targets(batch)!)], [0.25 * 1 + 0.75 * 3, 4]);
    });
  });
});

Deno.test("a share is drawn in pairs until their powers are at most 1 together", () => {
  const share = (...uniforms: number[]) => betaShare(0.5, (index) => uniforms[index] ?? 0);
  assertClose([share(0.6, 0.2)], [0.36 / 0.4], 1e-6);
  assertClose([share(0.9, 0.8, 0.2, 0.6)], [0.04 / 0.4], 1e-6);
  assert.equal(share(1, 0), 1);
  assert.equal(share(0, 0, 0, 0.5), 0);
  // Where both vanish in all 32 attempts, the draw behind them decides.
  const last = (draw: number) => betaShare(0.5, (index) => index === 64 ? draw : 0);
  assert.deepEqual([last(0.25), last(0.5)], [0, 1]);
  const above = (first: number, second: number) => betaShare(1, (index) => [first, second][index]!);
  assertClose([above(0.6, 0), above(0.6, 0.25), above(0.6, 0.5)], [0.9, 0.5, 0.1], 1e-6);
});

Deno.test("a mix is the block's first draw and those behind it", () => {
  const draws = stream(4, "test");
  const at = (index: number) => draws.uniform(9, index);
  for (const alpha of [0.3, 2]) {
    assert.deepEqual(drawMix(alpha, 7, draws, 9), {
      partner: Math.floor(at(0) * 7),
      share: betaShare(alpha, (index) => at(1 + index)),
    });
  }
});
