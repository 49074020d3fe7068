/** One Keras layer among those that together are a layer of ours, and what it is made of. */
import type { Json } from "../../../engine/digest.ts";
import { given } from "../../../engine/given.ts";
import type { Shape } from "../../model/layers.ts";
import type { LayerOf, Role, Weight } from "../../model/model.ts";
import { kerasGates } from "../keras/words.ts";
import { type Storage, storedConstant, storedFloats } from "./stored_weight.ts";
import type { StoredWeight } from "./weights_manifest.ts";

/** One Keras layer behind the one before it. */
export interface KerasNode {
  /** Empty for the layer itself, else what its name ends in. */
  readonly suffix: string;
  readonly className: string;
  readonly config: { readonly [field: string]: Json };
  /** What it reads: inputs of the layer by number, nodes before it by suffix. Default: the node before it. */
  readonly reads?: readonly (number | string)[];
  /** The suffix of a node before it that it is another use of. */
  readonly again?: string;
  /** By Keras name, in the order in which Keras lists them. */
  readonly weights?: Readonly<Record<string, StoredWeight>>;
}

/** What a layer's nodes are made of. */
export interface KerasSource {
  readonly storage: Storage;
  /** What the layer gives, without the batch. */
  readonly shape: Shape;
  /** What the layers give that it reads. */
  readonly inputs: readonly Shape[];
  weight(role: Role): Weight;
}

/** A Keras layer without weights; it reads the one before it where it does not say. */
export function node(
  suffix: string,
  className: string,
  config: KerasNode["config"] = {},
  reads?: KerasNode["reads"],
): KerasNode {
  return { suffix, className, config, ...given({ reads }) };
}

/** Another use of a node's Keras layer: the same weights. */
export function usedAgain(
  first: KerasNode,
  suffix: string,
  reads: KerasNode["reads"],
): KerasNode {
  const { className, config, suffix: again } = first;
  return { suffix, className, config, again, ...given({ reads }) };
}

/** Scale and shift per channel as a batch normalisation of mean 0 and variance 1. */
export function scaleNode(
  suffix: string,
  scale: Float32Array,
  shift: Float32Array,
): KerasNode {
  const channels = scale.length;
  return {
    suffix,
    className: "BatchNormalization",
    // Without an epsilon the division by √1 is exact.
    config: { axis: -1, epsilon: 0 },
    weights: {
      gamma: storedFloats(scale),
      beta: storedFloats(shift),
      "moving_mean": storedConstant(0, channels),
      "moving_variance": storedConstant(1, channels),
    },
  };
}

/** tfjs's word for the activation of a state or of a gate. */
export function activationWord(
  { name }: { readonly name: string },
  activation: LayerOf<"rnn">["gates"],
) {
  if (activation === "hard-sigmoid-6") {
    throw new RangeError(`Cannot write "${name}" for tfjs: its hard sigmoid is another`);
  }
  return activation === "hard-sigmoid" ? kerasGates[activation] : activation;
}
