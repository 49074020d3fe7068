/** Which layers a pruning treats, and with which ratio: `layers`, `exclude`, `per_layer`, `scope` made plain. */
import { type LayerFacts, ParameterError } from "../../engine/op.ts";
import { selectLayers } from "../../engine/selector.ts";

/** The parameters that choose. */
export interface SelectionParams {
  readonly ratio: number;
  readonly scope: "layer" | "global";
  readonly layers?: readonly string[];
  readonly exclude?: readonly string[];
  readonly "per_layer"?: readonly { readonly layers: readonly string[]; readonly ratio: number }[];
}

/** Each treated layer's own ratio; undefined: it takes part in the common ranking. */
export type Selection = ReadonlyMap<string, number | undefined>;

/**
 * Chooses among the layers that can be treated. Throws a ParameterError where none is left, an entry of `per_layer`
 * names none of them, or two entries name the same.
 */
export function selectionOf(treatable: readonly LayerFacts[], params: SelectionParams): Selection {
  const names = selectLayers(treatable, params.layers, params.exclude);
  if (names.length === 0) {
    throw new ParameterError(
      "selector-empty",
      params.layers === undefined ? "exclude" : "layers",
      "nothing is left to prune: no selected layer has weights or channels that may go",
      `can be pruned: ${treatable.map((layer) => layer.name).join(", ") || "nothing"}`,
    );
  }
  const common = params.scope === "layer" ? params.ratio : undefined;
  const selection = new Map<string, number | undefined>(names.map((name) => [name, common]));
  const owners = new Map<string, number>();
  params.per_layer?.forEach((entry, i) => {
    const own = selectLayers(treatable, entry.layers).filter((name) => selection.has(name));
    const path = `per_layer.${i}.layers`;
    if (own.length === 0) {
      throw new ParameterError("selector-empty", path, "names no layer that is pruned here");
    }
    for (const name of own) {
      if (owners.has(name)) {
        throw new ParameterError(
          "duplicate-name",
          path,
          `"${name}" has a ratio already, in entry ${owners.get(name)! + 1}`,
        );
      }
      owners.set(name, i);
      selection.set(name, entry.ratio);
    }
  });
  return selection;
}

/** Layer kinds with a kernel: what weight pruning treats. Biases and BatchNorm keep theirs. */
export const hasKernel = ({ kind }: { readonly kind: string }): boolean =>
  kind === "conv" || kind === "depthwise" || kind === "dense";
