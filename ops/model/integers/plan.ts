/** Which layers compute in integers, and which values between layers get an integer format. Pure structure. */
import { kindOf } from "../kinds/mod.ts";
import type { ActivationFormat, Architecture, Layer, Quantization } from "../model.ts";

/** Whether the layer's output has its input's format. */
export const keepsFormat = (layer: Layer): boolean => kindOf(layer).integers.values === "keeps";

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
    if (!treated(layer) || kindOf(layer).integers.values === "float") continue;
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

/**
 * The format in which each input's and layer's value is held when it is computed, undefined for floats: whatever a model
 * says of a layer that only moves integers, they stay those that it reads.
 */
export function heldFormats(
  { inputs, layers }: Architecture,
  { activations }: Pick<Quantization, "activations">,
): ReadonlyMap<string, ActivationFormat | undefined> {
  const formats = new Map(inputs.map(({ name }) => [name, activations[name]]));
  for (const layer of layers) {
    const own = activations[layer.name];
    const read = keepsFormat(layer) ? formats.get(layer.inputs[0]!) : undefined;
    formats.set(layer.name, own && (read ?? own));
  }
  return formats;
}
