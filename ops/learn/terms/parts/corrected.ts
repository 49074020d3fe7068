/** A teacher that is never wrong (TextBrewer's `probability_shift`). */
import type { Room, Tensor } from "../../../../engine/tensor/mod.ts";

/** The teacher's logits with the largest and the true class's swapped where they are two; targets one-hot, [B, K]. */
export function corrected(room: Room, teacher: Tensor, targets: Tensor): Tensor {
  const [values, truth] = [room.values(teacher), room.values(targets)];
  const width = teacher.shape[1]!;
  for (let row = 0; row < values.length; row += width) {
    let [best, right] = [row, row];
    for (let i = row; i < row + width; i++) {
      if (values[i]! > values[best]!) best = i;
      if (truth[i]! > truth[right]!) right = i;
    }
    [values[best], values[right]] = [values[right]!, values[best]!];
  }
  return room.tensor(values, teacher.shape);
}
