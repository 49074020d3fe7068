import assert from "node:assert/strict";
import { storedConstant, storedWeight } from "../../../../ops/formats/tfjs/stored_weight.ts";
import type { Files } from "../../../../engine/kind.ts";
import { stream } from "../../../../engine/tensor/random.ts";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { encodeTfjs } from "../../../../ops/formats/tfjs/encode.ts";
import { stockLogits } from "../../../../ops/formats/tfjs/run_stock.ts";
import { inferLogits } from "../../../../ops/model/infer.ts";
import { sizeOf } from "../../../../ops/model/layers.ts";
import type { Layer, Model } from "../../../../ops/model/model.ts";
import { decodedWeights, mapWeights } from "../../../../ops/model/weights.ts";
import { mlp } from "../../../../ops/model/zoo/mlp.ts";
import { livelyModel } from "../../lively_model.ts";
import { assertClose } from "../../../close.ts";
import { modelOf } from "../../model/support/test_data.ts";
import { integerWeight, withHalves, withIntegers } from "../quantized_by_hand.ts";

const native = { storage: "native", shard: 1 << 22 } as const;

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

const manifestOf = (files: Files) =>
  JSON.parse(new TextDecoder().decode(files["model.json"])).weightsManifest[0].weights as {
    name: string;
    shape: number[];
    quantization?: { dtype: string; scale?: number; min?: number };
  }[];

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

Deno.test("integers stand in the file as integers, their scales behind the layer", () => {
  const model = withIntegers(biased);
  const files = encodeTfjs(model, native);
  const read = modelOf(files);
  for (const name of ["a/kernel", "b/kernel", "out/kernel"]) {
    assert.deepEqual([...read.weights[name]!.data], [...model.weights[name]!.data]);
    const entry = manifestOf(files).find((each) => each.name.startsWith(name.split("/")[0]!))!;
    assert.equal(entry.quantization!.dtype, "uint8");
    assert.equal(entry.quantization!.scale, 1);
  }
  const { encoding } = model.weights["b/kernel"]!;
  assert.ok(encoding.use === "affine");
  // Output channel c · 2 + m has the scale of input channel c.
  const [one, two, three] = encoding.scale;
  const gamma = [...read.weights["b.scale/gamma"]!.data];
  assert.deepEqual(gamma, [one, one, two, two, three, three]);
  assert.deepEqual(
    [...read.weights["b.scale/beta"]!.data],
    [...model.weights["b/bias"]!.data],
  );
});

Deno.test("weights decode to the same bits whatever they are stored as", () => {
  const dense = livelyModel(mlp.build([5], 3, { hidden: [4], dropout: 0 }));
  const change = (kernel: (weight: Model["weights"][string]) => Model["weights"][string]) =>
    mapWeights(dense, (weight, name) => name.endsWith("/kernel") ? kernel(weight) : weight);
  const models = {
    "one scale": change((weight) => integerWeight(weight, null)),
    "one scale, shifted": change((weight) => integerWeight(weight, null, -9)),
    // A scale per input channel has no place behind the layer.
    "a scale per input": change((weight) => integerWeight(weight, 0)),
    "half precision": withHalves(dense),
  };
  for (const [name, model] of Object.entries(models)) {
    for (const storage of ["native", "float32"] as const) {
      const read = modelOf(encodeTfjs(model, { storage, shard: 64 }));
      assert.deepEqual(decodedWeights(read), decodedWeights(model), `${name}, ${storage}`);
    }
  }
  const stored = (model: Model) => manifestOf(encodeTfjs(model, native))[0]!.quantization?.dtype;
  assert.equal(stored(models["one scale, shifted"]), "uint8");
  assert.equal(stored(models["a scale per input"]), undefined);
  assert.equal(stored(models["half precision"]), "float16");
});

Deno.test("shifted integers per channel that need more than a byte are stored in two", () => {
  const model = withIntegers(biased);
  const shifted: Model = {
    ...model,
    weights: {
      ...model.weights,
      "out/kernel": {
        shape: [216, 4],
        encoding: {
          use: "affine",
          bits: 8,
          axis: 1,
          symmetry: "asymmetric",
          scale: Float32Array.of(0.01, 0.02, 0.03, 0.04),
          zero: Int32Array.of(-128, 0, 0, 127),
        },
        data: Int8Array.from({ length: 216 * 4 }, (_, at) => (at * 37) % 255 - 127),
      },
    },
  };
  const files = encodeTfjs(shifted, native);
  const entry = manifestOf(files).find((each) => each.name === "out/kernel")!;
  assert.equal(entry.quantization!.dtype, "uint16");
  return assertSameFunction(shifted, files, 2e-6);
});

Deno.test("a constant is a byte of nothing each; integers of one scale are stored from the least on", () => {
  const three = storedConstant(3, 4);
  assert.deepEqual([three.shape, [...three.bytes], three.quantization?.min], [
    [4],
    [0, 0, 0, 0],
    3,
  ]);
  const encoding = {
    use: "affine",
    bits: 8,
    axis: null,
    symmetry: "symmetric",
    scale: Float32Array.of(0.5),
    zero: Int32Array.of(0),
  } as const;
  const weight = { shape: [3], encoding, data: Int8Array.of(-2, 0, 5) };
  const { bytes, quantization } = storedWeight(weight, "native");
  assert.deepEqual([...bytes], [0, 2, 7]);
  assert.deepEqual([quantization?.dtype, quantization?.scale, quantization?.min], [
    "uint8",
    0.5,
    -1,
  ]);
  const floats = storedWeight(weight, "float32");
  assert.deepEqual(new Float32Array(floats.bytes.buffer), Float32Array.of(-1, 0, 2.5));
});

Deno.test("integers that span 0 to 255 are a byte each, one more makes them two", () => {
  const stored = (zero: number, ...data: number[]) => {
    const encoding = {
      ...{ use: "affine", bits: 8, axis: null, symmetry: "asymmetric" } as const,
      scale: Float32Array.of(0.5),
      zero: Int32Array.of(zero),
    };
    const weight = { shape: [data.length], encoding, data: Int8Array.from(data) };
    const { bytes, quantization } = storedWeight(weight, "native");
    assert.equal(quantization!.scale, 0.5);
    assert.equal(quantization!.original_dtype, "float32");
    return [quantization!.dtype, quantization!.min, ...bytes];
  };
  assert.deepEqual(stored(0, 5), ["uint8", 0, 5]);
  assert.deepEqual(stored(0, -5), ["uint8", -2.5, 0]);
  assert.deepEqual(stored(-128, 127, -128), ["uint8", 0, 255, 0]);
  // 256 and 1, the lower byte first.
  assert.deepEqual(stored(-129, 127, -128), ["uint16", 0, 0, 1, 1, 0]);
});
