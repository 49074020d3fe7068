/** Which layers of a model are quantized, how many bits their weights get, and where a correction needs a bias. */
import type { LayerFacts } from "../../engine/op.ts";
import { selectLayers } from "../../engine/selector.ts";
import { type Architecture, type Layer, ownerOf } from "../model/model.ts";
import { type AccumulatingLayer, kindOf, storesKernel } from "../model/kinds/mod.ts";
import { selectionOf } from "../model/selection.ts";
import type { IntegerParams, QuantizeParams } from "./fields.ts";

/** Bits of each integer scheme. */
const BITS = { int8: 8, int7: 7, int6: 6, int5: 5, int4: 4, int3: 3, int2: 2 } as const;

/** Bits of the weights of each treated layer with a kernel; 32: it stays float32. See `selectionOf` for errors. */
export function weightBits(
  layers: readonly LayerFacts[],
  params: IntegerParams,
): ReadonlyMap<string, number> {
  return selectionOf(
    layers.filter(storesKernel),
    params,
    BITS[params.scheme] as number,
    ({ scheme }): number => scheme === "float32" ? 32 : BITS[scheme],
  );
}

/**
 * Whether a layer takes part in integer arithmetic: it is selected, and not kept in float32; a tied layer with the one
 * whose kernel it has.
 */
export function treatedBy(
  layers: readonly LayerFacts[],
  params: QuantizeParams,
  bits: ReadonlyMap<string, number>,
): (layer: Pick<Layer, "name" | "kind" | "tied">) => boolean {
  const selected = new Set(selectLayers(layers, params.layers, params.exclude));
  return (layer) =>
    kindOf(layer).kernel === undefined
      ? selected.has(layer.name)
      : (bits.get(ownerOf(layer)) ?? 32) < 32;
}

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
