/** Which layers compute in integers, and which values between layers get an integer format. Pure structure. */
import type { Architecture, Layer, LayerKind } from "../model.ts";

/** What a layer kind does to the format of a value. */
type Passing = "keeps" | "makes" | "exact";

/**
 * `keeps`: picks or moves values, so the format of its output is that of its input; `makes`: computes new ones;
 * `exact`: computes new ones from numbers that are not rounded before: of tokens, or where 8 bits are too few.
 */
const passing: { readonly [K in LayerKind]: Passing } = {
  dense: "makes",
  conv: "makes",
  "conv-transpose": "makes",
  depthwise: "makes",
  batchnorm: "makes",
  embedding: "exact",
  position: "exact",
  "layer-norm": "exact",
  attention: "exact",
  first: "keeps",
  activation: "makes",
  "max-pool": "keeps",
  "average-pool": "makes",
  "global-average-pool": "makes",
  "global-max-pool": "keeps",
  // Its weights are integers in the file; steps feed on one another, so that states stay float.
  recurrent: "exact",
  upsample: "keeps",
  flatten: "keeps",
  reshape: "keeps",
  pad: "keeps",
  crop: "keeps",
  permute: "keeps",
  add: "makes",
  concat: "makes",
  split: "keeps",
  shuffle: "keeps",
  mixture: "exact",
  dropout: "keeps",
  sample: "keeps",
};

/** Whether the layer's output has its input's format. */
export const keepsFormat = (layer: Layer): boolean => passing[layer.kind] === "keeps";

/**
 * For each input and layer whose value is held in integers, the one whose range decides its format: itself, or where
 * formats are kept the value that it comes from. A value is held in integers if a treated layer reads it; the model's
 * outputs never are, and neither is what only untreated layers read.
 */
export function integerValues(
  architecture: Architecture,
  treated: (layer: Layer) => boolean,
): ReadonlyMap<string, string> {
  const outputs = new Set(architecture.outputs);
  const wanted = new Set<string>();
  for (const layer of architecture.layers.toReversed()) {
    if (!treated(layer) || passing[layer.kind] === "exact") continue;
    if (keepsFormat(layer) && !wanted.has(layer.name)) continue;
    for (const input of layer.inputs) if (!outputs.has(input)) wanted.add(input);
  }
  const owners = new Map<string, string>();
  for (const { name } of architecture.inputs) if (wanted.has(name)) owners.set(name, name);
  for (const layer of architecture.layers) {
    const kept = keepsFormat(layer) ? owners.get(layer.inputs[0]!) : undefined;
    if (kept !== undefined && !outputs.has(layer.name)) owners.set(layer.name, kept);
    else if (wanted.has(layer.name)) owners.set(layer.name, layer.name);
  }
  return owners;
}
