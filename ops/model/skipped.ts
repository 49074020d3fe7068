/** Layers that a step left alone, and why: what its report says of them. */
import type { LayerFacts, RunContext } from "../../engine/op.ts";
import { selectLayers } from "../../engine/selector.ts";
import { storesKernel } from "./kinds/mod.ts";

/** The parameters that choose. */
interface LayerSelectors {
  readonly layers?: readonly string[];
  readonly exclude?: readonly string[];
}

/** What a step did. */
interface LayerTreatment {
  readonly treated: { has(name: string): boolean };
  /** Why a layer that was chosen is not among them. */
  readonly why: (layer: LayerFacts) => string;
}

/**
 * Notes under `skipped` the layers that were chosen, or excluded from the choice, and not treated. Of layers that
 * nobody named only those with kernels count: that a batch normalisation is not quantized surprises nobody.
 */
export function noteSkipped(
  { note }: Pick<RunContext, "note">,
  layers: readonly LayerFacts[],
  { layers: named, exclude }: LayerSelectors,
  { treated, why }: LayerTreatment,
): void {
  const chosen = new Set(selectLayers(layers, named));
  const excluded = new Set(exclude === undefined ? [] : selectLayers(layers, exclude));
  const skipped = layers.filter((layer) =>
    layer.parameters > 0 && chosen.has(layer.name) && !treated.has(layer.name) &&
    (named !== undefined || storesKernel(layer))
  );
  if (skipped.length === 0) return;
  note(
    "skipped",
    Object.fromEntries(
      skipped.map((layer) => [layer.name, excluded.has(layer.name) ? "excluded" : why(layer)]),
    ),
  );
}

/** Why a layer is not treated by what treats kernels. */
export const withoutKernel = ({ kind }: Pick<LayerFacts, "kind">): string =>
  `a ${kind} has no kernel`;
