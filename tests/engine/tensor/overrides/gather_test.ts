import assert from "node:assert/strict";
import type { Tensor, Tf } from "../../../../engine/deps/tfjs_core.ts";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { gatherOverrides } from "../../../../engine/tensor/overrides/gather.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { fc } from "../../../deps.ts";
import { agree, assertRegistered, compare } from "../support/compare.ts";
import { called, spied } from "../support/spied.ts";
import { noise } from "../support/stock.ts";

refuseLeaks(true);

const shapes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 });

/** Places along one axis of a shape, themselves of some shape. */
const choices = shapes.chain((shape) =>
  fc.nat(shape.length - 1).chain((axis) =>
    fc.record({
      ...{ shape: fc.constant(shape), axis: fc.constant(axis) },
      ids: fc.array(fc.nat(shape[axis]! - 1), { minLength: 1, maxLength: 8 }),
      square: fc.boolean(),
    })
  )
);

Deno.test("gather along any axis and its gradient agree with stock tfjs", async () => {
  await fc.assert(
    fc.asyncProperty(choices, ({ shape, axis, ids, square }) => {
      const numbers = (tf: Tf) =>
        square ? tf.tensor2d([ids, ids], [2, ids.length], "int32") : tf.tensor1d(ids, "int32");
      return compare([shape], (tf, [x]) => tf.gather(x!, numbers(tf), axis));
    }),
    { numRuns: 60 },
  );
});

Deno.test("gather with numbers for each entry of the batch agrees with stock tfjs", async () => {
  const cases = fc.record({
    batch: fc.integer({ min: 1, max: 3 }),
    shape: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
    axis: fc.integer({ min: 1, max: 2 }),
    count: fc.integer({ min: 1, max: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(
      cases,
      ({ batch, shape, axis, count }) =>
        compare([[batch, ...shape]], (tf, [x]) => {
          const ids = Array.from({ length: batch * count }, (_, i) => i * 7 % shape[axis - 1]!);
          return tf.gather(x!, tf.tensor2d(ids, [batch, count], "int32"), axis, 1);
        }, false),
    ),
    { numRuns: 30 },
  );
});

Deno.test("unsortedSegmentSum agrees with stock tfjs and leaves out what has no segment", async () => {
  const cases = fc.record({
    ids: fc.array(fc.integer({ min: -1, max: 6 }), { minLength: 1, maxLength: 12 }),
    row: fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 2 }),
  });
  await fc.assert(
    fc.asyncProperty(
      cases,
      ({ ids, row }) =>
        compare(
          [[ids.length, ...row]],
          (tf, [x]) => tf.unsortedSegmentSum(x!, tf.tensor1d(ids, "int32"), 7),
        ),
    ),
    { numRuns: 40 },
  );
});

Deno.test("gather's gradient has the bits of the embedding's, for any number of threads", async () => {
  const ids = Array.from({ length: 500 }, (_, i) => i * i % 37);
  const digest = (threads: number, layer: "gather" | "embedding") =>
    withTensors(({ tf, nn, tensor, values }) =>
      tf.tidy(() => {
        const numbers = tf.tensor1d(ids, "int32");
        const look = (table: Tensor) =>
          layer === "gather" ? tf.gather(table, numbers) : nn.embedding(table, numbers);
        const table = tensor(noise(41 * 9, 1), [41, 9]);
        return values(tf.grad(look)(table, tensor(noise(4500, 2), [500, 9])));
      }), { threads });
  const alone = await digest(1, "embedding");
  for (const threads of [1, 2, 3, 8]) assert.deepEqual(await digest(threads, "gather"), alone);
});

Deno.test("a number outside the axis is refused with the number", async () => {
  await withTensors(({ tf }) => {
    tf.tidy(() => {
      const x = tf.zeros([3, 2]);
      for (const [number, axis, last] of [[3, 0, 2], [-1, 0, 2], [2, 1, 1]] as const) {
        assert.throws(() => tf.gather(x, tf.tensor1d([0, number], "int32"), axis), {
          message: `GatherV2: the index value ${number} is not in [0, ${last}]`,
        });
      }
    });
  });
});

Deno.test("integers are gathered as they are, empty slices are none, and the rest is tfjs's", async () => {
  await agree((tf) => {
    const ids = tf.tensor1d([2, 0], "int32");
    return [
      tf.gather(tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2], "int32"), ids),
      tf.gather(tf.zeros([3, 0]), ids),
      tf.gather(tf.tensor1d([1, 0, 1], "bool"), ids),
      tf.unsortedSegmentSum(tf.tensor1d([1, 2, 3], "int32"), tf.tensor1d([1, 0, 1], "int32"), 2),
    ];
  }, 0);
  await withTensors(({ tf }) => {
    tf.tidy(() => {
      const { machine, calls } = spied();
      const { GatherV2 } = gatherOverrides(machine);
      const gather = (shape: number[], axis: number) => {
        calls.length = 0;
        called(GatherV2!, { x: tf.zeros(shape), indices: tf.zeros([4], "int32") }, { axis });
        return calls.map(([kernel, units, _x, _ids, _y, ...rest]) => [kernel, units, ...rest]);
      };
      // Floats of a slice, length of the axis, numbers, and how often they are read.
      assert.deepEqual(gather([3, 5, 2], 1), [["embedding", 12, 2, 5, 4, 3]]);
      assert.deepEqual(gather([3, 0], 0), []);
    });
  });
});

Deno.test("these are the kernels of ours that tfjs runs", async () => {
  await assertRegistered(gatherOverrides, ["GatherV2", "UnsortedSegmentSum"]);
});
