import assert from "node:assert/strict";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { embeddingLayers } from "../../../../engine/tensor/layers/embedding.ts";
import { refuseLeaks, roomEquipment } from "../../../../engine/tensor/room.ts";
import { fc } from "../../../deps.ts";
import { noise } from "../stock.ts";

refuseLeaks(true);
const nn = embeddingLayers((await roomEquipment()).machine);

/** Looked-up rows, and the gradient for the table of Σ y · weight. */
const lookUp = (entries: number, width: number, ids: number[], weight: Float32Array) =>
  withTensors(({ tf, tensor, values, valueAndGradients }) => {
    const table = tensor(noise(entries * width, 1), [entries, width]);
    const numbers = tensor(Int32Array.from(ids), [ids.length]);
    const scale = tensor(weight, [ids.length, width]);
    const y = nn.embedding(table, numbers);
    const { value, gradients } = valueAndGradients(
      () => tf.sum(tf.mul(nn.embedding(table, numbers), scale)),
      [table],
    );
    const result = { y: values(y), dtable: values(gradients[0]!) };
    tf.dispose([table, numbers, scale, y, value, gradients[0]!]);
    return result;
  });

Deno.test("embedding copies rows; its gradient adds them up where they came from", async () => {
  const cases = fc.integer({ min: 1, max: 30 }).chain((entries) =>
    fc.record({
      entries: fc.constant(entries),
      width: fc.integer({ min: 1, max: 11 }),
      ids: fc.array(fc.nat(entries - 1), { maxLength: 40 }),
    })
  );
  await fc.assert(
    fc.asyncProperty(cases, async ({ entries, width, ids }) => {
      const weight = noise(ids.length * width, 2);
      const { y, dtable } = await lookUp(entries, width, ids, weight);
      const table = noise(entries * width, 1);
      const rows = ids.flatMap((id) => [...table.slice(id * width, id * width + width)]);
      assert.deepEqual([...y], rows);
      const sums = new Float32Array(entries * width);
      ids.forEach((id, u) => {
        for (let i = 0; i < width; i++) sums[id * width + i]! += weight[u * width + i]!;
      });
      assert.deepEqual(dtable, sums);
    }),
    { numRuns: 50 },
  );
});

Deno.test("a number outside the table shows as NaN and gets no gradient", async () => {
  const { y, dtable } = await lookUp(2, 1, [-1, 1, 2], new Float32Array([1, 1, 1]));
  assert.ok(Number.isNaN(y[0]) && Number.isNaN(y[2]) && !Number.isNaN(y[1]));
  assert.deepEqual([...dtable], [0, 1]);
});
