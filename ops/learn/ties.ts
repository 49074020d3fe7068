/**
 * Weights that share a value move together (Han et al. 2015, "Deep Compression", §3.3): the gradient of a centroid is
 * the sum of the gradients of its weights. Each weight is given that sum, and weights that begin alike and move alike
 * stay alike, to the bit: optimizers work element by element.
 */
import type { Room, Tensor } from "../../engine/tensor/mod.ts";
import type { Weight } from "../model/model.ts";
import { floatWeight } from "../model/weights.ts";

/** Which weights share: equal codes. */
export type Ties = Uint8Array;

/** The ties of a weight; undefined where each value is its own. */
export function tiesOf({ encoding, data }: Weight): Ties | undefined {
  return encoding.use === "codebook" ? data as Uint8Array : undefined;
}

/** The gradient with each value replaced by the sum over all that share with it, added up in their order. */
export function tiedGradient(room: Room, gradient: Tensor, ties: Ties): Tensor {
  const values = room.values(gradient);
  const sums = new Float64Array(256);
  for (let i = 0; i < values.length; i++) sums[ties[i]!]! += values[i]!;
  for (let i = 0; i < values.length; i++) values[i] = sums[ties[i]!]!;
  return room.tensor(values, gradient.shape);
}

/** A weight with the values it has learned, stored as it was: by codebook where it shares them, else as float32. */
export function learnedWeight(weight: Weight, values: Float32Array): Weight {
  const { shape, encoding, data, mask } = weight;
  if (encoding.use !== "codebook") return floatWeight(shape, values, mask);
  const centroids = encoding.centroids.slice();
  for (let i = 0; i < values.length; i++) centroids[data[i]!] = values[i]!;
  return { ...weight, encoding: { ...encoding, centroids } };
}
