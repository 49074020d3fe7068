import assert from "node:assert/strict";
import { heldFormats, integerValues, keepsFormat } from "../../../../ops/model/integers/plan.ts";
import type { Architecture, Layer } from "../../../../ops/model/model.ts";

const dense = (name: string, input: string): Layer => ({
  name,
  kind: "dense",
  inputs: [input],
  units: 2,
  bias: false,
  activation: "linear",
});
const network = (...layers: Layer[]): Architecture => ({
  family: "test",
  inputs: [{ name: "input", shape: [2, 2, 1] }],
  layers,
  outputs: [layers.at(-1)!.name],
  head: "none",
});
const owners = (architecture: Architecture, treated: (layer: Layer) => boolean = () => true) =>
  Object.fromEntries(integerValues(architecture, treated));

const flatten: Layer = { name: "flat", kind: "flatten", inputs: ["input"] };

Deno.test("values that treated layers read have a format, but what leaves the model has none", () => {
  const two = network(flatten, dense("a", "flat"), dense("b", "a"));
  assert.deepEqual(owners(two), { input: "input", flat: "input", a: "a" });
});

Deno.test("a value that is only moved has the format of where it comes from", () => {
  const pooled: Layer = {
    name: "pool",
    kind: "max-pool",
    inputs: ["input"],
    size: [2, 2],
    strides: [2, 2],
    padding: "valid",
    dilations: [1, 1],
  };
  const chain = network(pooled, { ...flatten, inputs: ["pool"] }, dense("a", "flat"));
  assert.deepEqual(owners(chain), { input: "input", pool: "input", flat: "input" });
  const mean: Layer = { name: "mean", kind: "global-average-pool", inputs: ["input"] };
  assert.deepEqual(owners(network(mean, dense("a", "mean"))), { input: "input", mean: "mean" });
  assert.deepEqual([pooled, mean, flatten].map(keepsFormat), [true, false, true]);
});

Deno.test("what only untreated layers read stays float, and nothing is rounded before a float layer", () => {
  const two = network(flatten, dense("a", "flat"), dense("b", "a"));
  const but = (name: string) => owners(two, (layer) => layer.name !== name);
  assert.deepEqual(but("b"), { input: "input", flat: "input" });
  assert.deepEqual(but("a"), { a: "a" });
  const norm: Layer = { name: "norm", kind: "layer-norm", inputs: ["flat"], epsilon: 1e-5 };
  assert.deepEqual(owners(network(flatten, norm, dense("a", "norm"))), { norm: "norm" });
});

Deno.test("a moved output has no format, although what it comes from has one", () => {
  const moved = network(dense("a", "input"), dense("b", "a"), { ...flatten, inputs: ["a"] });
  assert.deepEqual(owners(moved), { input: "input", a: "a" });
});

Deno.test("a value is held in the format of its own, a moved one in that of what it reads, if it is held", () => {
  const format = (zero: number) => ({ bits: 8, scale: 1, zero, minimum: -128, maximum: 127 });
  const moving = network(flatten, dense("a", "flat"));
  const held = (activations: Parameters<typeof heldFormats>[1]["activations"]) =>
    Object.fromEntries(heldFormats(moving, { activations }));
  const [one, two] = [format(1), format(2)];
  assert.deepEqual(held({ input: one, flat: two, a: two }), { input: one, flat: one, a: two });
  assert.deepEqual(held({ flat: two }), { input: undefined, flat: two, a: undefined });
  assert.deepEqual(held({ input: one }), { input: one, flat: undefined, a: undefined });
});
