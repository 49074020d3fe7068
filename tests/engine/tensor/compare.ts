/** Operations of tfjs and their gradients, in the room beside the stock backend. */
import type { Tensor, Tf } from "../../../engine/deps/tfjs_core.ts";
import { withTensors } from "../../../engine/tensor/mod.ts";
import { assertClose, noise, onStock } from "./stock.ts";

const size = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);

/** Runs `f` and its gradients in the room and on the stock backend, and compares. (tfjs has none for shared batches.) */
export async function compare(
  inputs: readonly (readonly number[])[],
  f: (tf: Tf, given: Tensor[]) => Tensor,
  withGradients = true,
): Promise<void> {
  const all = (tf: Tf) => {
    const given = inputs.map((shape, i) => tf.tensor(noise(size(shape), i + 1), shape as number[]));
    const y = f(tf, given);
    if (!withGradients) return [y];
    const dy = tf.tensor(noise(y.size, 9), y.shape);
    return [y, ...tf.grads((...xs) => f(tf, xs))(given, dy)];
  };
  const ours = await withTensors(({ tf, values }) => {
    const tensors = tf.tidy(() => all(tf));
    const result = tensors.map(values);
    tf.dispose(tensors);
    return result;
  });
  const theirs = await onStock(all);
  theirs.forEach((values, i) => assertClose(ours[i]!, values, 1e-4, `result ${i}`));
}
