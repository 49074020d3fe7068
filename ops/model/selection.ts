/** Which layers an op treats, and how: `layers`, `exclude` and `per_layer` made plain. */
import { type LayerFacts, ParameterError } from "../../engine/op.ts";
import { selectLayers } from "../../engine/selector.ts";

/** The parameters that choose; `E` is what an entry of `per_layer` says besides. */
export interface SelectionParams<E> {
  readonly layers?: readonly string[];
  readonly exclude?: readonly string[];
  readonly "per_layer"?: readonly (E & { readonly layers: readonly string[] })[];
}

/**
 * Chooses among the layers that can be treated: each with what its entry of `per_layer` says, else with `common`.
 * Throws a ParameterError where none is left, an entry names none of them, or two entries name the same.
 */
export function selectionOf<E, T>(
  treatable: readonly LayerFacts[],
  params: SelectionParams<E>,
  common: T,
  own: (entry: E) => T,
): ReadonlyMap<string, T> {
  const names = selectLayers(treatable, params.layers, params.exclude);
  const help = `can be treated: ${treatable.map((layer) => layer.name).join(", ") || "none"}`;
  if (names.length === 0) {
    throw new ParameterError(
      "selector-empty",
      params.layers === undefined ? "exclude" : "layers",
      "nothing is left: no selected layer can be treated",
      help,
    );
  }
  const selection = new Map(names.map((name) => [name, common]));
  const owners = new Map<string, number>();
  params.per_layer?.forEach((entry, i) => {
    const path = `per_layer.${i}.layers`;
    const chosen = selectLayers(treatable, entry.layers).filter((name) => selection.has(name));
    if (chosen.length === 0) {
      throw new ParameterError(
        "selector-empty",
        path,
        "these selectors name no treated layer",
        `treated: ${names.join(", ")}`,
      );
    }
    for (const name of chosen) {
      const other = owners.get(name);
      if (other !== undefined) {
        throw new ParameterError(
          "duplicate-name",
          path,
          `"${name}" is in entry ${other + 1} already`,
          "a layer may stand in one entry of `per_layer`",
        );
      }
      owners.set(name, i);
      selection.set(name, own(entry));
    }
  });
  return selection;
}
