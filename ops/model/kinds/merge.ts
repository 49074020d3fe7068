/** Layers that make one value of several. */
import { Type } from "../../../engine/field.ts";
import { sameShape, type Shape, show, sizeOf } from "../../../engine/shape.ts";
import type { Tensor, Tf } from "../../../engine/tensor/mod.ts";
import { log } from "../../../engine/tensor/scalar_math.ts";
import { Activated, Positive, Whole } from "./attributes.ts";
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
  nonNegative: true,
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

/** How several values become one, place by place. */
const combinations = {
  sum: (tf: Tf, a: Tensor, b: Tensor) => tf.add(a, b),
  product: (tf: Tf, a: Tensor, b: Tensor) => tf.mul(a, b),
  difference: (tf: Tf, a: Tensor, b: Tensor) => tf.sub(a, b),
  maximum: (tf: Tf, a: Tensor, b: Tensor) => tf.maximum(...alike(tf, a, b)),
  minimum: (tf: Tf, a: Tensor, b: Tensor) => tf.minimum(...alike(tf, a, b)),
} as const;

/** Both in the shape that they have together: tfjs's gradients of the larger and the smaller want one. */
function alike(tf: Tf, a: Tensor, b: Tensor): [Tensor, Tensor] {
  const shape = a.shape.map((extent, axis) => Math.max(extent, b.shape[axis]!));
  return [a, b].map((x) => sameShape(x.shape, shape) ? x : tf.broadcastTo(x, shape)) as [
    Tensor,
    Tensor,
  ];
}

/** The sum, product, difference, maximum or minimum of values, one after another; an extent of 1 is as long as the others'. */
export const combine = defineLayer({
  kind: "combine",
  attributes: Type.Object({
    by: Type.Unsafe<keyof typeof combinations>(
      Type.Union(Object.keys(combinations).map((name) => Type.Literal(name))),
    ),
  }),
  shape(layer, inputs) {
    const [first, ...others] = several(layer, inputs);
    return others.reduce((shape, next) => {
      const fits = next.length === shape.length &&
        next.every((extent, axis) => extent === 1 || shape[axis] === 1 || extent === shape[axis]);
      if (!fits) throw cannot(layer, `it cannot combine ${show(shape)} and ${show(next)}`);
      return shape.map((extent, axis) => Math.max(extent, next[axis]!));
    }, first);
  },
  channels: {
    pass({ inputs, output, ties }) {
      const width = output.at(-1)!;
      const [widest, ...others] = inputs.filter((channels) => channels.length === width);
      for (const other of others) other.forEach((channel, i) => ties.tie(widest![i]!, channel));
      // One channel that meets all of them stays.
      inputs.filter((channels) => channels.length !== width).forEach(ties.fix);
      return widest!;
    },
  },
  integers: { values: "makes" },
  run: ({ by }, { room: { tf }, inputs }) => inputs.reduce((a, b) => combinations[by](tf, a, b)),
});

/** Products of two matrices, along the axis of each that `axes` says, counted from 0 without the batch; of two rows, their one product. */
export const dot = defineLayer({
  kind: "dot",
  attributes: Type.Object({ axes: Type.Tuple([Whole, Whole]) }),
  shape(layer, inputs) {
    const [a, b, ...others] = several(layer, inputs);
    const fits = others.length === 0 && a.length === b!.length && a.length <= 2 &&
      layer.axes.every((axis) => axis < a.length) && a[layer.axes[0]] === b![layer.axes[1]];
    if (!fits) throw cannot(layer, `it cannot multiply ${inputs.map(show).join(" and ")}`);
    return a.length === 1 ? [1] : [a[1 - layer.axes[0]]!, b![1 - layer.axes[1]]!];
  },
  macs: (_layer, [a], output) => sizeOf(a!) * output.at(-1)!,
  channels: {
    // Which of them are summed over, and which stay, is another for each axis: all stay.
    pass({ inputs, output, ties }) {
      inputs.forEach(ties.fix);
      return ties.fix(ties.fresh(output.at(-1)!));
    },
  },
  run({ axes }, { room: { tf }, inputs: [a, b] }) {
    if (a!.shape.length === 2) return tf.sum(tf.mul(a!, b!), 1, true);
    return tf.matMul(a!, b!, axes[0] === 0, axes[1] === 1);
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
  nonNegative: true,
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
