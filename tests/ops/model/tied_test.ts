/** Shared weights: what is kept of them in a cut, and what every technique does with them. */
import assert from "node:assert/strict";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { withTensors } from "../../../engine/tensor/mod.ts";
import { exportFiles } from "../../../ops/formats/export.ts";
import type { FormatParams } from "../../../ops/formats/formats.ts";
import { foldedModel } from "../../../ops/model/fold.ts";
import { inferLogits } from "../../../ops/model/infer.ts";
import { layerFacts, weightSlots } from "../../../ops/model/layers.ts";
import type { Layer, Model } from "../../../ops/model/model.ts";
import { partOf } from "../../../ops/model/part_of.ts";
import { usesOf, withOwners } from "../../../ops/model/tied.ts";
import { countParameters, floatWeight } from "../../../ops/model/weights.ts";
import { cutChannels } from "../../../ops/prune/cut_channels.ts";
import type { IntegerParams } from "../../../ops/quantize/fields.ts";
import { quantizedAware } from "../../../ops/quantize/aware.ts";
import { quantized } from "../../../ops/quantize/quantized.ts";
import { assertClose } from "../../close.ts";
import { graphModel } from "../formats/keras/graphs.ts";
import { fitted, sgd, tableData, training } from "../learn/small_trainings.ts";
import { noiseData } from "../noise_data.ts";
import { recordingContext, runContext } from "../run_context.ts";
import { untied } from "../untied.ts";

refuseLeaks(true);

const dense = (name: string, input: string, tied?: string): Layer => ({
  ...{ name, kind: "dense", inputs: [input], units: 1, bias: false, activation: "linear" },
  ...tied === undefined ? {} : { tied },
});
const one = floatWeight([1, 1], Float32Array.of(1));

Deno.test("the first layer that is left has the weights of one that is not", () => {
  const [b, c] = [dense("b", "a", "a"), dense("c", "b", "a")];
  const { layers, weights } = withOwners([b, c], { "a/kernel": one, "z/kernel": one });
  assert.deepEqual(layers, [dense("b", "a"), dense("c", "b", "b")]);
  assert.deepEqual(Object.keys(weights), ["b/kernel"]);
  const whole = [dense("a", "x"), b, c];
  assert.deepEqual(withOwners(whole, { "a/kernel": one }), {
    layers: whole,
    weights: { "a/kernel": one },
  });
  assert.deepEqual(
    [...usesOf(whole)].map(([name, uses]) => [name, ...uses.map((each) => each.name)]),
    [["a", "a", "b", "c"]],
  );
});

Deno.test("a layer can only be tied to one with weights of its own, of its kind and form", () => {
  const network = (...layers: Layer[]) => ({
    ...{ family: "t", inputs: [{ name: "x", shape: [1] }], layers, head: "none" as const },
    outputs: [layers.at(-1)!.name],
  });
  const said = (...layers: Layer[]) => {
    try {
      return weightSlots(network(...layers)).map(({ name }) => name);
    } catch (error) {
      return (error as Error).message;
    }
  };
  assert.deepEqual(said(dense("a", "x"), dense("b", "a", "a")), ["a/kernel"]);
  const none = 'Cannot build layer "b": it has the weights of "c", which is no dense with its own';
  assert.equal(said(dense("a", "x"), dense("b", "a", "c")), none);
  const flat: Layer = { name: "c", kind: "flatten", inputs: ["x"] };
  assert.equal(said(flat, dense("b", "x", "c")), none);
  assert.equal(said(dense("a", "x"), dense("c", "a", "a"), dense("b", "a", "c")), none);
  const wide: Layer = {
    ...dense("a", "x"),
    kind: "dense",
    units: 2,
    bias: false,
    activation: "linear",
  };
  assert.equal(
    said(wide, dense("b", "a", "a")),
    'Cannot build layer "b": it has the weights of "a", and needs a/kernel of 2×1',
  );
});

const siamese = await graphModel("siamese.keras");
const data = noiseData(siamese, 64);
const logits = (model: Model) => withTensors((room) => inferLogits(room, model, data.parts.train!));

Deno.test("shared weights count once, products for each use", () => {
  const facts = layerFacts(siamese);
  const [first, second] = facts.filter(({ name }) => name.endsWith(".conv1"));
  assert.deepEqual([first!.parameters, second!.parameters], [9 * 2 * 6 + 6, 0]);
  assert.deepEqual([first!.macs, second!.macs], [8 * 8 * 9 * 2 * 6, 8 * 8 * 9 * 2 * 6]);
  assert.deepEqual([first!.tied, second!.tied], [undefined, "encoder.conv1"]);
});

Deno.test("an update moves a shared weight along the sum of what copies of it would move by", async () => {
  const nested = await graphModel("nested.keras");
  const rows = Array.from({ length: 8 }, (_, i) => [i / 8, 1 - i / 4, 0.5, -i / 8]);
  const table = tableData(rows, rows.map(([a, b]) => [a!, b!]));
  const options = training({ batch: 8, optimizer: sgd(0.001, { momentum: 0 }) });
  const moved = async (model: Model) => (await fitted(model, table, options)).model.weights;
  const [shared, copies] = [await moved(nested), await moved(untied(nested))];
  for (const name of ["block.row.up", "block.row.down"]) {
    for (const role of ["kernel", "bias"]) {
      const before = nested.weights[`${name}/${role}`]!.data as Float32Array;
      const uses = nested.layers.filter(({ name: own, tied }) => own === name || tied === name);
      assert.equal(uses.length, 4);
      const sum = before.map((value, i) =>
        uses.reduce((all, use) => all + copies[`${use.name}/${role}`]!.data[i]! - value, value)
      );
      assertClose(shared[`${name}/${role}`]!.data as Float32Array, [...sum], 1e-6);
    }
  }
});

Deno.test("averages of a shared batch normalisation follow each of its uses in turn", async () => {
  const train = { ...data.parts.train!, y: new Float32Array(64 * 3).fill(0.5) };
  const table = { ...data, parts: { train, validation: train } };
  const meta = { ...data.meta, outputs: 3 };
  const options = training({ optimizer: sgd(0), recalibrate: "never" });
  const moved = async (model: Model) =>
    (await fitted(model, { ...table, meta }, options)).model.weights;
  const [shared, copies] = [await moved(siamese), await moved(untied(siamese))];
  const { momentum } = siamese.layers.find(({ kind }) => kind === "batchnorm") as never;
  for (const role of ["mean", "variance"]) {
    const values = (of: Model["weights"], name: string) =>
      of[`${name}.norm1/${role}`]!.data as Float32Array;
    const start = values(siamese.weights, "encoder");
    const [first, second] = [values(copies, "encoder"), values(copies, "encoder-2")];
    const expected = start.map((was, c) => momentum * first[c]! + second[c]! - momentum * was);
    assertClose(values(shared, "encoder"), [...expected], 1e-5);
    assert.notDeepEqual([...values(shared, "encoder")], [...first]);
  }
});

Deno.test("batch normalisations behind a shared layer are folded where each use has one", async () => {
  const folded = foldedModel(siamese);
  assert.ok(folded.layers.every(({ kind }) => kind !== "batchnorm"));
  assertClose(await logits(folded), [...await logits(siamese)], 1e-4);
  // Of two uses one ends elsewhere: nothing is folded.
  const loose = {
    ...siamese,
    layers: siamese.layers.map((layer): Layer =>
      layer.name === "encoder-2.norm1"
        ? { name: layer.name, kind: "activation", inputs: layer.inputs, activation: "relu" }
        : layer
    ),
  };
  assert.ok(foldedModel(loose).layers.some(({ kind }) => kind === "batchnorm"));
});

Deno.test("a channel of a shared layer goes from all of its uses", async () => {
  const silent = [1, 4];
  const weights = Object.fromEntries(
    Object.entries(siamese.weights).map(([name, weight]) => {
      if (!/^encoder\.(conv1|norm1)\//.test(name) || name.endsWith("variance")) {
        return [name, weight];
      }
      const data = weight.data.map((value, i) => silent.includes(i % 6) ? 0 : value);
      return [name, { ...weight, data }];
    }),
  );
  const model = { ...siamese, weights };
  const cut = cutChannels(
    model,
    {
      ...{ criterion: "l1", scope: "layer", ratio: 1 / 3, min_keep: 1, round_to: 1 },
      layers: ["encoder.conv1"],
    },
    0,
  );
  assert.deepEqual(cut.weights["encoder.conv1/kernel"]!.shape, [3, 3, 2, 4]);
  assert.deepEqual(cut.weights["encoder.conv2/kernel"]!.shape, [3, 3, 4, 4]);
  assert.deepEqual(cut.established.channels, { "encoder.conv1": 4 });
  assertClose(await logits(cut), [...await logits(model)], 1e-5);
});

const int8: IntegerParams = {
  scheme: "int8",
  granularity: "channel",
  symmetry: "symmetric",
  activations: { use: "int8", granularity: "tensor", symmetry: "asymmetric" },
  calibrate: { use: "minmax", samples: 64 },
  fold: "batchnorm",
  equalize: "none",
  "bias_correction": "none",
  rules: "onnx",
};

Deno.test("integers of shared weights are those that copies of them get, to the bit", async () => {
  const [shared, copies] = await Promise.all(
    [siamese, untied(siamese)].map((model) => quantized(model, data, int8, runContext())),
  );
  assert.equal(countParameters(shared!), countParameters(foldedModel(siamese)));
  assert.deepEqual(await logits(shared!), await logits(copies!));
  for (const correction of ["measured", "analytic"] as const) {
    const params = { ...int8, "bias_correction": correction };
    const corrected = await quantized(siamese, data, params, runContext());
    const [mean, without] = await Promise.all([corrected, shared!].map(async (model) => {
      const exact = await logits(siamese);
      return (await logits(model)).reduce((sum, each, i) => sum + Math.abs(each - exact[i]!), 0);
    }));
    assert.ok(mean! < 2 * without!, correction);
  }
});

const formats: readonly FormatParams[] = [
  { use: "tfjs", storage: "native", shard: "4 MiB", tolerance: 1e-4 },
  { use: "onnx", form: "qdq", opset: 17, tolerance: 1e-4 },
  { use: "tflite", form: "float", c_array: false, tolerance: 1e-4 },
  { use: "packed", coding: "huffman", indices: "relative", index_bits: 5, tolerance: 1e-4 },
  { use: "safetensors", tolerance: 1e-4 },
];

for (const params of formats) {
  Deno.test(`shared weights are written once as ${params.use}, and the file answers alike`, async () => {
    const sizes = [];
    for (const model of [siamese, untied(siamese)]) {
      const { context, notes } = recordingContext();
      const files = await exportFiles.run({ model, data: undefined }, params, context);
      assert.ok((notes.check as { difference: number }).difference < 1e-4);
      sizes.push(Object.values(files).reduce((sum, { length }) => sum + length, 0));
    }
    const bytes = 4 * (countParameters(untied(siamese)) - countParameters(siamese));
    assert.ok(sizes[1]! - sizes[0]! > 0.8 * bytes, `${sizes}`);
  });
}

Deno.test("a part that begins behind a shared layer's first use has its weights", async () => {
  const nested = await graphModel("nested.keras");
  const names = nested.layers.map(({ name }) => name).filter((name) => name.startsWith("block-2."));
  const part = partOf<Model>(nested, names);
  assert.deepEqual(
    part.layers.map(({ name, tied }) => tied === undefined ? name : `${name} = ${tied}`),
    [
      "block-2.row.up",
      "block-2.row.down",
      "block-2.row-2.up = block-2.row.up",
      "block-2.row-2.down = block-2.row.down",
      "block-2.add",
    ],
  );
  assert.deepEqual(
    part.weights["block-2.row.up/kernel"]!.data,
    nested.weights["block.row.up/kernel"]!.data,
  );
});

const small: readonly FormatParams[] = [
  { use: "tfjs", storage: "native", shard: "4 MiB", tolerance: 1e-4 },
  { use: "onnx", form: "qdq", opset: 17, tolerance: 1e-3 },
  { use: "tflite", form: "int8", c_array: false, tolerance: 1e-3 },
];

for (const params of small) {
  Deno.test(`integers of shared weights answer alike in the file: ${params.use}`, async () => {
    const symmetric = { ...int8, rules: params.use === "tflite" ? "tflite" : "onnx" } as const;
    const model = await quantized(siamese, data, symmetric, runContext());
    const { context, notes } = recordingContext();
    const files = await exportFiles.run({ model, data: undefined }, params, context);
    assert.ok((notes.check as { agreement: number }).agreement > 0.95);
    const whole = await exportFiles.run(
      { model: await quantized(untied(siamese), data, symmetric, runContext()), data: undefined },
      params,
      recordingContext().context,
    );
    const size = (of: typeof files) =>
      Object.values(of).reduce((sum, { length }) => sum + length, 0);
    // What is there once is 9·2·6 + 9·6·4 integers.
    assert.ok(size(whole) - size(files) >= 324, `${size(whole)} ${size(files)}`);
  });
}

Deno.test("rounding in training is learned by shared weights too", async () => {
  const train = { ...data.parts.train!, y: new Float32Array(64 * 3).fill(0.5) };
  const table = { meta: { ...data.meta, outputs: 3 }, parts: { train, validation: train } };
  const finetune = training({ epochs: 2 });
  const start = { model: siamese, data: table, finetune };
  const model = await quantizedAware(start, { ...int8, finetune, seed: 0 } as never, runContext());
  assert.equal(model.weights["encoder.conv1/kernel"]!.encoding.use, "affine");
  assert.ok(model.layers.some(({ tied }) => tied === "encoder.conv1"));
  assert.ok((await logits(model)).every(Number.isFinite));
});
