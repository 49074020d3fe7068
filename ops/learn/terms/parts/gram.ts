/** How the samples of a batch lie to one another. */
import type { Room, Tensor } from "../../../../engine/tensor/mod.ts";
import { centred, flat, unit } from "./features.ts";

/** x · xᵀ, [B, D] → [B, B]. */
export function gramOf({ tf }: Room, rows: Tensor): Tensor {
  return tf.matMul(rows, rows, false, true);
}

/** Cosines between the samples of a batch, [B, …] → [B, B]. */
export function cosinesOf(room: Room, values: Tensor): Tensor {
  return gramOf(room, unit(room, flat(room, values), 1));
}

/** Products of samples about their mean: distances and angles follow from it, and lose less by cancellation. */
export function centredGram(room: Room, values: Tensor): Tensor {
  return gramOf(room, centred(room, flat(room, values), 0));
}

/** The mean over B² of (a − b)². */
export function meanSquare({ tf }: Room, a: Tensor, b: Tensor) {
  return tf.mean(tf.squaredDifference(a, b));
}
