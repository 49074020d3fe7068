/**
 * Learned step sizes (Esser et al. 2020, "LSQ", arXiv 1902.08153): ŵ = s · round(clip(w/s, low, high)) where s learns
 * with the weights. ∂ŵ/∂s = round(w/s) − w/s inside the clip range, `low` or `high` outside (eq. 3); ∂ŵ/∂w = 1
 * inside, else 0 (eq. 5).
 */
import type { Room, Tensor } from "../../engine/tensor/mod.ts";
import type { Affine, Integers } from "../model/integers/rules.ts";

/** How a weight is cut. */
interface LearnedStep extends Integers {
  /** The kernel's axis with a step size per index; null: one for all. */
  readonly axis: number | null;
  /** The scales as they are now, after their floor. */
  readonly grids: readonly Affine[];
}

/**
 * The rounded weights. Gradients flow to `w` and to the step sizes `s`, those scaled by g = 1/√(N · high) with N the
 * weights per step size (§2.2), so that both move at one learning rate.
 */
export function learnedStep(
  room: Room,
  w: Tensor,
  s: Tensor,
  { low, high, axis, grids }: LearnedStep,
): Tensor {
  const { tf, nn } = room;
  const g = gradientScale(w.size / grids.length, high);
  const values = room.values(s);
  // g·s + (value − g·s): the value of the step, with g of its gradient.
  const rest = room.tensor(
    Float32Array.from(grids, ({ scale }, c) => scale - Math.fround(values[c]! * Math.fround(g))),
    s.shape,
  );
  const shape = axis === null ? [1] : [s.size, ...w.shape.slice(axis + 1).map(() => 1)];
  const step = tf.reshape(tf.add(tf.mul(s, g), rest), shape);
  const cut = tf.clipByValue(tf.div(w, step), low, high);
  const one = (value: number) => room.tensor(Float32Array.of(value), [1]);
  return tf.mul(nn.fakeQuantize(cut, one(1), one(0), low, high), step);
}

/** g = 1/√(N · high). */
export function gradientScale(weights: number, high: number): number {
  return 1 / Math.sqrt(weights * high);
}

/** The step size to begin with: 2 · mean|w| / √high (§2.1). */
export function initialStep(meanMagnitude: number, high: number): number {
  return 2 * meanMagnitude / Math.sqrt(high);
}
