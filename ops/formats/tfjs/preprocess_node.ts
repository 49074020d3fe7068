/** A model's preprocessing as its first Keras layer. */
import { type Shape } from "../../model/layers/shape.ts";
import type { Preprocess } from "../../model/model.ts";
import { PREPROCESS_LAYER } from "./keras_norms.ts";
import { type KerasNode, scaleNode } from "./keras_nodes.ts";

/**
 * `Rescaling` where one scale and offset serve all values, else a batch normalisation over the last axis; undefined
 * where nothing happens to the values. The node's suffix is its whole name.
 */
export function preprocessNode(preprocess: Preprocess | null, shape: Shape): KerasNode | undefined {
  if (preprocess === null) return undefined;
  const { scale, offset } = preprocess;
  if (scale.every((each) => each === 1) && offset.every((each) => each === 0)) return undefined;
  if (scale.length === 1 && offset.length === 1) {
    const config = { scale: scale[0]!, offset: offset[0]! };
    return { suffix: "rescaling", className: "Rescaling", config };
  }
  const channels = shape.at(-1)!;
  const spread = (values: readonly number[]) =>
    Float32Array.from({ length: channels }, (_, channel) => values[channel % values.length]!);
  return scaleNode(PREPROCESS_LAYER, spread(scale), spread(offset));
}
