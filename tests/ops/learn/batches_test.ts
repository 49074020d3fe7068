import assert from "node:assert/strict";
import type { Dataset } from "../../../ops/data/dataset.ts";
import { batcher, batchesPerEpoch } from "../../../ops/learn/batches.ts";
import { fc } from "../../deps.ts";

const data = (count: number): Dataset => ({
  meta: {
    ...{ input: [2, 2, 1], type: "uint8" as const, task: "classification" as const },
    ...{ classes: ["a"], outputs: 1, normalize: { scale: [1], offset: [0] } },
  },
  parts: { train: { count, x: new Uint8Array(count * 4), y: new Int32Array(count) } },
});

const epochOf = (count: number, batch: number, seed: number, epoch: number) => {
  const cut = { batch, augment: [], seed };
  const at = batcher(data(count), cut);
  return Array.from({ length: batchesPerEpoch(count, cut) }, (_, i) => [...at(epoch, i).samples]);
};

Deno.test("an epoch sees each sample once, in full batches but for the last", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 20 }),
      fc.nat(),
      (count, batch, seed) => {
        const batches = epochOf(count, batch, seed, 0);
        assert.deepEqual(
          batches.flat().sort((a, b) => a - b),
          Array.from({ length: count }, (_, i) => i),
        );
        batches.slice(0, -1).forEach((each) => assert.equal(each.length, batch));
        assert.equal(batches.at(-1)!.length, count % batch || batch);
      },
    ),
  );
});

Deno.test("the batch size cuts the same order differently", () => {
  assert.deepEqual(epochOf(20, 3, 1, 2).flat(), epochOf(20, 7, 1, 2).flat());
});

Deno.test("each epoch and each seed has an order of its own", () => {
  const orders = [epochOf(20, 5, 1, 0), epochOf(20, 5, 1, 1), epochOf(20, 5, 2, 0)].map(String);
  assert.equal(new Set(orders).size, 3);
});

Deno.test("a batch is the same whether or not the batches before it were asked for", () => {
  const cut = { batch: 4, augment: [], seed: 9 };
  const fresh = batcher(data(20), cut);
  assert.deepEqual([...fresh(3, 2).samples], epochOf(20, 4, 9, 3)[2]);
});
