/** Gradients through rectifiers and of a bias, by hand. */
import assert from "node:assert/strict";
import {
  biasGradient,
  isRectifier,
  throughRectifier,
} from "../../../../engine/tensor/layers/rectified.ts";
import type { Machine } from "../../../../engine/tensor/machine.ts";
import { type Activation, withTensors } from "../../../../engine/tensor/mod.ts";
import { refuseLeaks, roomEquipment } from "../../../../engine/tensor/room.ts";

refuseLeaks(true);

const equipment = await roomEquipment();
const launched: (string | number)[][] = [];
const machine: Machine = {
  ...equipment.machine,
  launch: (kernel, units, ...numbers) => {
    launched.push([kernel, units]);
    equipment.machine.launch(kernel, units, ...numbers);
  },
};

Deno.test("linear, relu and relu6 are what product kernels clamp themselves", () => {
  const all: Activation[] = [
    ...["linear", "relu", "relu6", "sigmoid", "tanh", "gelu", "elu", "leaky-relu"] as const,
  ];
  assert.deepEqual(all.filter(isRectifier), ["linear", "relu", "relu6"]);
});

Deno.test("dy passes where the output lies inside of the clamp, and a linear layer passes it on", async () => {
  await withTensors(({ tf, tensor, values }) => {
    const y = tensor(Float32Array.of(0, 1, 5, 6, 7), [5]);
    const dy = tensor(Float32Array.of(10, 20, 30, 40, 50), [5]);
    const [relu, relu6] = (["relu", "relu6"] as const)
      .map((activation) => throughRectifier(machine, dy, y, activation));
    assert.deepEqual([...values(relu!)], [0, 20, 30, 40, 50]);
    assert.deepEqual([...values(relu6!)], [0, 20, 30, 0, 0]);
    assert.equal(throughRectifier(machine, dy, y, "linear"), dy);
    assert.equal(throughRectifier(machine, dy, undefined, "relu"), dy);
    tf.dispose([y, dy, relu!, relu6!]);
  });
});

Deno.test("rectifiers go in units of 1024 and a bias in units of 16 columns, to the last", async () => {
  await withTensors(({ tf, tensor, values }) => {
    const line = (n: number, value: number) => tensor(new Float32Array(n).fill(value), [n]);
    for (const n of [1024, 1025]) {
      const [y, dy] = [line(n, 1), line(n, 3)];
      launched.length = 0;
      const dz = throughRectifier(machine, dy, y, "relu");
      assert.deepEqual(launched, [["rectifyGradient", n === 1024 ? 1 : 2]]);
      assert.ok(values(dz).every((value) => value === 3));
      tf.dispose([y, dy, dz]);
    }
    for (const n of [16, 17, 33]) {
      const dz = tensor(Float32Array.from({ length: 3 * n }, (_, i) => i), [3, n]);
      launched.length = 0;
      const db = biasGradient(machine, dz, n);
      assert.deepEqual(launched, [["columnSums", Math.ceil(n / 16)]]);
      // Column i of three rows: i, n + i and 2n + i.
      assert.deepEqual([...values(db)], Array.from({ length: n }, (_, i) => 3 * i + 3 * n));
      tf.dispose([dz, db]);
    }
    const none = tensor(new Float32Array(0), [3, 0]);
    const db = biasGradient(machine, none, 0);
    assert.deepEqual(db.shape, [0]);
    tf.dispose([none, db]);
  });
});
