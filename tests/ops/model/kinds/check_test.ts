import assert from "node:assert/strict";
import { isExtent, unsoundAttribute } from "../../../../ops/model/kinds/check.ts";
import type { Layer } from "../../../../ops/model/kinds/mod.ts";
import { layerOf } from "../support/one_layer.ts";

const window = { strides: [1, 1], padding: "same", dilations: [1, 1] } as const;
const sound: Layer = layerOf("conv", {
  filters: 4,
  kernel: [3, 3],
  ...window,
  bias: true,
  activation: "relu",
});
const odd = (changed: object, layer: Layer = sound) =>
  unsoundAttribute({ ...layer, ...changed } as Layer);

Deno.test("a layer whose attributes can be so has no unsound one", () => {
  assert.equal(unsoundAttribute(sound), undefined);
  assert.equal(odd({ padding: [[0, 1], [2, 3]] }), undefined);
  assert.equal(odd({ kernel: [1, 2147483647], activation: "leaky-relu" }), undefined);
  assert.equal(unsoundAttribute(layerOf("flatten", {})), undefined);
});

Deno.test("the first attribute that cannot be is named, in the order of files", () => {
  const values: readonly (readonly [string, readonly unknown[]])[] = [
    ["filters", [0, -1, 1.5, "4", null, undefined, 2147483648, NaN, Infinity]],
    ["kernel", [3, [3], [3, 0], [3, 3, 3], [3, "3"], null]],
    ["padding", ["full", [[0, 1]], [[0, 1], [2, -1]], [1, 1], 0]],
    ["bias", [0, 1, "true", null]],
    ["activation", ["swish", "toString", "", 1, null]],
  ];
  for (const [name, wrong] of values) {
    for (const value of wrong) assert.equal(odd({ [name]: value }), name, `${name}: ${value}`);
  }
  assert.equal(odd({ activation: 1, filters: 0, kernel: 1 }), "filters");
});

Deno.test("rates, shares, orders and shapes have limits of their own", () => {
  const dropout = layerOf("dropout", { rate: 0.5 });
  assert.deepEqual([0, 0.999, 1, -0.1].map((rate) => odd({ rate }, dropout)), [
    undefined,
    undefined,
    "rate",
    "rate",
  ]);
  const mixture = layerOf("mixture", { shares: [0.5, 0.5] }, 2);
  assert.equal(odd({ shares: [0.5, -0.5] }, mixture), "shares");
  assert.equal(odd({ shares: [] }, mixture), undefined);
  const reshape = layerOf("reshape", { shape: [-1, 4] });
  assert.deepEqual([[4, 4], [-2, 4], [0], [1.5]].map((shape) => odd({ shape }, reshape)), [
    undefined,
    "shape",
    "shape",
    "shape",
  ]);
  const permute = layerOf("permute", { order: [0, 1] });
  assert.deepEqual([[1, 0], [-1, 0]].map((order) => odd({ order }, permute)), [undefined, "order"]);
  const lstm = layerOf("recurrent", { units: 1, sequence: true, gates: "sigmoid" });
  assert.deepEqual(["hard-sigmoid", "tanh"].map((gates) => odd({ gates }, lstm)), [
    undefined,
    "gates",
  ]);
  const transposed = { padding: [[0, 0], [0, 0]], filters: 1, kernel: [1, 1], strides: [1, 1] };
  const spread = { name: "layer", kind: "conv-transpose", inputs: ["a"], bias: true } as const;
  assert.equal(odd({ ...transposed, activation: "relu" }, spread as unknown as Layer), "padding");
});

Deno.test("an extent is a whole number of 32 bits from 1 on", () => {
  const values = [1, 2147483647, 0, -1, 1.5, 2147483648, "1", null, undefined];
  assert.deepEqual(values.filter(isExtent), [1, 2147483647]);
});
