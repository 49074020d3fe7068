/** Layers of a model as a table. */
import assert from "node:assert/strict";
import type { LayerFacts } from "../../../engine/facts.ts";
import { layerTable } from "../../../engine/report/layer_table.ts";

Deno.test("a layer is a row: its name, its type, the shape of its output, and what it costs", () => {
  const conv: LayerFacts = {
    ...{ name: "stem.conv", type: "conv", kind: "conv", shape: [32, 32, 16] },
    ...{ parameters: 12_345, macs: 442_368 },
  };
  const pool: LayerFacts = {
    ...{ name: "pool", type: "pool", kind: "global-average-pool", shape: [16] },
    ...{ parameters: 0, macs: 0 },
  };
  assert.deepEqual(layerTable([conv, pool]), {
    head: ["layer", "type", "shape", "parameters", "MACs"],
    rows: [
      ["stem.conv", "conv", "32×32×16", "12.3 k", "442 k"],
      ["pool", "pool", "16", "0", "0"],
    ],
    notes: [],
    left: 2,
  });
});
