/** The layers of a model. */
import type { LayerFacts } from "../facts.ts";
import { layerTable } from "../report/layer_table.ts";
import type { Bundle } from "./displayable.ts";
import { tableBundle } from "./forms.ts";

/** The layers as a table. */
export function displayLayers(layers: readonly LayerFacts[]): Bundle {
  return tableBundle(layerTable(layers));
}
