/** Layers of a model as a table. */
import type { LayerFacts } from "../facts.ts";
import { countText } from "../quantity.ts";
import type { Table } from "./table.ts";

/** One row a layer: name, type, shape of its output, parameters, MACs. */
export function layerTable(layers: readonly LayerFacts[]): Table {
  return {
    head: ["layer", "type", "shape", "parameters", "MACs"],
    rows: layers.map(({ name, type, shape, parameters, macs }) => [
      name,
      type,
      shape.join("×"),
      countText(parameters),
      countText(macs),
    ]),
    notes: [],
    left: 2,
  };
}
