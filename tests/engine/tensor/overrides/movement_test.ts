import assert from "node:assert/strict";
import type { Tensor, Tf } from "../../../../engine/deps/tfjs_core.ts";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { movementOverrides } from "../../../../engine/tensor/overrides/movement.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { fc } from "../../../deps.ts";
import { assertRegistered } from "../support/compare.ts";
import { size } from "../support/layer_under_test.ts";
import { called, spied } from "../support/spied.ts";
import { assertClose, onStock } from "../support/stock.ts";

refuseLeaks(true);

/** Moves a tensor whose values are its places, in the room and on stock tfjs. */
async function agree(
  shape: number[],
  dtype: "float32" | "int32" | "bool",
  body: (tf: Tf, x: Tensor) => Tensor[],
): Promise<void> {
  const places = Array.from({ length: size(shape) }, (_, i) => dtype === "bool" ? i % 2 : i + 1);
  const all = (tf: Tf) => body(tf, tf.tensor(places, shape, dtype));
  const ours = await withTensors(({ tf }) => {
    const tensors = tf.tidy(() => all(tf));
    const values = tensors.map((t) => ({
      values: Float32Array.from(t.dataSync()),
      shape: t.shape,
    }));
    tf.dispose(tensors);
    return values;
  });
  const shapes: number[][] = [];
  const theirs = await onStock((tf) => {
    const tensors = all(tf);
    shapes.push(...tensors.map((tensor) => tensor.shape));
    return tensors;
  });
  theirs.forEach((values, i) => {
    assertClose(ours[i]!.shape, shapes[i]!, 0, "shape");
    assertClose(ours[i]!.values, values, 0, `result ${i}`);
  });
}

const dtypes = fc.constantFrom("float32" as const, "int32" as const, "bool" as const);
const shapes = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 5 });
const filled = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 5 });

Deno.test("transposing agrees with stock tfjs for every order of the axes", async () => {
  const cases = shapes.chain((shape) =>
    fc.tuple(
      fc.constant(shape),
      fc.shuffledSubarray([...shape.keys()], { minLength: shape.length, maxLength: shape.length }),
      dtypes,
    )
  );
  await fc.assert(
    fc.asyncProperty(cases, async ([shape, order, dtype]) => {
      await agree(shape, dtype, (tf, x) => [tf.transpose(x, order)]);
    }),
  );
});

Deno.test("slices, pads and reversals agree with stock tfjs", async () => {
  const cases = filled.chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      begin: fc.tuple(...shape.map((n) => fc.nat(n))),
      part: fc.tuple(...shape.map(() => fc.double({ min: 0, max: 1, noNaN: true }))),
      paddings: fc.tuple(...shape.map(() => fc.tuple(fc.nat(2), fc.nat(2)))),
      axes: fc.subarray([...shape.keys()]),
      dtype: dtypes,
    })
  );
  await fc.assert(
    fc.asyncProperty(cases, async ({ shape, begin, part, paddings, axes, dtype }) => {
      const lengths = shape.map((n, i) => Math.floor((n - begin[i]!) * part[i]!));
      await agree(shape, dtype, (tf, x) => [
        ...[tf.slice(x, begin, lengths), tf.reverse(x, axes)],
        ...(dtype === "bool" ? [] : [tf.pad(x, paddings, 3)]),
      ]);
    }),
  );
});

Deno.test("joining and splitting agree with stock tfjs along any axis", async () => {
  const cases = filled.chain((shape) =>
    fc.tuple(fc.constant(shape), fc.nat(shape.length - 1), fc.nat(6), dtypes)
  );
  await fc.assert(
    fc.asyncProperty(cases, async ([shape, axis, cut, dtype]) => {
      const first = Math.min(cut, shape[axis]!);
      await agree(shape, dtype, (tf, x) => {
        const parts = tf.split(x, [first, shape[axis]! - first], axis);
        return [...parts, tf.concat([parts[1]!, x, parts[0]!], axis)];
      });
    }),
  );
});

Deno.test("tiling agrees with stock tfjs for any repetitions", async () => {
  const cases = shapes.filter((shape) => shape.length < 5).chain((shape) =>
    fc.tuple(fc.constant(shape), fc.tuple(...shape.map(() => fc.nat(3))), dtypes)
  );
  await fc.assert(
    fc.asyncProperty(
      cases,
      ([shape, reps, dtype]) => agree(shape, dtype, (tf, x) => [tf.tile(x, reps)]),
    ),
  );
});

Deno.test("stacking and unstacking agree with stock tfjs along any axis", async () => {
  const cases = filled.filter((shape) => shape.length < 5).chain((shape) =>
    fc.tuple(fc.constant(shape), fc.nat(shape.length - 1), dtypes)
  );
  await fc.assert(
    fc.asyncProperty(cases, async ([shape, axis, dtype]) => {
      await agree(shape, dtype, (tf, x) => [
        ...[tf.stack([x, tf.reverse(x, axis), x], axis), tf.stack([x], axis)],
        ...tf.unstack(x, axis),
      ]);
    }),
  );
});

Deno.test("tiles and stacks have the gradients of stock tfjs", async () => {
  await agree([3, 5], "float32", (tf, x) => {
    const weight = tf.reshape(tf.range(0, 60), [2, 6, 5]);
    const stacked = (x: Tensor) => {
      const [a, , c] = tf.unstack(x) as [Tensor, Tensor, Tensor];
      const tall = tf.tile(tf.stack([a, tf.square(c)]), [3, 1]);
      return tf.sum(tf.mul(weight, tf.stack([tall, tall])));
    };
    return [tf.grad((x) => stacked(x))(x)];
  });
});

Deno.test("a tensor that is taken apart into one has a gradient", async () => {
  const gradients = await withTensors((room) => {
    const { tf } = room;
    const x = tf.tensor2d([[1, 2, 3]]);
    const taken = [
      () => tf.unstack(x)[0]!,
      () => tf.split(x, 1, 0)[0]!,
      () => tf.split(x, [3], 1)[0]!,
    ];
    const found = taken.map((take) => {
      const { value, gradients } = room.valueAndGradients(() => tf.sum(tf.square(take())), [x]);
      const values = [...room.values(gradients[0]!)];
      tf.dispose([value, gradients[0]!]);
      return values;
    });
    x.dispose();
    return found;
  });
  assert.deepEqual(gradients, [[2, 4, 6], [2, 4, 6], [2, 4, 6]]);
});

Deno.test("long runs are moved whole, and gradients move back", async () => {
  await agree([2, 700], "float32", (tf, x) => {
    const cut = (x: Tensor) => tf.concat([tf.slice(x, [0, 100], [2, 600]), tf.reverse(x, 1)], 1);
    const dy = tf.reshape(tf.range(0, 2600), [2, 1300]);
    return [cut(x), tf.grad((x) => cut(x))(x, dy)];
  });
});

Deno.test("these are the kernels of ours that tfjs runs", async () => {
  await assertRegistered(movementOverrides, [
    "Transpose",
    "Slice",
    "SplitV",
    "Reverse",
    "PadV2",
    "Concat",
    "Pack",
    "Unpack",
    "Tile",
  ]);
});

Deno.test("moves are joined to few loops, and shared out where a run is worth it", async () => {
  await withTensors(({ tf }) => {
    tf.tidy(() => {
      const { machine, calls } = spied();
      const overrides = movementOverrides(machine);
      const moves = (name: string, x: Tensor, attrs: object) => {
        calls.length = 0;
        called(overrides[name]!, { x }, attrs);
        const at = machine.pointer(x);
        // Where it goes is left out, where it comes from is counted from the tensor.
        return calls.map(([kernel, units, _to, from, ...rest]) =>
          kernel === "move" ? [kernel, units, Number(from) - at, ...rest] : [kernel, units]
        );
      };
      const slice = (shape: number[], begin: number[], size: number[]) =>
        moves("Slice", tf.zeros(shape), { begin, size });
      // A run's length and step; three inner loops; the steps of all four in source and target.
      assert.deepEqual(slice([2, 700], [0, 100], [2, 64]), [
        ["move", 2, 400, 64, 1, 1, 1, 1, 700, 1, 1, 1, 64, 1, 1, 1],
      ]);
      assert.deepEqual(slice([2, 700], [0, 100], [2, 63]), [
        ["move", 1, 400, 63, 1, 1, 1, 2, 1, 1, 1, 700, 1, 1, 1, 63],
      ]);
      assert.deepEqual(slice([3, 2, 700], [1, 0, 0], [2, 2, 100]), [
        ["move", 4, 5600, 100, 1, 1, 1, 1, 700, 1, 1, 1, 100, 1, 1, 1],
      ]);
      assert.deepEqual(slice([3, 3, 90], [0, 1, 0], [3, 2, 80]), [
        ["move", 1, 360, 80, 1, 1, 3, 2, 1, 1, 270, 90, 1, 1, 160, 80],
      ]);
      assert.deepEqual(slice([3, 1, 5], [1, 0, 0], [2, 1, 5]), [
        ["move", 1, 20, 10, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
      ]);
      assert.deepEqual(slice([3, 5], [1, 0], [0, 5]), []);
      assert.deepEqual(moves("Reverse", tf.zeros([3]), { dims: [0] }), [
        ["move", 1, 8, 3, -1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
      ]);
      assert.deepEqual(moves("Reverse", tf.zeros([4, 3]), { dims: [0] }), [
        ["move", 1, 36, 3, 1, 1, 1, 4, 1, 1, 1, -3, 1, 1, 1, 3],
      ]);
      assert.deepEqual(moves("Transpose", tf.zeros([2, 3, 4]), { perm: [2, 1, 0] }), [
        ["move", 1, 0, 2, 12, 1, 4, 3, 1, 1, 1, 4, 1, 1, 6, 2],
      ]);
      assert.deepEqual(moves("Transpose", tf.zeros([5, 3]), { perm: [1, 0] }), [["transpose", 2]]);
      assert.deepEqual(moves("Transpose", tf.zeros([4, 3]), { perm: [1, 0] }), [["transpose", 1]]);
      assert.deepEqual(moves("Transpose", tf.zeros([4, 3]), { perm: [0, 1] }).length, 1);
      // Four loops the kernel has, and five go to tfjs; so do tensors of more than five axes.
      assert.equal(moves("Tile", tf.zeros([2, 3]), { reps: [2, 2] }).length, 1);
      assert.equal(moves("Tile", tf.zeros([2, 3, 2]), { reps: [2, 2, 2] }).length, 0);
      assert.equal(
        moves("Transpose", tf.zeros([1, 2, 1, 2, 2]), { perm: [4, 3, 2, 1, 0] }).length,
        1,
      );
      assert.equal(
        moves("Transpose", tf.zeros([1, 2, 1, 2, 2, 1]), { perm: [5, 4, 3, 2, 1, 0] }).length,
        0,
      );
      // Neighbours that are written apart are moved one by one.
      assert.deepEqual(moves("PadV2", tf.zeros([3, 1]), { paddings: [[0, 0], [0, 1]] }), [
        ["move", 1, 0, 1, 1, 1, 1, 3, 1, 1, 1, 1, 1, 1, 1, 2],
      ]);
    });
  });
});

Deno.test("padding without a value is with zeros, and what does not stack is refused", async () => {
  await withTensors(({ tf, values }) => {
    tf.tidy(() => {
      const overrides = movementOverrides(spied().machine);
      const [y] = called(overrides["PadV2"]!, { x: tf.ones([2]) }, { paddings: [[1, 2]] });
      assert.deepEqual([...values(y!)], [0, 1, 1, 0, 0]);
      assert.throws(
        () => called(overrides["Pack"]!, [tf.ones([2]), tf.ones([3])], { axis: 0 }),
        /^Error: Cannot stack:  ?Shapes 3 and 2 must match$/,
      );
      const [last] = called(overrides["Pack"]!, [tf.ones([2]), tf.ones([2])], { axis: -1 });
      assert.deepEqual(last!.shape, [2, 2]);
      const [whole] = called(overrides["PadV2"]!, { x: tf.ones([1], "int32") }, {
        ...{ paddings: [[1, 0]], constantValue: 7 },
      });
      assert.deepEqual([...whole!.dataSync()], [7, 1]);
    });
  });
});
