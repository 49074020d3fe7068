/** A layer with its inputs made of noise, in the room, for its value and the gradients that a given dy asks for. */
import { type Tensor, withTensors } from "../../../../engine/tensor/mod.ts";
import { noise } from "../support/stock.ts";

/** Product of the lengths. */
export const size = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);

/** Output and gradients of Σ y · dy of one layer in the room. */
export const gradientsInRoom = (
  layer: (inputs: Tensor[]) => Tensor,
  inputs: readonly (readonly number[])[],
  dy: (shape: number[]) => Float32Array,
): Promise<Float32Array[]> =>
  withTensors(({ tf, tensor, values, valueAndGradients }) => {
    const given = inputs.map((shape, i) => tensor(noise(size(shape), i + 1), shape));
    const y = layer(given);
    const weight = tensor(dy(y.shape), y.shape);
    const { value, gradients } = valueAndGradients(
      () => tf.sum(tf.mul(layer(given), weight)),
      given,
    );
    const all = [values(y), ...gradients.map((gradient) => values(gradient!))];
    tf.dispose([...given, y, weight, value, ...gradients.map((gradient) => gradient!)]);
    return all;
  });

/** Rectifiers in stock ops. */
export const RELU: Record<
  string,
  (t: Tensor, tf: { relu(t: Tensor): Tensor; relu6(t: Tensor): Tensor }) => Tensor
> = {
  linear: (t) => t,
  relu: (t, tf) => tf.relu(t),
  relu6: (t, tf) => tf.relu6(t),
};
