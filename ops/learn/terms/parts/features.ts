/** What terms do with values inside a model before they compare them. All differentiable. */
import type { Room, Tensor } from "../../../../engine/tensor/mod.ts";
import type { Shape } from "../../../model/layers.ts";

/** Lengths below are taken for this one: a quotient by zero has no gradient. */
const SHORTEST = 1e-6;

/** Whatever a sample's shape, one row each: [B, …] → [B, D]. */
export function flat({ tf }: Room, values: Tensor): Tensor {
  const [samples = 1] = values.shape;
  return values.rank === 2 ? values : tf.reshape(values, [samples, values.size / samples]);
}

/** |x| of each number. Unlike that of `tf.abs`, which is −1 there, its gradient is 0 at 0. */
export function magnitude({ tf }: Room, values: Tensor): Tensor {
  return tf.mul(values, tf.sign(values));
}

/** Euclidean length along an axis, kept as an axis of extent 1. */
export function lengthsOf({ tf }: Room, values: Tensor, axis: number): Tensor {
  const squares = tf.sum(tf.square(values), axis, true);
  return tf.sqrt(tf.maximum(squares, SHORTEST * SHORTEST));
}

/** Values divided by their length along an axis. */
export function unit(room: Room, values: Tensor, axis: number): Tensor {
  return room.tf.div(values, lengthsOf(room, values, axis));
}

/**
 * 1 − ‖u‖² of each vector u that `unit` gives along an axis, kept as an axis of extent 1: exactly 0 for a length of
 * 1, and 1 for a vector of zeros, which stays one. So ‖u − v‖² is 2 − 2 u·v less this of both.
 */
export function shortfall({ tf }: Room, values: Tensor, axis: number): Tensor {
  const squares = tf.sum(tf.square(values), axis, true);
  return tf.relu(tf.sub(1, tf.div(squares, SHORTEST * SHORTEST)));
}

/** 1 − cos of two vectors along an axis, exact where they are equal; 1 where one of them is all zeros. */
export function unlikeness(room: Room, a: Tensor, b: Tensor, axis: number): Tensor {
  const { tf } = room;
  const apart = tf.squaredDifference(unit(room, a, axis), unit(room, b, axis));
  const short = tf.sum(tf.add(shortfall(room, a, axis), shortfall(room, b, axis)), axis);
  return tf.mul(tf.add(tf.sum(apart, axis), short), 0.5);
}

/** Values less their mean along an axis. */
export function centred({ tf }: Room, values: Tensor, axis: number): Tensor {
  return tf.sub(values, tf.mean(values, axis, true));
}

/** An image per sample as its channels over its places: [B, H, W, C] → [B, H·W, C]. */
export function places({ tf }: Room, map: Tensor): Tensor {
  const [samples, height, width, channels] = map.shape as [number, number, number, number];
  return tf.reshape(map, [samples, height * width, channels]);
}

/** The larger of two extents is pooled to the smaller one; so can these two shapes of maps be compared? */
export function canPool(a: Shape, b: Shape): boolean {
  return a.length === 3 && b.length === 3 && [0, 1].every((axis) => {
    const [small, large] = [a[axis]!, b[axis]!].sort((x, y) => x - y) as [number, number];
    return large % small === 0;
  });
}

/** Maps of two models, the larger averaged over equal windows down to the smaller one. */
export function alike(room: Room, a: Tensor, b: Tensor): readonly [Tensor, Tensor] {
  return [pooled(room, a, b), pooled(room, b, a)];
}

function pooled({ nn }: Room, map: Tensor, other: Tensor): Tensor {
  if (map.rank !== 4) return map;
  const size = [1, 2].map((axis) => Math.max(1, map.shape[axis]! / other.shape[axis]!));
  const window = size as [number, number];
  return window[0] === 1 && window[1] === 1
    ? map
    : nn.averagePool(map, window, { strides: window, padding: "valid" });
}

/** Which shapes `alike` can work on: help for those it cannot. */
export function unfitMaps(
  [a = []]: readonly Shape[],
  [b = []]: readonly Shape[],
): string | undefined {
  if (a.length !== 3 || b.length !== 3) return "match layers that give images on both sides";
  return canPool(a, b)
    ? undefined
    : "match layers whose height and width divide each other: the larger is pooled to the smaller";
}

/** Element by element (Huber 1964): x²/2 where |x| < 1, |x| − ½ elsewhere. */
export function huber(room: Room, values: Tensor): Tensor {
  const { tf } = room;
  const size = magnitude(room, values);
  const inner = tf.minimum(size, 1);
  return tf.mul(inner, tf.sub(size, tf.mul(inner, 0.5)));
}

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
