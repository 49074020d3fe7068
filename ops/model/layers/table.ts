/** How tables over layer kinds are written and read. Adding a kind breaks the build until every table has its row. */
import type { Layer, LayerKind, LayerOf } from "../model.ts";

/** One row per layer kind: a function of the layer and whatever the table's question needs besides. */
export type LayerTable<Arguments extends readonly unknown[], Result> = {
  readonly [K in LayerKind]: (layer: LayerOf<K>, ...rest: Arguments) => Result;
};

/** The answer of a table for one layer. */
export function answer<Arguments extends readonly unknown[], Result>(
  table: LayerTable<Arguments, Result>,
  layer: Layer,
  ...rest: Arguments
): Result {
  // The row of the layer's own kind takes this layer; TypeScript does not correlate the two unions.
  const row = table[layer.kind] as (layer: Layer, ...rest: Arguments) => Result;
  return row(layer, ...rest);
}
