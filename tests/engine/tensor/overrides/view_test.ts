/** Tensors as typed arrays over the room's memory. */
import assert from "node:assert/strict";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { view } from "../../../../engine/tensor/overrides/view.ts";
import { refuseLeaks, roomEquipment } from "../../../../engine/tensor/room.ts";

refuseLeaks(true);

Deno.test("a view is as long and as wide as its tensor, and what is written there the tensor has", async () => {
  const { machine } = await roomEquipment();
  await withTensors(({ tf }) => {
    const kinds = [["float32", Float32Array], ["int32", Int32Array], ["bool", Uint8Array]] as const;
    for (const [dtype, type] of kinds) {
      const x = tf.tensor([1, 0, 1, 1, 0, 1], [2, 3], dtype);
      const found = view(machine, x);
      assert.ok(found instanceof type, dtype);
      assert.deepEqual([...found], [1, 0, 1, 1, 0, 1]);
      assert.equal(found.byteOffset, machine.pointer(x));
      found[1] = 1;
      assert.deepEqual([...x.dataSync()], [1, 1, 1, 1, 0, 1]);
      x.dispose();
    }
    const one = tf.scalar(5);
    assert.deepEqual([...view(machine, one)], [5]);
    one.dispose();
  });
});
