import assert from "node:assert/strict";
import type { Files } from "../../../../engine/kind.ts";
import { stream } from "../../../../engine/tensor/random.ts";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { encodeTfjs } from "../../../../ops/formats/tfjs/encode.ts";
import { stockLogits } from "../../../../ops/formats/tfjs/run_stock.ts";
import { inferLogits } from "../../../../ops/model/infer.ts";
import { initialModel } from "../../../../ops/model/initialize.ts";
import { sizeOf } from "../../../../ops/model/layers.ts";
import type { Layer, Model } from "../../../../ops/model/model.ts";
import { floatWeight, mapWeights } from "../../../../ops/model/weights.ts";
import { mlp } from "../../../../ops/model/zoo/mlp.ts";
import { mobilenetV1 } from "../../../../ops/model/zoo/mobilenet_v1.ts";
import { livelyModel } from "../../lively_model.ts";
import { assertClose } from "../../../close.ts";
import { modelOf } from "../../model/test_data.ts";
import { withHalves, withIntegers } from "../quantized_by_hand.ts";

const native = { storage: "native", shard: 1 << 22 } as const;

const small = livelyModel(mobilenetV1.build([12, 12, 2], 6, { depth: 3, width: 0.25 }));

/** A convolution with bias and relu, a depthwise one with multiplier 2, a dense one: all that can carry scales. */
const biased = livelyModel({
  family: "loaded",
  inputs: [{ name: "input", shape: [6, 6, 2] }],
  layers: biasedLayers(),
  outputs: ["out"],
  head: "softmax",
});

function biasedLayers(): Layer[] {
  const window = { strides: [1, 1], padding: "same", dilations: [1, 1] } as const;
  const kernel = [3, 3] as const;
  return [
    {
      name: "a",
      kind: "conv",
      inputs: ["input"],
      filters: 3,
      kernel,
      ...window,
      bias: true,
      activation: "relu",
    },
    {
      name: "b",
      kind: "depthwise",
      inputs: ["a"],
      kernel,
      multiplier: 2,
      ...window,
      bias: true,
      activation: "leaky-relu",
    },
    { name: "c", kind: "flatten", inputs: ["b"] },
    { name: "out", kind: "dense", inputs: ["c"], units: 4, bias: true, activation: "linear" },
  ];
}

/** Asserts that the files compute, in stock tfjs and read again by us, what the model computes. */
async function assertSameFunction(model: Model, files: Files, tolerance: number): Promise<void> {
  const { shape } = model.inputs[0]!;
  const x = stream(6, "noise").uniforms(0, 4 * sizeOf(shape)).map((u) => u * 255);
  const part = { count: 4, x, y: null };
  await withTensors(async (room) => {
    const expected = await inferLogits(room, model, part);
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const stock = await stockLogits(room, files, { x, shape, headed: model.head !== "none" });
    assertClose(stock, expected, tolerance * largest);
    assertClose(await inferLogits(room, modelOf(files), part), expected, tolerance * largest);
  });
}

const cases: Record<string, Model> = {
  "float32 weights": small,
  "half precision": withHalves(small),
  "integers per channel, batch normalisation behind": withIntegers(small),
  "integers per channel, biases inside": withIntegers(biased),
  "scale and offset for all": { ...small, preprocess: { scale: [1 / 255], offset: [-0.5] } },
  "scale and offset per channel": {
    ...withIntegers(biased),
    preprocess: { scale: [0.01, 0.02], offset: [-1, 0.25] },
  },
};

for (const [name, model] of Object.entries(cases)) {
  Deno.test(`${name}: files, stock tfjs and reader compute what the model does`, async () => {
    await assertSameFunction(model, encodeTfjs(model, native), 2e-6);
  });
}

Deno.test("a pruned model keeps its zeros in the file", () => {
  const mask = Uint8Array.from({ length: 5 * 4 }, (_, at) => at % 3 === 0 ? 0 : 1);
  const dense = livelyModel(mlp.build([5], 3, { hidden: [4], dropout: 0 }));
  const pruned = mapWeights(dense, (weight, name) => {
    if (name !== "dense1/kernel") return weight;
    return floatWeight(
      weight.shape,
      (weight.data as Float32Array).map((v, i) => v * mask[i]!),
      mask,
    );
  });
  for (const model of [pruned, withIntegers(pruned)]) {
    const kernel = modelOf(encodeTfjs(model, native)).weights["dense1/kernel"]!.data;
    assert.deepEqual([...kernel].map((value) => value === 0 ? 0 : 1), [...mask]);
  }
});

Deno.test("equal models give equal bytes; shards are as large as asked", () => {
  const model = { ...withIntegers(small), classes: ["a", "b", "c", "d", "e", "f"] };
  const files = encodeTfjs(model, { storage: "native", shard: 300 });
  const weights = Object.fromEntries(Object.entries(model.weights).reverse());
  assert.deepEqual(encodeTfjs({ ...model, weights }, { storage: "native", shard: 300 }), files);
  const sizes = Object.entries(files).filter(([path]) => path !== "model.json")
    .map(([, bytes]) => bytes.length);
  assert.ok(sizes.length > 3 && sizes.slice(0, -1).every((size) => size === 300));
  assert.deepEqual(modelOf(files).classes, model.classes);
  assert.equal(modelOf(files).head, "softmax");
});

Deno.test("what tfjs cannot express is refused with the layer's name", () => {
  const pool: Layer = {
    name: "p",
    kind: "max-pool",
    inputs: ["input"],
    size: [2, 2],
    strides: [1, 1],
    padding: [[1, 0], [1, 0]],
    dilations: [1, 1],
  };
  const model = initialModel({
    family: "loaded",
    inputs: [{ name: "input", shape: [4, 4, 1] }],
    layers: [pool],
    outputs: ["p"],
    head: "none",
  }, 0);
  assert.throws(() => encodeTfjs(model, native), /Cannot write "p" for tfjs/);
});
