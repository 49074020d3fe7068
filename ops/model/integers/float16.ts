/** Weights at half precision (IEEE 754 binary16): rounded to nearest, ties to even. */
import type { Model, Weight } from "../model.ts";
import { decodeWeight, halfBits } from "../weights.ts";

/** Rounds to infinity at half precision. */
const BEYOND = 65520;

/**
 * The model with the kernels and biases of `layers` at half precision. BatchNorm stays float32: variances may be
 * smaller or larger than half precision reaches. Throws an Error for a weight of 65520 or more.
 */
export function atHalfPrecision(model: Model, layers: ReadonlySet<string>): Model {
  const entries = Object.entries(model.weights).map(([name, weight]): [string, Weight] => {
    const [layer, role] = [
      name.slice(0, name.lastIndexOf("/")),
      name.slice(name.lastIndexOf("/") + 1),
    ];
    if (!layers.has(layer) || role !== "kernel" && role !== "bias") return [name, weight];
    const values = decodeWeight(weight);
    const beyond = values.find((value) => Math.abs(value) >= BEYOND);
    if (beyond !== undefined) {
      throw new Error(
        `Cannot store ${name} at half precision: it holds ${beyond}, the limit is 65504`,
      );
    }
    return [name, { ...weight, encoding: { use: "f16" }, data: halfBits(values) }];
  });
  return {
    ...model,
    weights: Object.fromEntries(entries),
    established: { ...model.established, format: "float16" },
  };
}
