/** Changes of type, beside stock tfjs. */
import { castOverrides } from "../../../../engine/tensor/overrides/cast.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { agree, assertRegistered } from "../support/compare.ts";

refuseLeaks(true);

Deno.test("integers stay integers where they can, and change type by value", async () => {
  await agree((tf) => {
    const x = tf.tensor1d([0, 1, -3, 8], "int32");
    const flags = tf.tensor1d([0, 1, 1], "bool");
    return [
      ...[tf.neg(x), tf.abs(x), tf.square(x), tf.relu(x), tf.erf(x), tf.sum(x), tf.max(x)],
      ...[tf.cast(x, "float32"), tf.cast(x, "bool"), tf.cast(flags, "float32")],
      ...[tf.cast(flags, "int32"), tf.cast(tf.tensor1d([-1.7, 2.9, 0]), "int32")],
      ...[tf.add(x, 0.5), tf.mul(x, x), tf.add(flags, 1)],
    ];
  }, 1e-6);
});

Deno.test("these are the kernels of ours that tfjs runs", async () => {
  await assertRegistered(castOverrides, ["Cast"]);
});
