/** What `type:…` selects, by layer kind. */
import type { Layer } from "../model.ts";
import { answer, type LayerTable } from "./table.ts";

const types: LayerTable<[], string> = {
  dense: () => "dense",
  conv: ({ kernel: [height, width] }) => height === 1 && width === 1 ? "pointwise" : "conv",
  depthwise: () => "depthwise",
  "conv-transpose": () => "conv",
  batchnorm: () => "batchnorm",
  embedding: () => "embedding",
  position: () => "embedding",
  "layer-norm": () => "layer-norm",
  attention: () => "attention",
  first: () => "reshape",
  activation: () => "activation",
  "max-pool": () => "pool",
  "average-pool": () => "pool",
  "global-average-pool": () => "pool",
  "global-max-pool": () => "pool",
  recurrent: () => "recurrent",
  upsample: () => "upsample",
  flatten: () => "reshape",
  reshape: () => "reshape",
  pad: () => "pad",
  crop: () => "crop",
  permute: () => "reshape",
  add: () => "add",
  concat: () => "concat",
  split: () => "split",
  shuffle: () => "shuffle",
  mixture: () => "mixture",
  dropout: () => "dropout",
  sample: () => "sample",
};

/** The selector type of a layer: `conv depthwise pointwise dense batchnorm`, or another word nobody selects. */
export function selectorType(layer: Layer): string {
  return answer(types, layer);
}
