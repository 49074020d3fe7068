/** Biases where layers have none, so that a correction has a place. */
import type { Architecture, Layer } from "../model/model.ts";
import type { AccumulatingLayer } from "../model/kinds/mod.ts";

/** The structure in which every layer that `corrected` names has a bias. */
export function withBiases(
  architecture: Architecture,
  corrected: (layer: Layer) => boolean,
): Architecture {
  const layers = architecture.layers.map((layer) =>
    corrected(layer) ? { ...layer as AccumulatingLayer, bias: true } : layer
  );
  return { ...architecture, layers };
}
