/** What Keras calls things, and how it lays them out where that differs: the words of readers and writers alike. */
import type { Json } from "../../../engine/digest.ts";
import type { Activation } from "../../../engine/tensor/mod.ts";
import { LEAKY_SLOPE } from "../../model/kinds/attributes.ts";

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

/** The same of a volume's. */
export const KERAS_TRANSPOSED_3D: readonly number[] = [0, 1, 2, 4, 3];

/** The name under which per-channel preprocessing is written as a BatchNormalization, and known again. */
export const PREPROCESS_LAYER = "preprocess";
