import type { Tf } from "../../../../engine/deps/tfjs_core.ts";
import type { Tensor } from "../../../../engine/tensor/mod.ts";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { choiceOverrides } from "../../../../engine/tensor/overrides/choice.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { fc } from "../../../deps.ts";
import { assertRegistered, compare } from "../support/compare.ts";
import { size } from "../support/layer_under_test.ts";
import { called, spied } from "../support/spied.ts";
import { assertClose, noise, onStock } from "../support/stock.ts";
import assert from "node:assert/strict";

refuseLeaks(true);

const shapes = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 0, maxLength: 4 });

/** Values among which many are equal, zero, NaN or infinite. */
const awkward = (count: number, seed: number) =>
  Float32Array.from(
    { length: count },
    (_, i) => [-1.5, 0, 1, NaN, -0, Infinity, -Infinity, 0.25][(i * 5 + seed * (i >> 3)) % 8]!,
  );

/** Exactly equal values and types in the room and on the stock backend. */
async function agree(
  inputs: readonly (readonly number[])[],
  body: (tf: Tf, given: Tensor[]) => Tensor[],
): Promise<void> {
  const all = (tf: Tf) =>
    body(tf, inputs.map((shape, i) => tf.tensor(awkward(size(shape), i + 1), shape as number[])));
  const ours = await withTensors(({ tf }) =>
    tf.tidy(() => all(tf).map((y) => ({ dtype: y.dtype, values: Float32Array.from(y.dataSync()) })))
  );
  const types: string[] = [];
  const theirs = await onStock((tf) => {
    const tensors = all(tf);
    types.push(...tensors.map(({ dtype }) => dtype));
    return tensors;
  });
  theirs.forEach((values, i) => {
    if (ours[i]!.dtype !== types[i]) throw new Error(`${ours[i]!.dtype} instead of ${types[i]}`);
    assertClose(ours[i]!.values, values, 0, `result ${i}`);
  });
}

const COMPARISONS = ["equal", "notEqual", "greater", "greaterEqual", "less", "lessEqual"] as const;

Deno.test("comparisons agree with stock tfjs, with NaN, infinities and broadcasting", async () => {
  const pairs = shapes.chain((shape) =>
    fc.tuple(fc.constant(shape), fc.constantFrom([...shape], [], shape.slice(-1)))
  );
  await fc.assert(
    fc.asyncProperty(
      pairs,
      ([a, b]) =>
        agree(
          [a, b],
          (tf, [a, b]) => COMPARISONS.flatMap((name) => [tf[name](a!, b!), tf[name](b!, a!)]),
        ),
    ),
    { numRuns: 60 },
  );
});

Deno.test("step, clipping and selection agree with stock tfjs, with NaN and infinities", async () => {
  await fc.assert(
    fc.asyncProperty(shapes, (shape) =>
      agree([shape, shape], (tf, [a, b]) => [
        tf.step(a!),
        tf.step(a!, -1),
        tf.clipByValue(a!, -0.1, 0.3),
        tf.where(tf.greater(a!, b!), a!, b!),
        tf.where(tf.greater(a!, 0), a!, tf.scalar(3)),
        tf.where(tf.less(a!, b!), tf.cast(tf.step(a!, 2), "int32"), tf.zeros(shape, "int32")),
      ])),
    { numRuns: 60 },
  );
});

Deno.test("more than one block is compared and chosen to its end", async () => {
  await agree([[8193 * 2 + 3], [8193 * 2 + 3]], (tf, [a, b]) => [
    ...[tf.greater(a!, b!), tf.step(b!), tf.clipByValue(b!, 0, 0.5)],
    tf.where(tf.greater(a!, b!), a!, b!),
  ]);
});

Deno.test("the gradients of clipping and selection agree with stock tfjs", async () => {
  await fc.assert(
    fc.asyncProperty(
      shapes.filter((shape) => size(shape) > 0),
      (shape) =>
        compare(
          [shape, shape],
          (tf, [a, b]) => {
            const chosen = tf.greater(tf.tensor(noise(a!.size, 5), a!.shape), 0);
            return tf.where(chosen, tf.clipByValue(a!, -0.5, 0.5), tf.abs(b!));
          },
        ),
    ),
    { numRuns: 40 },
  );
});

Deno.test("these are the kernels of ours that tfjs runs", async () => {
  await assertRegistered(choiceOverrides, [
    ...["Equal", "NotEqual", "Greater", "GreaterEqual", "Less", "LessEqual"],
    ...["ClipByValue", "Step", "Select"],
  ]);
});

Deno.test("comparisons and choices go in units of 8192, and what is of other types or shapes to tfjs", async () => {
  await withTensors(({ tf }) => {
    tf.tidy(() => {
      const { machine, calls } = spied();
      const overrides = choiceOverrides(machine);
      const launched = (name: string, inputs: object, attrs: object = {}) => {
        calls.length = 0;
        called(overrides[name]!, inputs, attrs);
        return calls.map(([kernel, units]) => `${kernel} ${units}`);
      };
      for (const [n, units] of [[8192, 1], [8193, 2]] as const) {
        const x = tf.ones([n]);
        const clip = { clipValueMin: 0, clipValueMax: 1 };
        assert.deepEqual(launched("Less", { a: x, b: tf.scalar(1) }), [`compare ${units}`]);
        assert.deepEqual(launched("ClipByValue", { x }, clip), [`clip ${units}`]);
        assert.deepEqual(launched("Step", { x }, { alpha: 0 }), [`step ${units}`]);
        const condition = tf.ones([n], "bool");
        for (const t of [x, tf.ones([n], "int32")]) {
          assert.deepEqual(launched("Select", { condition, t, e: t }), [`select ${units}`]);
        }
      }
      const [x, row] = [tf.ones([2, 3]), tf.ones([3])];
      assert.deepEqual(launched("Less", { a: x, b: row }), []);
      assert.deepEqual(
        launched("Less", { a: tf.ones([2], "int32"), b: tf.ones([2], "int32") }),
        [],
      );
      assert.deepEqual(launched("Step", { x: tf.ones([2], "int32") }, { alpha: 0 }), []);
      const condition = tf.ones([2], "bool");
      assert.deepEqual(launched("Select", { condition, t: condition, e: condition }), []);
    });
  });
});
