import assert from "node:assert/strict";
import { kindOf } from "../../../ops/model/kinds/mod.ts";
import { changedFacts, modelFacts, shapesOf, weightSlots } from "../../../ops/model/layers.ts";
import type { Architecture, Layer, LayerOf, Quantization } from "../../../ops/model/model.ts";
import { zooNetworks } from "../zoo_networks.ts";

const window = { strides: [1, 1], padding: "same", dilations: [1, 1] } as const;

function conv(name: string, input: string, filters: number, size: number): LayerOf<"conv"> {
  const kernel = [size, size] as const;
  const rest = { bias: false, activation: "linear" } as const;
  return { name, kind: "conv", inputs: [input], filters, kernel, ...window, ...rest };
}

function only(shape: readonly number[], ...layers: Layer[]): Architecture {
  const inputs = [{ name: "input", shape }];
  return { family: "loaded", inputs, layers, outputs: [layers.at(-1)!.name], head: "none" };
}

const nothing = { learned: false, established: {} };

// Table of the depthwise separable block in Howard et al. 2017 §3.1, computed by hand for M 32, N 64, 14×14.
Deno.test("a 3×3 convolution from 32 to 64 channels on 14×14 costs what the closed form says", () => {
  const facts = modelFacts(only([14, 14, 32], conv("c", "input", 64, 3)), nothing);
  assert.equal(facts.parameters, 18_432);
  assert.equal(facts.macs, 3_612_672);
});

Deno.test("its depthwise separable twin costs 1/64 + 1/9 of it", () => {
  const depthwise: Layer = {
    name: "d",
    kind: "depthwise",
    inputs: ["input"],
    kernel: [3, 3],
    multiplier: 1,
    ...window,
    bias: false,
    activation: "linear",
  };
  const facts = modelFacts(only([14, 14, 32], depthwise, conv("p", "d", 64, 1)), nothing);
  assert.equal(facts.parameters, 2_336);
  assert.equal(facts.macs, 457_856);
  assert.deepEqual(facts.layers!.map((layer) => layer.type), ["depthwise", "pointwise"]);
});

Deno.test("reshape, flatten, pad, concat and global pooling give the shapes their names say", () => {
  const layers: Layer[] = [
    { name: "pad", kind: "pad", inputs: ["input"], amounts: [[1, 2], [0, 1]] },
    { name: "concat", kind: "concat", inputs: ["pad", "pad"] },
    { name: "reshape", kind: "reshape", inputs: ["concat"], shape: [-1, 4] },
    { name: "flatten", kind: "flatten", inputs: ["concat"] },
    { name: "pool", kind: "global-average-pool", inputs: ["concat"] },
  ];
  const shapes = shapesOf(only([3, 4, 2], ...layers));
  assert.deepEqual(shapes.pad, [6, 5, 2]);
  assert.deepEqual(shapes.concat, [6, 5, 4]);
  assert.deepEqual(shapes.reshape, [30, 4]);
  assert.deepEqual(shapes.flatten, [120]);
  assert.deepEqual(shapes.pool, [4]);
});

Deno.test("weights stand in the order of layers and roles", () => {
  const layers: Layer[] = [
    conv("c", "input", 5, 3),
    {
      name: "n",
      kind: "batchnorm",
      inputs: ["c"],
      epsilon: 1e-3,
      momentum: 0.9,
      activation: "relu",
    },
    { name: "p", kind: "global-average-pool", inputs: ["n"] },
    { name: "d", kind: "dense", inputs: ["p"], units: 2, bias: true, activation: "linear" },
  ];
  const slots = weightSlots(only([4, 4, 3], ...layers)).map(({ name, shape }) => [name, shape]);
  assert.deepEqual(slots, [
    ["c/kernel", [3, 3, 3, 5]],
    ["n/gamma", [5]],
    ["n/beta", [5]],
    ["n/mean", [5]],
    ["n/variance", [5]],
    ["d/kernel", [5, 2]],
    ["d/bias", [2]],
  ]);
  assert.deepEqual(kindOf(layers[2]!).weights(layers[2]!, [[4, 4, 5]]), {});
});

Deno.test("what cannot be built is said with the layer's name", () => {
  const add: Layer = { name: "sum", kind: "add", inputs: ["a", "b"], activation: "linear" };
  const unequal = only([4, 4, 3], conv("a", "input", 2, 1), conv("b", "input", 3, 1), add);
  assert.throws(() => shapesOf(unequal), /"sum" \(add\): it adds 4×4×2 and 4×4×3/);
  assert.throws(
    () => shapesOf(only([9], conv("a", "input", 2, 1))),
    /"a" \(conv\): it reads an image/,
  );
  const valid: Layer = { ...conv("a", "input", 2, 5), padding: "valid" };
  assert.throws(() => shapesOf(only([4, 4, 3], valid)), /window 5×5 does not fit into 4×4/);
  const twice = only([4, 4, 3], conv("a", "input", 2, 1), conv("a", "input", 2, 1));
  assert.throws(() => shapesOf(twice), /two layers named "a"/);
  assert.throws(() => shapesOf(only([4, 4, 3], conv("a", "b", 2, 1))), /reads "b", not above it/);
  const lost = { ...only([4, 4, 3], conv("a", "input", 2, 1)), outputs: ["z"] };
  assert.throws(
    () => shapesOf(lost),
    new RangeError('Cannot build output "z": no layer has it'),
  );
});

Deno.test("what was established is listed by name, whatever came first", () => {
  const established = { zeros: {}, channels: {} } as never;
  const facts = modelFacts(only([4, 4, 3], conv("a", "input", 2, 1)), {
    learned: true,
    established,
  });
  assert.deepEqual([facts.learned, facts.established], [true, ["channels", "zeros"]]);
  assert.ok(!("replaced" in facts));
  const structure = only([4, 4, 3], conv("a", "input", 5, 1));
  assert.deepEqual(changedFacts(facts, structure, "bits").established, [
    "bits",
    "channels",
    "zeros",
  ]);
  assert.deepEqual(changedFacts(facts, structure, "zeros").established, ["channels", "zeros"]);
  const replaced = changedFacts({ ...facts, replaced: ["a"] }, structure, "zeros");
  assert.deepEqual([replaced.replaced, replaced.learned, replaced.parameters], [["a"], true, 15]);
});

Deno.test("the integers of an arithmetic are known by bits and ranges, and kept where a structure changes", () => {
  const network: Architecture = zooNetworks.mlp!;
  const state = { learned: true, established: {} };
  const integers = (quantization: Quantization | null) =>
    modelFacts(network, { ...state, quantization }).integers;
  assert.equal(integers(null), undefined);
  assert.equal(integers({ rules: "onnx", activations: {} }), undefined);
  const value = { bits: 6, scale: 1, zero: 0, minimum: -32, maximum: 31 };
  const six = { rules: "onnx", activations: { input: value } } as const;
  assert.deepEqual(integers(six), { bits: 6, ranges: "static" });
  const dynamic = { bits: 8, symmetry: "symmetric" } as const;
  assert.deepEqual(integers({ ...six, activations: {}, dynamic }), { bits: 8, ranges: "dynamic" });
  const facts = modelFacts(network, { ...state, quantization: six });
  assert.deepEqual(changedFacts(facts, network, "channels").integers, facts.integers);
});

Deno.test("names out of files are quoted, and never at length", () => {
  const odd = `a\x1b${"x".repeat(5000)}`;
  assert.throws(
    () => shapesOf(only([4, 4, 1], conv("c", odd, 2, 3))),
    (error) =>
      error instanceof RangeError && error.message.length < 150 && /"a\\u001bx/.test(error.message),
  );
});
