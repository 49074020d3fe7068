/** What Keras calls things, and how it lays them out where that differs: the words of readers and writers alike. */
import type { Json } from "../../../engine/digest.ts";
import { excerpt } from "../../../engine/quote.ts";
import type { Activation } from "../../../engine/tensor/mod.ts";
import { LEAKY_SLOPE } from "../../model/kinds/attributes.ts";
import type { Reading } from "./assembly.ts";

/** A Keras layer that is an activation by itself. */
interface KerasActivationLayer {
  readonly className: string;
  readonly config: { readonly [field: string]: Json };
}

/** How Keras says each activation: by a name, or, where it has none for it, by a layer. */
export const kerasActivations: { readonly [A in Activation]: string | KerasActivationLayer } = {
  linear: "linear",
  relu: "relu",
  relu6: "relu6",
  sigmoid: "sigmoid",
  tanh: "tanh",
  gelu: "gelu",
  elu: "elu",
  "leaky-relu": { className: "LeakyReLU", config: { alpha: LEAKY_SLOPE } },
};

/** Keras's names of what opens the gates of an LSTM. */
export const kerasGates = { sigmoid: "sigmoid", "hard-sigmoid": "hard_sigmoid" } as const;

/**
 * The order of a transposed convolution's axes: from [height, width, in, out], as kernels are here, to Keras's
 * [height, width, out, in], and back.
 */
export const KERAS_TRANSPOSED: readonly number[] = [0, 1, 3, 2];

/** The name under which per-channel preprocessing is written as a BatchNormalization, and known again. */
export const PREPROCESS_LAYER = "preprocess";

const byKerasName = new Map<string, Activation>(
  Object.entries(kerasActivations).flatMap(([ours, name]): [string, Activation][] =>
    typeof name === "string" ? [[name, ours as Activation]] : []
  ),
);

/**
 * The activation a layer applies under this Keras name. A softmax, or a sigmoid on the way out, becomes the model's
 * head and the layer linear.
 */
export function activationNamed(name: string, reading: Reading): Activation {
  if (reading.leaves && (name === "softmax" || name === "sigmoid")) {
    reading.head(name);
    return "linear";
  }
  const found = byKerasName.get(name);
  if (found !== undefined) return found;
  throw reading.config.wrong(
    name === "softmax"
      ? "a softmax can be read only where the model ends"
      : `its activation \`${excerpt(name)}\` cannot be read; these can: ${
        [...byKerasName.keys()].join(", ")
      }`,
  );
}

/** The activation in a layer's own config. */
export function fusedActivation(reading: Reading): Activation {
  return activationNamed(reading.config.text("activation", "linear"), reading);
}

/** How a model of Keras becomes one that can be read. */
export const FROM_KERAS =
  'save the Keras model whole: model.save("net.keras"), then from: ./net.keras';
