/** The reverse pass: gradients by hand, and what it gives back. */
import assert from "node:assert/strict";
import { differentiate } from "../../../engine/tensor/differentiate.ts";
import { type Scalar, type Tensor, withTensors } from "../../../engine/tensor/mod.ts";
import { refuseLeaks, roomEquipment } from "../../../engine/tensor/room.ts";

refuseLeaks(true);

const { machine } = await roomEquipment();

Deno.test("a value that two paths reach has the sum of their gradients", async () => {
  await withTensors(({ tf, tensor, values }) => {
    const x = tensor(Float32Array.of(2, 3), [2]);
    // Σ x³ + 5 Σ x: 3x² + 5.
    const { value, gradients } = differentiate(
      machine,
      () => tf.sum(tf.add(tf.mul(tf.mul(x, x), x), tf.mul(x, 5))),
      [x, x],
    );
    assert.deepEqual([...values(value)], [60]);
    for (const gradient of gradients) assert.deepEqual([...values(gradient!)], [17, 32]);
    tf.dispose([x, value, ...gradients as Tensor[]]);
  });
});

Deno.test("a gradient that is passed on unchanged can be given back by each who has it", async () => {
  await withTensors(({ tf, tensor, values }) => {
    const [a, b] = [tensor(Float32Array.of(1), [1]), tensor(Float32Array.of(2), [1])];
    const { value, gradients } = differentiate(machine, () => tf.sum(tf.add(a, b)), [a, b]);
    gradients[0]!.dispose();
    assert.deepEqual([...values(gradients[1]!)], [1]);
    tf.dispose([a, b, value, gradients[1]!]);
  });
});

Deno.test("nothing that was made on the way is left, also where the body fails", async () => {
  await withTensors(({ tf, tensor }) => {
    const x = tensor(new Float32Array(100), [10, 10]);
    const before = [tf.memory().numTensors, machine.allocator.usage().blocks];
    const body = (): Scalar => tf.sum(tf.relu(tf.matMul(x as never, tf.square(x) as never)));
    const { value, gradients } = differentiate(machine, body, [x]);
    tf.dispose([value, gradients[0]!]);
    assert.deepEqual([tf.memory().numTensors, machine.allocator.usage().blocks], before);
    const failing = () => {
      tf.square(x);
      throw new Error("no");
    };
    assert.throws(() => differentiate(machine, failing, [x]), /^Error: no$/);
    assert.throws(
      () => differentiate(machine, () => tf.square(x) as never, [x]),
      /^Error: Cannot differentiate a value of shape \[10,10\]: it must be one number$/,
    );
    x.dispose();
  });
});

Deno.test("an operation without a gradient is named", async () => {
  await withTensors(({ tf, tensor }) => {
    const x = tensor(Float32Array.of(1, 2), [2]);
    tf.tidy(() => {
      assert.throws(
        () => differentiate(machine, () => tf.sum(tf.cumprod(x)), [x]),
        /^Error: Cannot differentiate: tfjs's "Cumprod" has no gradient$/,
      );
    });
    x.dispose();
  });
});
