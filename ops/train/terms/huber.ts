/** Squared near zero, straight beyond (Huber 1964). */
import type { Room, Tensor } from "../../../engine/tensor/mod.ts";

/** Element by element: x²/2 where |x| < 1, |x| − ½ elsewhere. */
export function huber({ tf }: Room, values: Tensor): Tensor {
  const size = tf.abs(values);
  const inner = tf.minimum(size, 1);
  return tf.mul(inner, tf.sub(size, tf.mul(inner, 0.5)));
}
