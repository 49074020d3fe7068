/** Layers that have the weights of another, where the layers of a model are cut: each weight keeps a layer that has it. */
import { type Layer, ownerOf, type Weight } from "./model.ts";

type WeightsByName = Readonly<Record<string, Weight>>;

/**
 * Some layers of a model, and of all its weights theirs. Where a layer was left out whose weights others have, the first
 * of those has them in its place.
 */
export function withOwners(
  layers: readonly Layer[],
  weights: WeightsByName,
): { readonly layers: readonly Layer[]; readonly weights: WeightsByName } {
  const names = new Set(layers.map(({ name }) => name));
  const heirs = new Map<string, string>();
  for (const layer of layers) {
    const owner = ownerOf(layer);
    if (!heirs.has(owner)) heirs.set(owner, names.has(owner) ? owner : layer.name);
  }
  const own = Object.entries(weights).flatMap(([name, weight]) => {
    const slash = name.lastIndexOf("/");
    const heir = heirs.get(name.slice(0, slash));
    return heir === undefined ? [] : [[heir + name.slice(slash), weight] as const];
  });
  return {
    layers: layers.map((layer) => {
      const heir = heirs.get(ownerOf(layer))!;
      if (heir === ownerOf(layer)) return layer;
      const { tied: _, ...rest } = layer;
      return (heir === layer.name ? rest : { ...rest, tied: heir }) as Layer;
    }),
    weights: Object.fromEntries(own),
  };
}

/** The layers of each weight, by the one that has it: itself, and those that are tied to it. */
export function usesOf<L extends Layer>(layers: readonly L[]): ReadonlyMap<string, readonly L[]> {
  return Map.groupBy(layers, ownerOf);
}
