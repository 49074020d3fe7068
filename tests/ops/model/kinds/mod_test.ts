import assert from "node:assert/strict";
import {
  hasKernel,
  kindNamed,
  kindOf,
  kinds,
  type Layer,
  storesKernel,
} from "../../../../ops/model/kinds/mod.ts";
import { sizeOf } from "../../../../ops/model/layers.ts";
import { references } from "../../plain_forward.ts";
import { layerOf, valuesOf } from "../support/one_layer.ts";

/** The kinds that are classified by hand below; a kind that is added need not be. */
const classified =
  "activation add attention average-pool batchnorm concat conv conv-transpose crop dense depthwise " +
  "dropout embedding first flatten global-average-pool global-max-pool layer-norm max-pool mixture pad permute " +
  "position recurrent reshape sample shuffle split upsample";

const named = (of: (kind: { readonly kind: string }) => boolean) =>
  classified.split(" ").filter((kind) => of({ kind }));

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
  for (const kind of kinds) {
    assert.equal(kindOf(kind).integers.product !== undefined, hasKernel(kind), kind.kind);
  }
  assert.deepEqual(named((kind) => kindOf(kind).integers.dynamic === true), ["dense"]);
});

Deno.test("convolutions, dense layers and embeddings make channels of their own; a depthwise convolution has a filter for each that passes", () => {
  const own = named((kind) => kindOf(kind).channels.writes !== undefined);
  assert.deepEqual(own, ["conv", "conv-transpose", "dense", "embedding"]);
  assert.deepEqual(named((kind) => kindOf(kind).channels.carries), ["depthwise"]);
});

Deno.test("a kind that says so gives nothing below 0 where it reads nothing below 0", async () => {
  const image = [4, 4, 2];
  const amounts = [[1, 0], [0, 1]] as const;
  const window = { size: [3, 3], strides: [1, 1], padding: "same", dilations: [1, 1] } as const;
  const cases: readonly (readonly [Layer, ...(readonly number[])[]])[] = [
    [layerOf("add", { activation: "linear" }, 2), image, image],
    [layerOf("average-pool", window), image],
    [layerOf("concat", {}, 2), image, image],
    [layerOf("crop", { amounts }), image],
    [layerOf("flatten", {}), image],
    [layerOf("global-average-pool", {}), image],
    [layerOf("global-max-pool", {}), image],
    [layerOf("max-pool", window), image],
    [layerOf("pad", { amounts }), image],
    [layerOf("permute", { order: [2, 0, 1] }), image],
    [layerOf("reshape", { shape: [8, 4] }), image],
    [layerOf("resize", { size: [7, 3], by: "bilinear" }), image],
    [layerOf("shuffle", { groups: 2 }), image],
    [layerOf("split", { parts: 2, part: 1 }), image],
    [layerOf("upsample", { size: [2, 3] }), image],
  ];
  for (const [layer, ...shapes] of cases) {
    const inputs = shapes.map((shape) => ({
      shape,
      data: Array.from({ length: sizeOf(shape) }, (_, at) => at % 5 === 0 ? 0 : at % 7),
    }));
    assert.ok(Math.min(...await valuesOf(layer, inputs)) >= 0, layer.kind);
  }
  const saying = kinds.filter(({ kind }) => kindOf({ kind }).nonNegative).map(({ kind }) => kind);
  assert.deepEqual([...saying].sort(), cases.map(([{ kind }]) => kind));
});
