/** Numbers out of a table: what stands for a value, or for the range it lies in. */
import { Type } from "../../../../engine/field.ts";
import type { Tensor, Tf } from "../../../../engine/tensor/mod.ts";
import { type AnyLayer, defineLayer } from "../define.ts";
import { cannot, one } from "../shape_checks.ts";

/**
 * Of each value one of `values`, or `other`. `equal`: the one whose key the value is; `least`: that of the last key, in
 * rising order, that is no larger than the value. It has no slope.
 */
export const lookup = defineLayer({
  kind: "lookup",
  attributes: Type.Object({
    by: Type.Union([Type.Literal("equal"), Type.Literal("least")]),
    keys: Type.Array(Type.Number()),
    values: Type.Array(Type.Number()),
    other: Type.Number(),
  }),
  shape(layer, inputs) {
    checkTable(layer);
    return one(layer, inputs);
  },
  // Which number stands for a channel is no matter of its size: it stays.
  channels: { pass: ({ inputs: [channels], ties }) => ties.fix(channels!) },
  run(layer, { room: { tf }, inputs: [x] }) {
    const { keys, other } = layer;
    if (keys.length === 0) return tf.fill(x!.shape, other);
    const apart = tf.sub(tf.expandDims(x!, -1), tf.tensor1d(keys.map(Math.fround)));
    const found = layer.by === "equal" ? isZero(tf, apart) : tf.sub(1, tf.step(tf.neg(apart)));
    return tf.add(tf.sum(tf.mul(found, tf.tensor1d([...steps(layer)])), -1), other);
  },
});

/** A table of a layer. */
interface LookupTable {
  readonly by: "equal" | "least";
  readonly keys: readonly number[];
  readonly values: readonly number[];
  readonly other: number;
}

/** What each key that is met adds to `other`: its value, less what the keys before it have added. */
export function steps({ by, values, other }: LookupTable): readonly number[] {
  return values.map((value, at) => value - (by === "equal" || at === 0 ? other : values[at - 1]!));
}

/** 1 where a value is 0, else 0, by operations that have a slope: none. */
function isZero(tf: Tf, x: Tensor): Tensor {
  return tf.sub(tf.sub(1, tf.step(x)), tf.step(tf.neg(x)));
}

function checkTable(layer: AnyLayer & LookupTable): void {
  const { by, keys, values } = layer;
  if (values.length !== keys.length) {
    throw cannot(layer, `it has ${keys.length} keys and ${values.length} values`);
  }
  const sorted = [...keys].sort((a, b) => a - b);
  const odd = by === "least"
    ? keys.find((key, at) => key !== sorted[at])
    : sorted.find((key, at) => at > 0 && key === sorted[at - 1]);
  if (odd === undefined) return;
  throw cannot(
    layer,
    by === "least" ? "its keys do not rise" : `its key ${odd} stands there more than once`,
  );
}
