import assert from "node:assert/strict";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { addRows, embeddingLayers } from "../../../../engine/tensor/layers/embedding.ts";
import { refuseLeaks, roomEquipment } from "../../../../engine/tensor/room.ts";
import { fc } from "../../../deps.ts";
import { noise } from "../support/stock.ts";

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

Deno.test("numbers that are not whole, and a table that is none, are refused", async () => {
  await withTensors(({ tf }) => {
    tf.tidy(() => {
      assert.throws(() => nn.embedding(tf.zeros([4, 2]), tf.zeros([3])), {
        message:
          "Cannot look up float32 [3] in [4,2]: numbers must be int32, the table [entries, width]",
      });
      assert.throws(() => nn.embedding(tf.zeros([4]), tf.zeros([3], "int32")), {
        message:
          "Cannot look up int32 [3] in [4]: numbers must be int32, the table [entries, width]",
      });
    });
  });
});

Deno.test("numbers in any shape look up a row each", async () => {
  await withTensors(({ tf, tensor, values }) => {
    tf.tidy(() => {
      const table = tensor(Float32Array.of(1, 2, 3, 4, 5, 6), [3, 2]);
      const y = nn.embedding(table, tensor(Int32Array.of(2, 0, 1, 2), [2, 2]));
      assert.deepEqual(y.shape, [2, 2, 2]);
      assert.deepEqual([...values(y)], [5, 6, 1, 2, 3, 4, 5, 6]);
    });
  });
});

Deno.test("rows are added up where their number says, in units of an eighth of the table, whole slices too", async () => {
  const { machine } = await roomEquipment();
  const launched: unknown[] = [];
  const spied = {
    ...machine,
    launch: (kernel: string, units: number, ...numbers: number[]) =>
      void launched.push([kernel, units, ...numbers.slice(3)]),
  } as typeof machine;
  await withTensors(({ tf }) => {
    tf.tidy(() => {
      const add = (entries: number, row: number[], ids: number[]) =>
        addRows(
          spied,
          tf.zeros([2, ...row]),
          tf.zeros(ids, "int32"),
          tf.zeros([entries, ...row]),
        );
      add(17, [3], [2]);
      add(16, [3, 5], [1, 2]);
      add(3, [], [2]);
      add(0, [2], [2]);
      // Numbers of a row, entries, rows, entries in a unit.
      assert.deepEqual(launched, [
        ["embeddingGradient", 6, 3, 17, 2, 3],
        ["embeddingGradient", 8, 15, 16, 2, 2],
        ["embeddingGradient", 3, 1, 3, 2, 1],
        ["embeddingGradient", 0, 2, 0, 2, 1],
      ]);
    });
  });
});
