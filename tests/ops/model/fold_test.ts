import assert from "node:assert/strict";
import type { Layer, Model } from "../../../ops/model/model.ts";
import { decodeWeight, floatWeight } from "../../../ops/model/weights.ts";
import { foldedArchitecture, foldedModel, folds } from "../../../ops/model/fold.ts";
import { fc } from "../../deps.ts";
import { livelyModel, noise } from "../lively_model.ts";
import { plainLogits } from "../plain_forward.ts";
import { denseModel } from "../prune/dense_model.ts";
import { networks } from "../prune/random_networks.ts";
import { zooNetworks } from "../zoo_networks.ts";
import { assertClose } from "../../close.ts";

Deno.test("the folded layer computes what layer and batchnorm did", () => {
  const dense = denseModel([{ kernel: [[0.5, 2], [-1, 0.25]], bias: [0.05, -0.05] }]);
  const norm: Layer = {
    name: "norm",
    kind: "batchnorm",
    inputs: ["dense1"],
    epsilon: 1e-3,
    momentum: 0.9,
    activation: "linear",
  };
  const vector = (...values: number[]) => floatWeight([2], Float32Array.from(values));
  const model: Model = {
    ...dense,
    layers: [...dense.layers, norm],
    outputs: ["norm"],
    weights: {
      ...dense.weights,
      "norm/gamma": vector(1.5, 0.5),
      "norm/beta": vector(0.1, -0.2),
      "norm/mean": vector(0.3, -0.1),
      "norm/variance": vector(4, 0.25),
    },
  };
  const folded = foldedModel(model);
  assert.deepEqual(Object.keys(folded.weights), ["dense1/kernel", "dense1/bias"]);
  assertClose(
    decodeWeight(folded.weights["dense1/kernel"]!),
    [0.37495313, 1.99601196, -0.74990627, 0.2495015],
    1e-7,
  );
  assertClose(decodeWeight(folded.weights["dense1/bias"]!), [-0.08747657, -0.1500997], 1e-7);
  const x = [{ shape: [2], data: Float64Array.of(1, 2) }];
  for (const each of [model, folded]) {
    assertClose(plainLogits(each, x), [-1.21233597, 2.34491525], 1e-6);
  }
});

function assertSameFunction(one: Model, other: Model): void {
  const [a, b] = [one, other].map((model) => plainLogits(model, noise(model)));
  const size = Math.max(...a!.map(Math.abs), 1);
  assertClose(b!, a!, 1e-5 * size);
}

/** Norms that come before their convolution, behind a sum or a layer that others read: there is nothing to fold into. */
const stays: Readonly<Record<string, RegExp>> = {
  "wide-resnet": /norm1$|^head\.norm$/,
  // Behind a reshape: of its channels each takes part in every place.
  "dcgan-generator": /^project\.norm$/,
};

for (const [name, network] of Object.entries(zooNetworks)) {
  Deno.test(`${name}: every batchnorm behind its convolution folds, and the function stays`, () => {
    const model = livelyModel(network);
    const folded = foldedModel(model);
    const left = folded.layers.filter((layer) => layer.kind === "batchnorm");
    const before = network.layers.filter((layer) => stays[network.family]?.test(layer.name));
    assert.deepEqual(left.map((layer) => layer.name), before.map((layer) => layer.name));
    assertSameFunction(model, folded);
  });
}

Deno.test("in any network folding keeps the function", () => {
  fc.assert(fc.property(networks, (network) => {
    const model = livelyModel(network);
    assertSameFunction(model, foldedModel(model));
  }));
});

Deno.test("a batchnorm stays where another layer reads before it, or where something bends between", () => {
  const layers = (activation: "linear" | "relu", readsNorm: boolean): readonly Layer[] => [
    {
      name: "conv",
      kind: "conv",
      inputs: ["input"],
      filters: 2,
      kernel: [1, 1],
      strides: [1, 1],
      padding: "same",
      dilations: [1, 1],
      bias: false,
      activation,
    },
    {
      name: "norm",
      kind: "batchnorm",
      inputs: ["conv"],
      epsilon: 1e-3,
      momentum: 0.9,
      activation: "linear",
    },
    {
      name: "sum",
      kind: "add",
      inputs: ["norm", readsNorm ? "norm" : "conv"],
      activation: "linear",
    },
  ];
  const found = (...args: Parameters<typeof layers>) => [
    ...folds({
      family: "test",
      inputs: [{ name: "input", shape: [2, 2, 1] }],
      layers: layers(...args),
      outputs: ["sum"],
      head: "none",
    }).keys(),
  ];
  assert.deepEqual(found("linear", true), ["norm"]);
  assert.deepEqual(found("linear", false), []);
  assert.deepEqual(found("relu", true), []);
});

Deno.test("pruned zeros are zero behind folding, under the same mask", () => {
  const model = livelyModel(zooNetworks["resnet"]!);
  const kernel = model.weights["stem/kernel"]!;
  const mask = Uint8Array.from(kernel.data, (_, i) => i % 3 === 0 ? 0 : 1);
  const data = (kernel.data as Float32Array).map((w, i) => w * mask[i]!);
  const pruned = {
    ...model,
    weights: { ...model.weights, "stem/kernel": { ...kernel, data, mask } },
  };
  const folded = foldedModel(pruned).weights["stem/kernel"]!;
  assert.equal(folded.mask, mask);
  folded.data.forEach((w, i) => assert.equal(w === 0, mask[i] === 0));
});

Deno.test("the layer that a batchnorm is folded into gets a bias, its activation, and its readers", () => {
  const plain = denseModel([{ kernel: [[1, 2]] }, { kernel: [[1], [1]] }]);
  const [first, head] = plain.layers as [Layer, Layer];
  const norm = {
    name: "norm",
    kind: "batchnorm",
    inputs: ["dense1"],
    epsilon: 0,
    momentum: 0.9,
    activation: "relu",
  } as const;
  const layers = [first, norm, { ...head, inputs: ["norm"] } as Layer];
  const folded = foldedArchitecture({ ...plain, layers });
  assert.deepEqual(folded.layers, [{ ...first, bias: true, activation: "relu" }, head]);
  assert.deepEqual(
    foldedArchitecture({ ...plain, layers: layers.slice(0, 2), outputs: ["norm"] }).outputs,
    ["dense1"],
  );
  const of = (...values: readonly number[]) =>
    floatWeight([values.length], Float32Array.from(values));
  const model = foldedModel({
    ...plain,
    layers,
    weights: {
      ...plain.weights,
      "norm/gamma": of(4, 1),
      "norm/beta": of(1, 2),
      "norm/mean": of(3, 5),
      "norm/variance": of(4, 1),
    },
  });
  // Factors 4/√4 and 1; biases 1 − 3 · 2 and 2 − 5.
  assert.deepEqual([...model.weights["dense1/kernel"]!.data], [2, 2]);
  assert.deepEqual([...model.weights["dense1/bias"]!.data], [-5, -3]);
  assert.deepEqual(Object.keys(model.weights).sort(), [
    "dense1/bias",
    "dense1/kernel",
    "dense2/kernel",
  ]);
});
