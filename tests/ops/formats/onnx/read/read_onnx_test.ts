import assert from "node:assert/strict";
import { given } from "../../../../../engine/given.ts";
import { encodeOnnx } from "../../../../../ops/formats/onnx/encode.ts";
import { inferenceModel } from "../../../../../ops/formats/inference_model.ts";
import { readOnnx } from "../../../../../ops/formats/onnx/read/read_onnx.ts";
import { paddingOf } from "../../../../../ops/formats/onnx/token_inputs.ts";
import { readSafetensorsModel } from "../../../../../ops/formats/safetensors/told_model.ts";
import type { Model } from "../../../../../ops/model/model.ts";
import { assertClose } from "../../../../close.ts";
import { encoderAnswers, encoderFiles } from "../../../../fixtures/transformers/transformers.ts";
import { livelyModel } from "../../../lively_model.ts";
import { runContext } from "../../../run_context.ts";
import { zooNetworks } from "../../../zoo_networks.ts";
import { flat, samples } from "../support/both_logits.ts";
import { quantizedNetwork } from "../support/quantized_network.ts";
import { besideBytes, exported, exportedBytes, openSamples } from "../support/exported.ts";
import { answersOf, asAuthor, graphFile, graphModel, kindsOf } from "./one_graph.ts";

const read = (name: string): Model =>
  readOnnx(exportedBytes(name), `${name}.onnx`, {
    ...given({ sample: openSamples[name] }),
    files: new Map(name === "beside" ? [["beside.data", besideBytes("beside.data")]] : []),
  });

for (const name of Object.keys(exported)) {
  Deno.test(`the author of ${name} gets its own answers`, async () => {
    const { found, wanted } = await asAuthor(read(name), exported[name]!);
    assertClose(found, wanted, 1e-4);
  });
}

Deno.test("between convolutions nothing is transposed, and a row of an image turns the kernel behind it", () => {
  assert.deepEqual(
    kindsOf(read("lenet")).join(" "),
    "conv+tanh average-pool conv prelu max-pool flatten dense",
  );
  assert.equal(
    kindsOf(read("shuffle")).join(" "),
    "conv split split depthwise function concat shuffle max-pool flatten activation+elu dense",
  );
  const images = Object.keys(exported).slice(0, Object.keys(exported).indexOf("bert_eager"));
  const transposed = images.filter((name) => kindsOf(read(name)).includes("permute"));
  // Normalised along channels of images, mixed or joined along rows, begun as a row: these do turn.
  assert.deepEqual(transposed, [
    ...["mixer", "decoder", "groups", "group_norm", "group_norm_18", "group_norm_dynamo"],
    ...["instance_norm", "adaptive", "resize_corners", "pixel_shuffle", "pixel_unshuffle", "pads"],
    ...["slices", "means", "positions", "product", "lstm_two_layers"],
  ]);
});

Deno.test("layers are called as modules, and patterns are one layer", () => {
  const { layers } = read("encoder_14");
  assert.deepEqual(layers.map(({ name, kind }) => `${name} ${kind}`), [
    ...["words embedding", "add position", "q dense", "k dense", "v dense", "matmul_1 attention"],
    ...["o dense", "add_1 add", "norm1 layer-norm", "up dense", "down dense", "add_3 add"],
    ...["norm2 layer-norm", "gather_3 first", "head dense"],
  ]);
});

Deno.test("arithmetic on the input is the preprocessing, a softmax the head, names of classes are kept", () => {
  const prepared = read("prepared");
  assertClose(prepared.preprocess!.scale, [1 / 0.2, 1 / 0.3, 1 / 0.4], 1e-5);
  assertClose(prepared.preprocess!.offset, [-2, -0.5 / 0.3, -1.5], 1e-5);
  assert.equal(prepared.head, "softmax");
  assert.deepEqual(kindsOf(read("linear")), ["dense"]);
  const made = { ...livelyModel(zooNetworks.mlp!), classes: ["a", "b", "c"] };
  const file = encodeOnnx(made, { form: "float", opset: 17 })["model.onnx"]!;
  assert.deepEqual(readOnnx(file, "a.onnx").classes, made.classes);
});

/** Kinds of layers that inference sees. */
const shownKinds = (model: Model) =>
  kindsOf(inferenceModel(model)).filter((kind) => kind !== "dropout");

for (const [name, architecture] of Object.entries(zooNetworks)) {
  Deno.test(`${name} written as ONNX and read again has the same layers and answers`, async () => {
    const image = architecture.inputs.length === 1 && architecture.inputs[0]!.shape.length === 3;
    const preprocess = image ? { scale: [2], offset: [-0.25] } : null;
    const model = { ...livelyModel(architecture), preprocess };
    const x = flat(samples(model, 2));
    const expected = await answersOf(model, 2, x);
    for (const opset of [13, 17]) {
      const file = encodeOnnx(model, { form: "float", opset })["model.onnx"]!;
      const again = readOnnx(file, "a.onnx");
      assert.deepEqual(shownKinds(again), shownKinds(model));
      assert.deepEqual([again.head, again.inputs], [model.head, model.inputs]);
      assertClose(
        await answersOf(again, 2, x),
        expected,
        1e-5 * Math.max(...expected.map(Math.abs)),
      );
    }
  });
}

const encoder = (network: string): Model =>
  readSafetensorsModel(Object.values(encoderFiles(network)), network, runContext());

/** Networks that read text, and tokens of texts that end early. */
const texts: Readonly<Record<string, () => { model: Model; x: Float32Array }>> = {
  ...Object.fromEntries(["bert", "text-cnn", "char-lstm"].map((name) => [name, () => {
    const model = livelyModel(zooNetworks[name]!);
    const x = flat(samples(model, 3));
    const [length] = model.inputs[0]!.shape as [number];
    // The second text has ended after two tokens.
    return { model, x: x.fill(0, length + 2, 2 * length) };
  }])),
  ...Object.fromEntries(["bert", "distilbert", "minilm"].map((name) => [`${name} of others`, () => {
    const model = encoder(name);
    const padding = paddingOf(model);
    const [length] = model.inputs[0]!.shape as [number];
    const { tokens } = encoderAnswers(name);
    const x = tokens.flatMap((row) => [...row, ...Array(length - row.length).fill(padding)]);
    return { model, x: Float32Array.from(x) };
  }])),
};

for (const [name, made] of Object.entries(texts)) {
  Deno.test(`${name} written with token numbers and a mask is read again, padding and all`, async () => {
    const { model, x } = made();
    const { shape } = model.inputs[0]!;
    const count = x.length / shape[0]!;
    const expected = await answersOf(model, count, x);
    const options = { form: "float", tokens: "int64" } as const;
    for (const opset of [13, 17, 22]) {
      const file = encodeOnnx(model, { ...options, opset })["model.onnx"]!;
      const again = readOnnx(file, "a.onnx", { sample: shape });
      // A mask by another token than 0 is a layer, which stands where it is read first.
      assert.deepEqual(shownKinds(again).toSorted(), shownKinds(model).toSorted());
      assert.deepEqual(again.inputs, [{ name: "input_ids", shape }]);
      assert.deepEqual([again.head, paddingOf(again)], [model.head, paddingOf(model)]);
      assertClose(await answersOf(again, count, x), expected, 1e-5);
    }
  });
}

Deno.test("integers of a file with token numbers and a mask are read as what they stand for", async () => {
  const model = quantizedNetwork(zooNetworks.bert!);
  const { shape } = model.inputs[0]!;
  const x = flat(samples(model, 3));
  const file = encodeOnnx(model, { form: "qdq", opset: 17, tokens: "int64" })["model.onnx"]!;
  const floats = encodeOnnx(model, { form: "qdq", opset: 17 })["model.onnx"]!;
  const again = readOnnx(file, "a.onnx", { sample: shape });
  const found = await answersOf(again, 3, x);
  assert.deepEqual(found, await answersOf(readOnnx(floats, "a.onnx"), 3, x));
  // The file's biases are rounded to the units of products.
  const expected = await answersOf({ ...model, quantization: null }, 3, x);
  assertClose(found, expected, 1e-3);
});

Deno.test("open extents besides the batch are named, with the way out", () => {
  const open = (dims: readonly (string | bigint)[]) =>
    graphModel([1], (g, x) => g.node("n", "Relu", [x]), {
      change(model) {
        const { value } = model.graph!.input[0]!.type!;
        if (value.case !== "tensorType") return;
        value.value.shape!.dim = dims.map((each) => ({
          ...{ $typeName: "onnx.TensorShapeProto.Dimension", denotation: "" },
          value: typeof each === "string"
            ? { case: "dimParam", value: each }
            : { case: "dimValue", value: each },
        })) as never;
      },
    });
  assert.throws(() => open(["batch", 3n, "height", ""]), /leaves open: height, axis 3/);
  const sized = (sample: readonly number[]) =>
    readOnnx(exportedBytes("bert_open"), "a.onnx", { sample }).inputs;
  assert.deepEqual(sized([5]), [{ name: "input_ids", shape: [5] }]);
  assert.throws(() => sized([5, 2]), /its samples are open, and `input` says 5×2/);
  const image = (sample: readonly number[]) =>
    readOnnx(exportedBytes("lenet"), "a.onnx", { sample }).inputs[0]!.shape;
  assert.deepEqual(image([16, 16, 1]), [16, 16, 1]);
  assert.throws(() => image([1, 16, 16]), /its samples are 1×16×16, and `input` says 1×16×16/);
  assert.throws(() => open(["batch"]), /rows, sequences and images can be read/);
  assert.throws(() => open([]), /its shape is not said/);
  // Time first, then the batch.
  assert.deepEqual(open([4n, "batch", 3n]).inputs, [{ name: "x", shape: [4, 3] }]);
});

Deno.test("one output of several is read where it is named", () => {
  const both = graphFile([2], (g, x) => g.node("n", "Tanh", [x]), {
    change({ graph }) {
      graph!.output.push({ ...graph!.output[0]!, name: "n" });
      graph!.output[1]!.type = structuredClone(graph!.output[0]!.type!);
    },
  });
  assert.deepEqual(readOnnx(both, "a.onnx", { asked: { output: "n" } }).outputs, ["n"]);
  assert.throws(() => readOnnx(both, "a.onnx", { asked: { output: "z" } }), (error) => {
    const { message, hint } = error as Error & { hint: object };
    assert.equal(message, 'The model has no output "z"');
    assert.deepEqual(hint, { help: "it has y, n", field: "output" });
    return true;
  });
});

Deno.test("what is no answer is a sentence", () => {
  const whole = graphFile([2], (g, x) => g.node("n", "Relu", [x]), {
    change(model) {
      const { value } = model.graph!.output[0]!.type!;
      if (value.case === "tensorType") value.value.elemType = 7;
    },
  });
  assert.throws(() => readOnnx(whole, "a.onnx"), /none of its outputs is of real numbers/);
});

Deno.test("of several outputs one is read, with the inputs that it depends on", () => {
  const file = graphFile([2], (g, x) => {
    g.output("z", "Tanh", [x]);
    return g.node("n", "Relu", [x]);
  }, {
    change({ graph }) {
      const [first] = graph!.output;
      graph!.output.push({ ...first!, name: "z" });
      const [x] = graph!.input;
      graph!.input.push({ ...x!, name: "w" });
    },
  });
  const names = (output?: string) => {
    const { inputs, layers } = readOnnx(file, "a.onnx", { asked: given({ output }) });
    return [inputs.map(({ name }) => name), kindsOf({ layers } as Model)];
  };
  assert.deepEqual(names("y"), [["x"], ["activation+relu"]]);
  assert.deepEqual(names("z"), [["x"], ["activation+tanh"]]);
  assert.throws(() => names(), /The model has 2 outputs \(y, z\), and one is trained and measured/);
  assert.throws(() => names("n"), /The model has no output "n"/);
});
