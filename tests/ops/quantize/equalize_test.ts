/** Cross-layer equalization (Nagel et al. 2019). */
import assert from "node:assert/strict";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import type { ModelFacts } from "../../../engine/op.ts";
import type { Activation } from "../../../engine/tensor/mod.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import { type LayerOf, type Model, structureOf } from "../../../ops/model/model.ts";
import { decodeWeight, floatWeight, mapWeights } from "../../../ops/model/weights.ts";
import { equalizedModel, equalPairs } from "../../../ops/quantize/equalize.ts";
import type { IntegerParams } from "../../../ops/quantize/fields.ts";
import { foldedModel } from "../../../ops/model/fold.ts";
import { quantize } from "../../../ops/quantize/quantize.ts";
import { fc } from "../../deps.ts";
import { livelyModel, noise } from "../lively_model.ts";
import { noiseData } from "../noise_data.ts";
import { plainActivation, plainLogits } from "../plain_forward.ts";
import { denseModel, transposed } from "../prune/dense_model.ts";
import { networks } from "../prune/random_networks.ts";
import { recordingContext } from "../run_context.ts";
import { zooNetworks } from "../zoo_networks.ts";
import { assertClose } from "../../close.ts";

refuseLeaks(true);

Deno.test("after equalization two layers have the weights of a hand's computation, and equal ranges", () => {
  const model = denseModel([
    { kernel: transposed([[4, -2], [0.1, 0.05]]), bias: [1, -0.02], activation: "relu" },
    { kernel: transposed([[0.5, 8], [-0.25, 4]]) },
  ]);
  const equal = equalizedModel(model);
  const values = (name: string) => decodeWeight(equal.weights[name]!);
  assertClose(
    values("dense1/kernel"),
    transposed([[1.41421356, -0.70710678], [0.89442719, 0.4472136]]).flat(),
    1e-6,
  );
  assertClose(values("dense1/bias"), [0.35355339, -0.17888544], 1e-6);
  assertClose(
    values("dense2/kernel"),
    transposed([[1.41421356, 0.89442719], [-0.70710678, 0.4472136]]).flat(),
    1e-6,
  );
});

function assertSameFunction(one: Model, other: Model): void {
  const [a, b] = [one, other].map((model) => plainLogits(model, noise(model)));
  assertClose(b!, a!, 2e-5 * Math.max(1, ...a!.map(Math.abs)));
}

for (const [name, network] of Object.entries(zooNetworks)) {
  Deno.test(`${name}: balance keeps the function`, () => {
    const folded = foldedModel(livelyModel(network));
    // Between bert's layers there are only a gelu, sums, norms and attention, between a char-lstm's nothing but states: no
    // factor passes.
    assert.equal(equalPairs(folded).length > 0, !["bert", "char-lstm"].includes(network.family));
    assertSameFunction(folded, equalizedModel(folded));
  });
}

Deno.test("in any network balance keeps the function", () => {
  fc.assert(fc.property(networks, (network) => {
    const folded = foldedModel(livelyModel(network));
    assertSameFunction(folded, equalizedModel(folded));
  }));
});

Deno.test("channels of a pair end with ranges of one size on both sides", () => {
  const equal = equalizedModel(foldedModel(livelyModel(zooNetworks["cnn"]!)));
  assert.deepEqual(equalPairs(equal), [
    { first: "conv1", second: "conv2" },
    { first: "conv2", second: "dense1" },
    { first: "dense1", second: "head.dense" },
  ]);
  const last = decodeWeight(equal.weights["dense1/kernel"]!);
  const head = decodeWeight(equal.weights["head.dense/kernel"]!);
  for (let c = 0; c < 8; c++) {
    const out = Math.max(...last.filter((_, i) => i % 8 === c).map(Math.abs));
    const into = Math.max(...head.filter((_, i) => Math.floor(i / 3) === c).map(Math.abs));
    assert.ok(Math.abs(out / into - 1) < 1e-3);
  }
});

const int8: IntegerParams = {
  scheme: "int8",
  granularity: "tensor",
  symmetry: "symmetric",
  activations: { use: "none" },
  calibrate: { use: "mse", samples: 64 },
  fold: "batchnorm",
  equalize: "none",
  "bias_correction": "none",
  rules: "onnx",
};

/** The same function, but each other channel of the first layer is large and enters the second one through small weights. */
function unbalanced(model: Model): Model {
  const factor = (c: number) => c % 2 === 0 ? 30 : 0.1;
  return mapWeights(model, (weight, name) => {
    const values = weight.data as Float32Array;
    if (name === "dense1/kernel" || name === "dense1/bias") {
      return floatWeight(weight.shape, values.map((w, i) => w * factor(i % 8)));
    }
    if (name !== "dense2/kernel") return weight;
    return floatWeight(weight.shape, values.map((w, i) => w / factor(Math.floor(i / 6))));
  });
}

Deno.test("balance saves one scale per layer from channels of very different size", async () => {
  const model = unbalanced(livelyModel(zooNetworks["mlp"]!));
  const data = noiseData(model, 64);
  const errorWith = async (changed: Partial<IntegerParams>) => {
    const params = { ...int8, ...changed };
    const after = await quantize.run({ model, data }, params, recordingContext().context);
    const facts = quantize.facts({ model: modelFacts(structureOf(model), model) }, params);
    assert.deepEqual(facts, modelFacts(structureOf(after), after) satisfies ModelFacts);
    let [difference, whole] = [0, 0];
    for (let i = 0; i < 8; i++) {
      const [exact, is] = [model, after].map((each) => plainLogits(each, noise(model, 4, i)));
      exact!.forEach((value, c) => {
        difference += (value - is![c]!) ** 2;
        whole += value ** 2;
      });
    }
    return Math.sqrt(difference / whole);
  };
  const [plain, equal] = [await errorWith({}), await errorWith({ equalize: "cross-layer" })];
  assert.ok(equal < plain / 5, `${plain} and ${equal}`);
  const both = await errorWith({ equalize: "cross-layer", bias_correction: "measured" });
  assert.ok(both < plain / 5, `${plain} and ${both}`);
});

Deno.test("where nothing can be balanced, a warning says so", async () => {
  const model = denseModel([{ kernel: [[1, 2]] }]);
  const { context, warnings } = recordingContext();
  const params: IntegerParams = { ...int8, equalize: "cross-layer" };
  await quantize.run({ model, data: noiseData(model, 4) }, params, context);
  assert.equal(warnings.length, 1);
});

Deno.test("a channel of zeros on either side is left as it is; masks stay, and so does the model that was given", () => {
  const model = denseModel([
    { kernel: [[4, 0, 3]], bias: [1, 5, 7] },
    { kernel: [[1], [2], [0]] },
  ]);
  const mask = Uint8Array.of(1, 0, 1);
  const masked = floatWeight([1, 3], Float32Array.of(4, 0, 3), mask);
  const before = { ...model, weights: { ...model.weights, "dense1/kernel": masked } };
  const after = equalizedModel(before);
  const values = (of: Model, name: string) => [...decodeWeight(of.weights[name]!)];
  assert.deepEqual(values(after, "dense1/kernel"), [2, 0, 3]);
  assert.deepEqual(values(after, "dense1/bias"), [0.5, 5, 7]);
  assert.deepEqual(values(after, "dense2/kernel"), [2, 2, 0]);
  assert.deepEqual([...after.weights["dense1/kernel"]!.mask!], [...mask]);
  assert.deepEqual(values(before, "dense1/kernel"), [4, 0, 3]);
  assert.deepEqual(values(before, "dense1/bias"), [1, 5, 7]);
  assert.deepEqual(values(before, "dense2/kernel"), [1, 2, 0]);
});

Deno.test("a chain that is long to balance is balanced twenty times from front to back", () => {
  const layers = 24;
  const logs = Array.from({ length: layers }, (_, i): number => i === 0 ? 24 : 0);
  const chain = denseModel(logs.map((log) => ({ kernel: [[2 ** log]] })));
  // Two weights that balance come to their geometric mean: to the mean of their logarithms.
  for (let round = 0; round < 20; round++) {
    for (let i = 0; i + 1 < layers; i++) {
      logs[i] = logs[i + 1] = (logs[i]! + logs[i + 1]!) / 2;
    }
  }
  const found = Object.values(equalizedModel(chain).weights).map((weight) =>
    Math.log2(decodeWeight(weight)[0]!)
  );
  assertClose(found, logs, 1e-4);
});

Deno.test("a pair is balanced across activations that a positive factor passes, and no others", () => {
  const activations = ["linear", "relu", "leaky-relu", "relu6", "sigmoid", "tanh", "gelu", "elu"];
  const model = denseModel([{ kernel: [[1]] }, { kernel: [[1]] }]);
  for (const activation of activations as Activation[]) {
    const f = plainActivation(activation);
    const passes = [-4, -0.5, 0.5, 4].every((x) => Math.abs(f(2 * x) - 2 * f(x)) < 1e-9);
    const [first, second] = model.layers as LayerOf<"dense">[];
    const layers = [{ ...first!, activation }, second!];
    assert.equal(equalPairs({ ...model, layers }).length, passes ? 1 : 0, activation);
  }
});
