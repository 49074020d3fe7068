/** Runs one layer in the room, or the same function on stock tfjs, for its value and its gradients. */
import type { Machine } from "../../../../engine/tensor/machine.ts";
import { type Tensor, withTensors } from "../../../../engine/tensor/mod.ts";
import { roomEquipment } from "../../../../engine/tensor/room.ts";
import type { Tf } from "../../../../engine/deps/tfjs_core.ts";
import { noise, onStock } from "./stock.ts";

/** Values with their shape. */
export interface Given {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** Product of the lengths. */
export const size = (shape: readonly number[]): number => shape.reduce((all, n) => all * n, 1);

/** Noise in [−scale, scale). */
export const given = (shape: readonly number[], seed: number, scale = 1): Given => ({
  data: noise(size(shape), seed).map((value) => value * scale),
  shape,
});

/** [y, gradient of Σ y · weight for each input], weight being noise, of a layer among those that `layers` makes. */
export const inRoom = async <Layers>(
  layers: (machine: Machine) => Layers,
  layer: (nn: Layers, inputs: Tensor[]) => Tensor,
  inputs: readonly Given[],
): Promise<Float32Array[]> => {
  const { machine } = await roomEquipment();
  const nn = layers(machine);
  return await withTensors(({ tf, tensor, values, valueAndGradients }) => {
    const xs = inputs.map(({ data, shape }) => tensor(data, shape));
    const y = tf.tidy(() => layer(nn, xs));
    const weight = tensor(noise(y.size, 99), y.shape);
    const { value, gradients } = valueAndGradients(
      () => tf.sum(tf.mul(layer(nn, xs), weight)),
      xs,
    );
    const all = [values(y), ...gradients.map((gradient) => values(gradient!))];
    tf.dispose([...xs, y, weight, value, ...gradients.map((gradient) => gradient!)]);
    return all;
  });
};

/** The same by stock tfjs. */
export const inStock = (
  layer: (tf: Tf, inputs: Tensor[]) => Tensor,
  inputs: readonly Given[],
): Promise<Float32Array[]> =>
  onStock((tf) => {
    const xs = inputs.map(({ data, shape }) => tf.tensor(data, shape as number[]));
    const y = layer(tf, xs);
    const weight = tf.tensor(noise(y.size, 99), y.shape);
    const { grads } = tf.engine().gradients(() => tf.sum(tf.mul(layer(tf, xs), weight)), xs);
    return [y, ...grads];
  });
