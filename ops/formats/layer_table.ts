/** Tables by layer kind: how a format writes the layers it can hold. */
import type { Layer, LayerKind, LayerOf } from "../model/model.ts";

/** One row for each kind that the format can hold: a function of the layer and of whatever writing it needs besides. */
export type LayerTable<Source, Result> = {
  readonly [K in LayerKind]?: (layer: LayerOf<K>, source: Source) => Result;
};

/** What a table's row makes of a layer. Throws a RangeError where the format has no row for its kind. */
export function fromTable<Source, Result>(
  table: LayerTable<Source, Result>,
  layer: Layer,
  source: Source,
  format: string,
): Result {
  // The row of the layer's own kind takes this layer; TypeScript does not correlate the two unions.
  const row = table[layer.kind] as ((layer: Layer, source: Source) => Result) | undefined;
  if (row !== undefined) return row(layer, source);
  throw new RangeError(
    `Cannot write "${layer.name}" for ${format}: the format has no layer of kind ${layer.kind}`,
  );
}
