/**
 * Multiply-accumulates of one sample by layer kind. Products of weights and values alone count, as in the published
 * figures (MobileNet 569 M), and those of values and values in attention: additions, pooling and batch normalisation, which folds into its convolution, do not.
 */
import type { Layer } from "../model.ts";
import { type Shape, sizeOf } from "./shape.ts";
import { answer, type LayerTable } from "./table.ts";

const none = (): number => 0;

const macs: LayerTable<[inputs: readonly Shape[], output: Shape], number> = {
  dense: (_layer, [input], output) => input!.at(-1)! * sizeOf(output),
  conv: ({ kernel }, [input], output) => sizeOf(kernel) * input!.at(-1)! * sizeOf(output),
  depthwise: ({ kernel }, _inputs, output) => sizeOf(kernel) * sizeOf(output),
  // Every value that enters meets every weight of its window, those at the border that are cut off included.
  "conv-transpose": ({ kernel, filters }, [input]) => sizeOf(kernel) * sizeOf(input!) * filters,
  batchnorm: none,
  embedding: none,
  position: none,
  "layer-norm": none,
  attention: (_layer, [queries, keys, values]) =>
    queries![0]! * keys![0]! * (keys![1]! + values![1]!),
  first: none,
  activation: none,
  "max-pool": none,
  "average-pool": none,
  "global-average-pool": none,
  "global-max-pool": none,
  recurrent: ({ units }, [input]) => input![0]! * (input![1]! + units) * 4 * units,
  upsample: none,
  flatten: none,
  reshape: none,
  pad: none,
  crop: none,
  permute: none,
  add: none,
  concat: none,
  split: none,
  shuffle: none,
  mixture: none,
  dropout: none,
  sample: none,
};

/** Multiply-accumulates of a layer for one sample. */
export function macsOf(layer: Layer, inputs: readonly Shape[], output: Shape): number {
  return answer(macs, layer, inputs, output);
}
