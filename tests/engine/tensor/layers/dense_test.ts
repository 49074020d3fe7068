/** The dense layer beside stock tfjs. */
import assert from "node:assert/strict";
import { denseLayers } from "../../../../engine/tensor/layers/dense.ts";
import { type Activation, type Tensor, withTensors } from "../../../../engine/tensor/mod.ts";
import { refuseLeaks, roomEquipment } from "../../../../engine/tensor/room.ts";
import { fc } from "../../../deps.ts";
import { assertClose, noise, onStock } from "../support/stock.ts";
import { gradientsInRoom, RELU, size } from "./rectified_layers.ts";

refuseLeaks(true);
const nn = denseLayers((await roomEquipment()).machine);

const activations = fc.constantFrom<Activation>("linear", "relu", "relu6");

Deno.test("dense agrees with stock tfjs in value and gradients for any shape", async () => {
  const shapes = fc.record({
    rows: fc.integer({ min: 0, max: 20 }),
    inner: fc.integer({ min: 1, max: 900 }),
    columns: fc.integer({ min: 1, max: 40 }),
    activation: activations,
    bias: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(shapes, async ({ rows, inner, columns, activation, bias }) => {
      const inputs = [[rows, inner], [inner, columns], ...(bias ? [[columns]] : [])];
      const dy = (shape: number[]) => noise(size(shape), 9);
      const ours = await gradientsInRoom(
        ([x, w, b]) => nn.dense(x!, w!, b ?? null, activation),
        inputs,
        dy,
      );
      const theirs = await onStock((tf) => {
        const given = inputs.map((shape, i) => tf.tensor(noise(size(shape), i + 1), shape));
        const f = (x: Tensor, w: Tensor, b?: Tensor) => {
          const z = tf.matMul(x, w);
          return RELU[activation]!(b ? tf.add(z, b) : z, tf);
        };
        const y = f(given[0]!, given[1]!, given[2]);
        const gradients = tf.grads((...all) => f(all[0]!, all[1]!, all[2]))(
          given,
          tf.tensor(dy(y.shape), y.shape),
        );
        return [y, ...gradients];
      });
      ours.forEach((values, i) => assertClose(values, theirs[i]!, 2e-4, `output ${i}`));
    }),
    { numRuns: 40 },
  );
});

Deno.test("a product small enough to do by hand, with its bias and rectifier", async () => {
  await withTensors(({ tf, tensor, values }) => {
    const [y, z] = tf.tidy(() => {
      const x = tensor(new Float32Array([1, 2, -1, 3]), [2, 2]);
      const w = tensor(new Float32Array([2, 0, 1, -4, 5, 6]), [2, 3]);
      const b = tensor(new Float32Array([1, -11, 0]), [3]);
      return [nn.dense(x, w, null, "linear"), nn.dense(x, w, b, "relu6")].map(values);
    });
    assert.deepEqual([...y!], [-6, 10, 13, -14, 15, 17]);
    assert.deepEqual([...z!], [0, 0, 6, 0, 4, 6]);
  });
});

Deno.test("shapes that do not fit are refused with all of them", async () => {
  await withTensors(({ tf }) => {
    tf.tidy(() => {
      assert.throws(
        () => nn.dense(tf.zeros([2, 3]), tf.zeros([4, 5]), null, "linear"),
        /^Error: Cannot multiply x \[2,3\] by w \[4,5\]: expected \[B, I\], \[I, O\] and \[O\]$/,
      );
      for (const b of [[4], [5, 1], [1, 5]]) {
        assert.throws(() => nn.dense(tf.zeros([2, 3]), tf.zeros([3, 5]), tf.zeros(b), "linear"), {
          message:
            `Cannot multiply x [2,3] by w [3,5] with bias [${b}]: expected [B, I], [I, O] and [O]`,
        });
      }
      for (
        const [x, w] of [[[1, 2, 3], [3, 5]], [[3], [3, 5]], [[2, 3], [3]], [[2, 3], [
          3,
          5,
          1,
        ]]] as const
      ) {
        assert.throws(() => nn.dense(tf.zeros([...x]), tf.zeros([...w]), null, "linear"), {
          message: `Cannot multiply x [${x}] by w [${w}]: expected [B, I], [I, O] and [O]`,
        });
      }
    });
  });
});

Deno.test("an activation that is no rectifier comes after the product and its bias", async () => {
  await withTensors(({ tf, tensor, values }) => {
    tf.tidy(() => {
      const x = tensor(Float32Array.of(1, -2), [2, 1]);
      const w = tensor(Float32Array.of(3), [1, 1]);
      const b = tensor(Float32Array.of(1), [1]);
      assert.deepEqual([...values(nn.dense(x, w, b, "leaky-relu"))], [4, -1]);
    });
  });
});
