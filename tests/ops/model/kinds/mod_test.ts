import assert from "node:assert/strict";
import {
  hasKernel,
  kindNamed,
  kindOf,
  kinds,
  type LayerKind,
  storesKernel,
} from "../../../../ops/model/kinds/mod.ts";
import { references } from "../../plain_forward.ts";

const named = (of: (kind: { readonly kind: string }) => boolean) =>
  kinds.filter(of).map(({ kind }) => kind as LayerKind).sort();

Deno.test("no two kinds have one name, and each is found by its own", () => {
  assert.equal(new Set(kinds.map(({ kind }) => kind)).size, kinds.length);
  for (const definition of kinds) assert.equal(kindOf(definition), definition as unknown);
  assert.equal(kindNamed("toString"), undefined);
  assert.throws(() => kindOf({ kind: "none" }), /no layers of kind "none"/);
});

Deno.test("every kind has plain loops that say what it should compute", () => {
  assert.deepEqual(Object.keys(references).sort(), kinds.map(({ kind }) => kind as string).sort());
});

Deno.test("kernels that multiply in integers are those of dense layers and convolutions", () => {
  assert.deepEqual(named(hasKernel), ["conv", "conv-transpose", "dense", "depthwise"]);
  assert.deepEqual(named((kind) => storesKernel(kind) && !hasKernel(kind)), [
    "embedding",
    "position",
    "recurrent",
  ]);
});

Deno.test("a kind whose kernel multiplies integers says how, and no other does", () => {
  const products = named((kind) => kindOf(kind).integers.product !== undefined);
  assert.deepEqual(products, named(hasKernel));
  assert.deepEqual(named((kind) => kindOf(kind).integers.dynamic === true), ["dense"]);
});

Deno.test("kinds with filters of their own, and with filters for channels that pass", () => {
  const own = named((kind) => kindOf(kind).channels.writes !== undefined);
  assert.deepEqual(own, ["conv", "conv-transpose", "dense", "embedding"]);
  assert.deepEqual(named((kind) => kindOf(kind).channels.carries), ["depthwise"]);
});
