import assert from "node:assert/strict";
import { withTensors } from "../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import type { ModelFacts } from "../../../engine/op.ts";
import type { Dataset } from "../../../ops/data/dataset.ts";
import { modelKind } from "../../../ops/model/kind.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import { type LayerOf, type Model, structureOf } from "../../../ops/model/model.ts";
import { decodeWeight } from "../../../ops/model/weights.ts";
import { maskWeights } from "../../../ops/prune/mask_weights.ts";
import { effectOfQuantizing } from "../../../ops/quantize/error.ts";
import type { IntegerParams } from "../../../ops/quantize/fields.ts";
import { integerRunner } from "../../../ops/model/integers/integer.ts";
import { integerLayer } from "../../../ops/model/integers/integer_layer.ts";
import { quantize } from "../../../ops/quantize/quantize.ts";
import { livelyModel } from "../lively_model.ts";
import { noiseData } from "../noise_data.ts";
import { denseModel } from "../prune/dense_model.ts";
import { recordingContext } from "../run_context.ts";
import { zooNetworks } from "../zoo_networks.ts";
import { assertClose } from "../../close.ts";

refuseLeaks(true);

const int8 = {
  scheme: "int8",
  granularity: "channel",
  symmetry: "symmetric",
  activations: { use: "int8", granularity: "tensor", symmetry: "asymmetric" },
  calibrate: { use: "minmax", samples: 100 },
  fold: "batchnorm",
  equalize: "none",
  "bias_correction": "none",
  rules: "onnx",
} satisfies IntegerParams;

const run = async (model: Model, changed: object = {}, data: Dataset = noiseData(model, 100)) =>
  await quantize.run({ model, data }, { ...int8, ...changed }, recordingContext().context);

function logitsOf(model: Model, rows: readonly (readonly number[])[]): Promise<number[]> {
  return withTensors((room) => {
    const x = room.tensor(Float32Array.from(rows.flat()), [rows.length, rows[0]!.length]);
    const runner = integerRunner(room, model);
    const logits = runner.run([x]);
    const values = [...room.values(logits)];
    x.dispose();
    logits.dispose();
    runner.dispose();
    return values;
  });
}

/** A model whose only dense layer is followed by a layer that does nothing, so that its output is held in integers. */
function heldDense(spec: Parameters<typeof denseModel>[0][0]): Model {
  const model = denseModel([spec]);
  const end = {
    name: "end",
    kind: "activation",
    inputs: ["dense1"],
    activation: "linear",
  } as const;
  return { ...model, layers: [...model.layers, end], outputs: ["end"] };
}

Deno.test("an integer matrix product, from ranges to decoded results", async () => {
  const a = [[0.5, -1, 2], [1.5, 0, -0.5]];
  const model = heldDense({ kernel: [[1, -0.5], [0.25, 0.75], [-1, 0.5]], bias: [0.1, -0.2] });
  const noise = noiseData(model, 2);
  const data = {
    ...noise,
    parts: { train: { count: 2, x: Float32Array.from(a.flat()), y: null } },
  };
  const quantized = await run(model, {}, data);
  const { input, dense1 } = quantized.quantization!.activations;
  assertClose([input!.scale, dense1!.scale], [0.0117647059, 0.0147058824], 1e-9);
  assert.deepEqual([input!.zero, dense1!.zero], [-43, -16]);
  const kernel = quantized.weights["dense1/kernel"]!;
  assert.deepEqual([...kernel.data], [127, -85, 32, 127, -127, 85]);
  assert.ok(kernel.encoding.use === "affine");
  assertClose(kernel.encoding.scale, [0.0078740157, 0.0059055118], 1e-9);
  const layer = quantized.layers[0] as LayerOf<"dense">;
  const { bias } = integerLayer(quantized, layer, input!, "onnx")!;
  assert.deepEqual([...bias], [1080, -2879]);
  assertClose(await logitsOf(quantized, a), [-1.647059, -0.191176, 2.102941, -1.205882], 1e-6);
});

Deno.test("requantization rounds half-way to even, or as the other rules say", async () => {
  const format = { bits: 8, scale: 1, zero: 0, minimum: -128, maximum: 127 };
  const logits = async (rules: "onnx" | "tflite" | "tensorflow") => {
    const quantized = await run(heldDense({ kernel: [[127]] }), { rules });
    const held: Model = {
      ...quantized,
      quantization: { rules, activations: { input: format, dense1: { ...format, scale: 254 } } },
    };
    const steps = await logitsOf(held, [[1], [3], [5], [-1], [-3], [-5]]);
    return steps.map((value) => value / 254);
  };
  // Each value is 127 · x / 254: a half more than an integer.
  assert.deepEqual(await logits("onnx"), [0, 2, 2, 0, -2, -2]);
  assert.deepEqual(await logits("tflite"), [1, 2, 3, -1, -2, -3]);
  assert.deepEqual(await logits("tensorflow"), [1, 2, 3, 0, -1, -2]);
});

Deno.test("a bias far larger than its weights still fits its integers", async () => {
  const model = heldDense({ kernel: [[1e-9, 1], [-1e-9, 0.5]], bias: [3, -3] });
  const quantized = await run(model);
  assertClose(await logitsOf(quantized, [[0.5, 0.5]]), [3, -2.25], 0.05);
});

Deno.test("a layer whose sums could leave 32 bits is refused by name", async () => {
  // Inputs around 0: 127 · 128 · 140,000 is more than 2³¹, with 120,000 it is not.
  const wide = (inputs: number) => heldDense({ kernel: Array.from({ length: inputs }, () => [1]) });
  await assert.rejects(run(wide(140_000), {}, noiseData(wide(140_000), 1)), /"dense1" in integers/);
  await run(wide(120_000), {}, noiseData(wide(120_000), 1));
});

Deno.test("weights alone: no data is read, activations stay float", async () => {
  const params = { ...int8, activations: { use: "none" as const } };
  assert.deepEqual(quantize.inputs.data.parts!(params), []);
  assert.deepEqual(quantize.inputs.data.parts!(int8), ["meta", "train"]);
  const quantized = await run(livelyModel(zooNetworks["cnn"]!), { activations: { use: "none" } });
  assert.equal(quantized.quantization, null);
  assert.equal(quantized.weights["conv1/kernel"]!.encoding.use, "affine");
});

Deno.test("each value that an integer layer reads has a format; logits stay float", async () => {
  const { activations } = (await run(livelyModel(zooNetworks["cnn"]!))).quantization!;
  assert.deepEqual(Object.keys(activations), [
    "input",
    "conv1",
    "conv1.pool",
    "conv2",
    "conv2.pool",
    "flatten",
    "dense1",
  ]);
  assert.deepEqual(activations["conv1.pool"], activations["conv1"]);
  assert.deepEqual(activations["flatten"], activations["conv2"]);
  // Behind a relu nothing is negative, so all integers are spent above 0.
  assert.deepEqual([activations["conv1"]!.zero, activations["dense1"]!.zero], [-128, -128]);
});

Deno.test("an excluded layer keeps float weights, and only what it alone reads keeps float values", async () => {
  const quantized = await run(livelyModel(zooNetworks["cnn"]!), { exclude: ["conv2"] });
  assert.equal(quantized.weights["conv2/kernel"]!.encoding.use, "f32");
  assert.equal(quantized.weights["conv1/kernel"]!.encoding.use, "affine");
  assert.deepEqual(Object.keys(quantized.quantization!.activations), [
    "input",
    "conv2.pool",
    "flatten",
    "dense1",
  ]);
});

Deno.test("per_layer gives single layers their own number of bits", async () => {
  const own = {
    "per_layer": [{ layers: ["conv1"], scheme: "int4" }, { layers: ["head"], scheme: "float32" }],
  };
  const quantized = await run(livelyModel(zooNetworks["cnn"]!), own);
  const bits = (layer: string) => {
    const { encoding } = quantized.weights[`${layer}/kernel`]!;
    return encoding.use === "affine" ? encoding.bits : encoding.use;
  };
  assert.deepEqual(["conv1", "conv2", "dense1", "head.dense"].map(bits), [4, 8, 8, "f32"]);
});

const factsOf = (model: Model) => modelFacts(structureOf(model), model);

for (const [name, network] of Object.entries(zooNetworks)) {
  Deno.test(`${name}: what is known before is what comes out, and masks still hold`, async () => {
    const model = livelyModel(network);
    const pruned = maskWeights(model, { criterion: "magnitude", scope: "global", ratio: 0.5 }, 0);
    const facts = quantize.facts({ model: factsOf(pruned) }, int8) as ModelFacts;
    const quantized = await run(pruned);
    assert.deepEqual(facts, factsOf(quantized));
    assert.equal(quantized.established.format, "int8");
    assert.equal(modelKind.holds!(pruned, quantized), undefined);
    const read = (digest: string) => Promise.resolve(encoded.blobs.get(digest as never)!);
    const encoded = modelKind.encode(quantized);
    assert.deepEqual(await modelKind.decode(encoded.manifest, read), quantized);
  });
}

Deno.test("each layer's rounding error is noted, larger with fewer bits; the effect is its format", async () => {
  const model = livelyModel(zooNetworks["mobilenet-v1"]!);
  const told = async (scheme: "int8" | "int4") => {
    const { context, notes } = recordingContext();
    const data = noiseData(model, 100);
    const after = await quantize.run({ model, data }, { ...int8, scheme }, context);
    const effect = quantize.effect!({ model, data }, after) as { formats: Record<string, string> };
    return { errors: notes["rounding_error"] as Record<string, number>, formats: effect.formats };
  };
  const [eight, four] = [await told("int8"), await told("int4")];
  assert.deepEqual(Object.keys(eight.errors), Object.keys(eight.formats));
  assert.equal(eight.formats["block1.depthwise"], "int8");
  assert.equal(four.formats["head.dense"], "int4");
  for (const layer in eight.errors) {
    assert.ok(eight.errors[layer]! < 0.01 && eight.errors[layer]! > 0);
    assert.ok(four.errors[layer]! > 4 * eight.errors[layer]!);
  }
  assert.equal(effectOfQuantizing(model, model), undefined);
});

Deno.test("half precision: kernels and biases in two bytes, no data, nothing folded", async () => {
  const model = livelyModel(zooNetworks["resnet"]!);
  const half = await quantize.run({ model, data: undefined as never }, { scheme: "float16" }, {
    ...recordingContext().context,
  });
  assert.deepEqual(quantize.inputs.data.parts!({ scheme: "float16" }), []);
  assert.equal(half.layers.length, model.layers.length);
  assert.equal(half.weights["stem/kernel"]!.encoding.use, "f16");
  assert.equal(half.weights["stem.norm/variance"]!.encoding.use, "f32");
  const [was, is] = [model, half].map((each) => decodeWeight(each.weights["stem/kernel"]!));
  was!.forEach((w, i) => assert.ok(Math.abs(w - is![i]!) <= Math.abs(w) * 2 ** -11 + 2 ** -25));
});

Deno.test("a correction gives biases to the layers that get integers, and to no others", () => {
  const facts = (changed: object) =>
    quantize.facts({ model: factsOf(livelyModel(zooNetworks["resnet"]!)) }, {
      ...int8,
      ...changed,
      fold: "none",
    }) as ModelFacts;
  const [plain, all, some] = [
    {},
    { "bias_correction": "measured" },
    { "bias_correction": "measured", "per_layer": [{ layers: ["stem"], scheme: "float32" }] },
  ].map((changed) => facts(changed).parameters!);
  const stem = livelyModel(zooNetworks["resnet"]!).weights["stem/kernel"]!.shape.at(-1)!;
  assert.ok(all! > plain!);
  assert.equal(all! - some!, stem);
});

Deno.test("layers that keep their floats are noted with the reason", async () => {
  const skipped = async (changed: object) => {
    const { context, notes } = recordingContext();
    const model = livelyModel(zooNetworks["resnet"]!);
    const params = { ...int8, ...changed } as IntegerParams;
    await quantize.run({ model, data: noiseData(model, 8) }, params, context);
    return notes["skipped"];
  };
  assert.equal(await skipped({}), undefined);
  const named = { layers: ["stem*"] };
  const own = { "per_layer": [{ layers: ["stem"], scheme: "float32" }] };
  assert.deepEqual(await skipped({ ...named, ...own }), {
    stem: "float32 by `per_layer`",
    "stem.norm": "folded into the layer before it",
  });
  assert.deepEqual(await skipped({ ...named, fold: "none" }), {
    "stem.norm": "a batchnorm has no kernel",
  });
  assert.deepEqual(await skipped({ ...named, scheme: "float16" }), {
    "stem.norm": "a batchnorm has no kernel",
  });
});
