/** Operations of tfjs and their gradients, in the room beside the stock backend. */
import assert from "node:assert/strict";
import type { Tensor, Tf } from "../../../../engine/deps/tfjs_core.ts";
import { BACKEND } from "../../../../engine/tensor/backend.ts";
import type { Machine, Overrides } from "../../../../engine/tensor/machine.ts";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { roomEquipment } from "../../../../engine/tensor/room.ts";
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

/** Runs `body`, tfjs code alone, in the room and on stock tfjs, and compares every tensor it returns. */
export async function agree(body: (tf: Tf) => Tensor[], tolerance: number): Promise<void> {
  const ours = await withTensors(({ tf }) => {
    const tensors = tf.tidy(() => body(tf));
    const all = tensors.map((tensor) => Float32Array.from(tensor.dataSync()));
    const shapes = tensors.map(({ shape, dtype }) => `${dtype} ${shape}`);
    tf.dispose(tensors);
    return { all, shapes };
  });
  let shapes: string[] = [];
  const theirs = await onStock((tf) => {
    const tensors = body(tf);
    shapes = tensors.map(({ shape, dtype }) => `${dtype} ${shape}`);
    return tensors;
  });
  assert.deepEqual(ours.shapes, shapes);
  theirs.forEach((values, i) => assertClose(ours.all[i]!, values, tolerance, `result ${i}`));
}

/** Fails unless the room's tfjs runs these kernels, and none of the stock ones, under their names. */
export async function assertRegistered(
  overrides: (machine: Machine) => Overrides,
  names: readonly string[],
): Promise<void> {
  const { machine } = await roomEquipment();
  assert.deepEqual(Object.keys(overrides(machine)).sort(), [...names].sort());
  for (const name of names) {
    const ours = machine.tf.getKernel(name, BACKEND).kernelFunc;
    assert.notEqual(ours, machine.tf.getKernel(name, "cpu").kernelFunc, name);
  }
}
