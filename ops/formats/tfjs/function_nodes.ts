/** Functions of values, combinations and products in Keras layers that stock tfjs has. */
import type { Json } from "../../../engine/digest.ts";
import type { FunctionName } from "../../model/kinds/functions.ts";
import type { LayerOf } from "../../model/model.ts";
import { decodeWeight } from "../../model/weights.ts";
import { type KerasNode, type KerasSource, node } from "./keras_node.ts";
import { storedConstant, storedFloats } from "./stored_weight.ts";

type NodeForm = (parameters: readonly number[]) => readonly KerasNode[];

/** An activation that tfjs has by name. */
const named = (activation: string): NodeForm => () => [node("", "Activation", { activation })];

const rescaled = (suffix: string, scale: number, offset: number, reads?: KerasNode["reads"]) =>
  node(suffix, "Rescaling", { scale, offset }, reads);

/** At least 0, at most so much. */
const bounded = (suffix: string, most: number) => node(suffix, "ReLU", { "max_value": most });

/** Functions that tfjs has, or has parts of; the others cannot be written. */
const forms: { readonly [F in FunctionName]?: NodeForm } = {
  swish: named("swish"),
  mish: named("mish"),
  selu: named("selu"),
  softplus: named("softplus"),
  softsign: named("softsign"),
  "hard-swish": () => [
    rescaled(".moved", 1, 3),
    bounded(".bounded", 6),
    rescaled(".gate", 1 / 6, 0),
    node("", "Multiply", {}, [0, ".gate"]),
  ],
  "hard-sigmoid": ([slope, offset]) => [rescaled(".scaled", slope!, offset!), bounded("", 1)],
  "log-sigmoid": () => [
    rescaled(".negative", -1, 0),
    node(".softplus", "Activation", { activation: "softplus" }),
    rescaled("", -1, 0),
  ],
  "leaky-relu": ([alpha]) => [node("", "LeakyReLU", { alpha: alpha! })],
  celu: ([alpha]) => [
    rescaled(".divided", 1 / alpha!, 0),
    node(".bent", "ELU", { alpha: 1 }),
    rescaled("", alpha!, 0),
  ],
  threshold: ([theta]) => [node("", "ThresholdedReLU", { theta: theta! })],
  clip: ([low, high]) => [
    rescaled(".moved", 1, -low!),
    bounded(".bounded", high! - low!),
    rescaled("", 1, low!),
  ],
  "tanh-shrink": () => [
    node(".tanh", "Activation", { activation: "tanh" }),
    rescaled(".negative", -1, 0),
    node("", "Add", {}, [0, ".negative"]),
  ],
  // |x − number| as the sum of what it is above and below.
  differs: ([number]) => [
    rescaled(".over", 1, -number!),
    node(".above", "ReLU"),
    rescaled(".under", -1, number!, [0]),
    node(".below", "ReLU"),
    node(".distance", "Add", {}, [".above", ".below"]),
    bounded("", 1),
  ],
  scale: ([factor, offset]) => [rescaled("", factor!, offset!)],
};

/** A function of each value. Throws a RangeError for one that tfjs has no parts of. */
export function functionNodes({ name, ...layer }: LayerOf<"function">): readonly KerasNode[] {
  const form = forms[layer.function];
  if (form !== undefined) return form(layer.parameters);
  throw new RangeError(
    `Cannot write "${name}" for tfjs: it has no layer that computes ${layer.function}`,
  );
}

/** A slope for each channel, the same in every other place. */
export function preluNodes(
  _layer: LayerOf<"prelu">,
  { shape, weight }: KerasSource,
): readonly KerasNode[] {
  const front = shape.slice(0, -1);
  const config: Record<string, Json> = front.length === 0
    ? {}
    : { "shared_axes": front.map((_, axis) => axis + 1) };
  const alpha = storedFloats(decodeWeight(weight("gamma")), [...front.map(() => 1), shape.at(-1)!]);
  return [{ ...node("", "PReLU", config), weights: { alpha } }];
}

/** A merge of Keras; a difference is the sum with the negative. */
export function combineNodes({ name, by, inputs }: LayerOf<"combine">): readonly KerasNode[] {
  switch (by) {
    case "sum":
      return [node("", "Add")];
    case "product":
      return [node("", "Multiply")];
    case "maximum":
      return [node("", "Maximum")];
    case "minimum":
      return [node("", "Minimum")];
    case "difference":
      if (inputs.length === 2) {
        return [rescaled(".negative", -1, 0, [1]), node("", "Add", {}, [0, ".negative"])];
      }
      throw new RangeError(`Cannot write "${name}" for tfjs: it subtracts more than one value`);
  }
}

/** `Dot`, whose axes count the batch. */
export function dotNodes({ axes }: LayerOf<"dot">): readonly KerasNode[] {
  return [node("", "Dot", { axes: axes.map((axis) => axis + 1) })];
}

/** `Softmax`, or its logarithm as an activation. */
export function softmaxNodes({ log }: LayerOf<"softmax">): readonly KerasNode[] {
  return log
    ? [node("", "Activation", { activation: "logSoftmax" })]
    : [node("", "Softmax", { axis: -1 })];
}

/** A layer normalisation without weights of its own. Throws a RangeError for other standards. */
export function standardizeNodes(
  { name, by, epsilon }: LayerOf<"standardize">,
  { shape }: KerasSource,
): readonly KerasNode[] {
  if (by !== "deviation") {
    throw new RangeError(`Cannot write "${name}" for tfjs: it has no layer that divides by ${by}`);
  }
  const width = shape.at(-1)!;
  return [{
    ...node("", "LayerNormalization", { axis: -1, epsilon }),
    weights: { gamma: storedConstant(1, width), beta: storedConstant(0, width) },
  }];
}
