/**
 * The lottery ticket (Frankle & Carbin 2019, arXiv 1803.03635): what survives a pruning takes back the weights that it
 * had earlier. Where they are those after a few epochs it is called "rewinding" (Frankle et al. 2020, arXiv
 * 1912.05671).
 */
import { ParameterError } from "../../engine/op.ts";
import { decodeWeight, floatWeight } from "../model/weights.ts";
import type { Model } from "../model/model.ts";

/**
 * The model with all weights of `earlier`, biases and BatchNorm among them, zero where it is masked. Throws a
 * ParameterError where the two differ in a weight's shape or number format.
 */
export function rewound(model: Model, earlier: Model): Model {
  const weights = Object.entries(model.weights).map(([name, { shape, encoding, mask }]) => {
    const before = earlier.weights[name];
    if (before === undefined || before.shape.join() !== shape.join()) {
      const had = before === undefined ? "is not there" : `is ${before.shape.join("×")}`;
      throw new ParameterError(
        "shape-mismatch",
        "rewind",
        `\`${name}\` is ${shape.join("×")} here, and in the earlier model it ${had}`,
        "rewind to a model of the same shape: one from before channels went",
      );
    }
    if (encoding.use !== "f32" || before.encoding.use !== "f32") {
      throw new ParameterError(
        "order",
        "rewind",
        `\`${name}\` shares values or is rounded, so it cannot take back what it was`,
        "prune before cluster and quantize",
      );
    }
    const values = decodeWeight(before);
    if (mask !== undefined) values.forEach((_, i) => mask[i] === 0 && (values[i] = 0));
    return [name, floatWeight(shape, values, mask)] as const;
  });
  return { ...model, weights: Object.fromEntries(weights) };
}
