import assert from "node:assert/strict";
import { type LayerFacts, ParameterError } from "../../../engine/op.ts";
import { selectionOf } from "../../../ops/model/selection.ts";

const layers = ["stem", "block1.a", "block1.b", "head"].map((name): LayerFacts => ({
  name,
  type: name === "head" ? "dense" : "conv",
  kind: name === "head" ? "dense" : "conv",
  shape: [1],
  parameters: 1,
  macs: 1,
}));
type Params = Parameters<typeof selectionOf<{ readonly bits: number }, number>>[1];
const bits = (params: Params) =>
  Object.fromEntries(
    selectionOf<{ readonly bits: number }, number>(layers, params, 8, (entry) => entry.bits),
  );
const refusal = (params: Params) => {
  try {
    bits(params);
  } catch (error) {
    assert.ok(error instanceof ParameterError);
    return [error.code, error.path, error.help];
  }
};

Deno.test("all that can be treated, or those chosen, without those excluded", () => {
  assert.deepEqual(bits({}), { stem: 8, "block1.a": 8, "block1.b": 8, head: 8 });
  assert.deepEqual(bits({ layers: ["block1", "head"], exclude: ["type:dense"] }), {
    "block1.a": 8,
    "block1.b": 8,
  });
});

Deno.test("an entry of `per_layer` has the last word about its layers, as far as they are chosen", () => {
  assert.deepEqual(bits({ exclude: ["block1.a"], per_layer: [{ layers: ["block1"], bits: 4 }] }), {
    stem: 8,
    "block1.b": 4,
    head: 8,
  });
});

Deno.test("nothing left, an entry about nothing, and two about one layer are refused at their places", () => {
  const can = "can be treated: stem, block1.a, block1.b, head";
  assert.deepEqual(refusal({ exclude: ["*"] }), ["selector-empty", "exclude", can]);
  assert.deepEqual(refusal({ layers: ["tail"] }), ["selector-empty", "layers", can]);
  const entry = (name: string) => ({ layers: [name], bits: 4 });
  assert.deepEqual(refusal({ layers: ["stem"], per_layer: [entry("stem"), entry("head")] }), [
    "selector-empty",
    "per_layer.1.layers",
    "treated: stem",
  ]);
  assert.deepEqual(refusal({ per_layer: [entry("block1"), entry("block1.b")] })!.slice(0, 2), [
    "duplicate-name",
    "per_layer.1.layers",
  ]);
});
