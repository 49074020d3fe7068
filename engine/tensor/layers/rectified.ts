/** Activations around a product: those the kernels clamp themselves, and the gradient through them. */
import type { Tensor } from "../../deps/tfjs_core.ts";
import type { Machine } from "../machine.ts";
import type { Rectifier } from "../products/matrix.ts";
import type { Activation } from "../types.ts";

/** Whether product kernels apply this activation on their way out. */
export const isRectifier = (activation: Activation): activation is Rectifier =>
  activation === "linear" || activation === "relu" || activation === "relu6";

/** dy where the rectifier let its input through. `y` is the activated output. */
export function throughRectifier(
  machine: Machine,
  dy: Tensor,
  y: Tensor | undefined,
  activation: Rectifier,
): Tensor {
  if (activation === "linear" || !y) return dy;
  const dz = machine.output(dy.shape);
  machine.launch(
    "rectifyGradient",
    Math.ceil(dy.size / 1024),
    ...[machine.pointer(dz), machine.pointer(dy), machine.pointer(y)],
    activation === "relu6" ? 6 : Infinity,
    dy.size,
  );
  return dz;
}

/** Sum over all axes but the last: a bias's gradient. */
export function biasGradient(machine: Machine, dz: Tensor, n: number): Tensor {
  const out = machine.output([n]);
  machine.launch(
    "columnSums",
    Math.ceil(n / 16),
    ...[machine.pointer(out), machine.pointer(dz), n === 0 ? 0 : dz.size / n, n],
  );
  return out;
}
