import assert from "node:assert/strict";
import { configOf } from "../../../../ops/formats/keras/config.ts";
import { hiddenRows } from "../../../../ops/formats/keras/hidden_rows.ts";

const node = (name: string, inputs: readonly string[], masked?: readonly string[]) => ({
  ...{ name, path: name, ownName: name, className: "Layer", config: {}, inputs },
  ...masked && { masked },
});
const config = configOf("a", "LSTM", {});

Deno.test("a mask passes from node to node, and comes of what its first reads", () => {
  const rows = hiddenRows();
  rows.hide(node("embedding", ["tokens"]), "tokens");
  rows.hide(node("dense", ["embedding"]), "tokens");
  rows.hide(node("flat", ["dense"]), undefined);
  assert.deepEqual(rows.masksOf(node("add", ["dense", "flat"]), config), ["tokens", undefined]);
  assert.deepEqual(rows.masksOf(node("lstm", ["dense"], ["tokens"]), config), ["tokens"]);
});

Deno.test("a mask that comes of other values is refused", () => {
  const rows = hiddenRows();
  rows.hide(node("masking", ["x"]), "masking.mask");
  const lstm = node("lstm", ["masking"], ["other"]);
  assert.throws(() => rows.masksOf(lstm, config), /"a" \(LSTM\): it is handed a mask of its own/);
  assert.deepEqual(rows.masksOf(node("lstm", ["masking"], ["x"]), config), ["masking.mask"]);
});
