/** Layers that make one value of several. */
import { Type } from "../../../engine/field.ts";
import { sameShape, type Shape, show } from "../../../engine/shape.ts";
import { log } from "../../../engine/tensor/scalar_math.ts";
import { Activated, Positive } from "./attributes.ts";
import { tiedInputs } from "./channels.ts";
import { defineLayer } from "./define.ts";
import { activatedExpected, type Expected } from "./expected.ts";
import { cannot, several } from "./shape_checks.ts";

/** The sum of values of one shape, and an activation. */
export const add = defineLayer({
  kind: "add",
  attributes: Type.Object({ activation: Activated }),
  shape(layer, inputs) {
    const [first, ...others] = several(layer, inputs);
    const odd = others.find((shape) => !sameShape(shape, first));
    if (odd !== undefined) throw cannot(layer, `it adds ${show(first)} and ${show(odd)}`);
    return first;
  },
  channels: { pass: tiedInputs },
  integers: {
    values: "makes",
    rounded: ({ activation }, { room, inputs: [a, b, ...others], to }) =>
      others.length === 0 ? room.nn.addShort(a!, b!, activation, to) : undefined,
  },
  expected: ({ activation }, { inputs }) =>
    inputs.every((each) => each !== undefined)
      ? activatedExpected({ mean: sums(inputs) }, activation)
      : undefined,
  run: ({ activation }, { room, inputs: [first, ...others] }) => {
    const last = others.length - 1;
    return others.reduce(
      (sum, next, index) => room.nn.add(sum, next, index === last ? activation : "linear"),
      first!,
    );
  },
});

/** Along the last axis. */
export const concat = defineLayer({
  kind: "concat",
  attributes: Type.Object({}),
  shape(layer, inputs) {
    const [first, ...others] = several(layer, inputs);
    const front = (shape: Shape) => shape.slice(0, -1);
    const odd = others.find((shape) => !sameShape(front(shape), front(first)));
    if (odd !== undefined) throw cannot(layer, `it joins ${show(first)} and ${show(odd)}`);
    return [...front(first), inputs.reduce((sum, shape) => sum + shape.at(-1)!, 0)];
  },
  channels: {
    pass: ({ inputs }) => Int32Array.from(inputs.flatMap((channels) => [...channels])),
  },
  integers: { values: "makes" },
  expected: (_layer, { inputs }) =>
    inputs.every((each) => each !== undefined)
      ? { mean: Float64Array.from(inputs.flatMap(({ mean }) => [...mean])) }
      : undefined,
  run: (_layer, { room, inputs }) => room.tf.concat([...inputs], -1),
});

/**
 * The mean of several distributions over classes, by logits: the share of each, 1 together. log Σ shareₖ ·
 * softmax(zₖ), for each class: a softmax of it is the mean of the distributions. Term by term, as a + softplus(b − a)
 * with the logarithms a and b of both sides, so that no probability is too small.
 */
export const mixture = defineLayer({
  kind: "mixture",
  attributes: Type.Object({ shares: Type.Array(Positive) }),
  shape(layer, inputs) {
    const [first, ...others] = several(layer, inputs);
    const odd = others.find((shape) => !sameShape(shape, first));
    if (odd === undefined && first.length === 1) return first;
    throw cannot(layer, `it mixes classes, and it reads ${inputs.map(show).join(" and ")}`);
  },
  // A softmax is over all classes: without one of them the others would be others.
  channels: { pass: ({ inputs, ties }) => inputs.map(ties.fix)[0]! },
  run({ shares }, { room: { tf, nn }, inputs }) {
    const logs = logShares(shares);
    const sides = inputs.map((z, k) => tf.add(nn.logSoftmax(z, 1), logs[k]!));
    return sides.reduce((a, b) => tf.add(a, tf.softplus(tf.sub(b, a))));
  },
});

/** The logarithm of each share, in single precision: what every runtime adds. */
export function logShares(shares: readonly number[]): readonly number[] {
  return shares.map((share) => Math.fround(log(share)));
}

function sums([first, ...others]: readonly Expected[]): Float64Array {
  const sum = Float64Array.from(first?.mean ?? []);
  for (const other of others) other.mean.forEach((m, c) => sum[c]! += m);
  return sum;
}
