/** Which convolutions can do the batch normalisation behind them, so that their own values are never made. */
import type { Architecture } from "./model.ts";

/**
 * Batchnorms by the convolution they are done with: one that has no activation of its own and that nothing else reads.
 * `wanted`: layers whose values somebody asked for.
 */
export function fusedNorms(
  { layers, outputs }: Architecture,
  wanted: readonly string[],
): ReadonlyMap<string, string> {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const readers = new Map<string, number>();
  for (const name of [...layers.flatMap(({ inputs }) => inputs), ...outputs, ...wanted]) {
    readers.set(name, (readers.get(name) ?? 0) + 1);
  }
  const fused = new Map<string, string>();
  for (const { name, kind, inputs: [before] } of layers) {
    const layer = kind === "batchnorm" ? byName.get(before!) : undefined;
    const plain = (layer?.kind === "conv" || layer?.kind === "depthwise") &&
      layer.activation === "linear";
    if (plain && readers.get(layer.name) === 1) fused.set(layer.name, name);
  }
  return fused;
}
