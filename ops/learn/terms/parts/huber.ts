/** Squared near zero, straight beyond (Huber 1964). */
import type { Room, Tensor } from "../../../../engine/tensor/mod.ts";
import { magnitude } from "./features.ts";

/** Element by element: x²/2 where |x| < 1, |x| − ½ elsewhere. */
export function huber(room: Room, values: Tensor): Tensor {
  const { tf } = room;
  const size = magnitude(room, values);
  const inner = tf.minimum(size, 1);
  return tf.mul(inner, tf.sub(size, tf.mul(inner, 0.5)));
}
