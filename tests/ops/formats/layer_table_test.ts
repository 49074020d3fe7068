import assert from "node:assert/strict";
import { fromTable, type LayerTable } from "../../../ops/formats/layer_table.ts";
import { layerOf } from "../model/support/one_layer.ts";

const table: LayerTable<{ readonly times: number }, number> = {
  dense: ({ units }, { times }) => units * times,
};

Deno.test("a row is asked with the layer and what writing needs besides", () => {
  const layer = layerOf("dense", { units: 3, bias: true, activation: "linear" });
  assert.equal(fromTable(table, layer, { times: 2 }, "paper"), 6);
});

Deno.test("a kind without a row cannot be written, and the sentence names layer, format and kind", () => {
  assert.throws(
    () => fromTable(table, layerOf("flatten", {}), { times: 2 }, "paper"),
    /^RangeError: Cannot write "layer" for paper: the format has no layer of kind flatten$/,
  );
});
