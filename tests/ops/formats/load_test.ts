import assert from "node:assert/strict";
import { type ModelFacts, ParameterError, type RunContext } from "../../../engine/op.ts";
import type { Files } from "../../../engine/kind.ts";
import { zipSync } from "../../deps.ts";
import { writeSafetensors } from "../../../ops/formats/safetensors/safetensors_file.ts";
import { canonicalBytes, digestOf } from "../../../engine/digest.ts";
import { encodedBytes } from "../../../ops/formats/encode_files.ts";
import { modelKind } from "../../../ops/model/kind.ts";
import type { Model } from "../../../ops/model/model.ts";
import { floatWeight } from "../../../ops/model/weights.ts";
import { load } from "../../../ops/formats/load.ts";
import { recordingContext } from "../run_context.ts";
import { functional, keras, layersModel, sequential } from "../model/support/keras_json.ts";
import { gzipped } from "../data/idx_bytes.ts";
import { runContext } from "../run_context.ts";
import { graphFiles } from "./tfjs/graph/one_graph.ts";

const dense = keras("Dense", "d", { units: 2, "batch_input_shape": [null, 2] });
const files = (kernel: readonly number[]): Files =>
  layersModel(sequential("s", [dense]), [
    { name: "d/kernel", shape: [2, 2], values: kernel },
    { name: "d/bias", shape: [2], values: [0, 0] },
  ]);

/** A context that has these files in `folder`, and what was said to it. */
function contextOf(folder: string, found: Files) {
  const recording = recordingContext();
  const context: RunContext = {
    ...recording.context,
    list(source) {
      if (source.endsWith(".json")) return Promise.resolve([""]);
      assert.equal(source.replace(/\/$/, ""), folder);
      return Promise.resolve(Object.keys(found));
    },
    read(source, beside) {
      const bytes = found[beside ?? source.slice(folder.length + 1)];
      assert.ok(source.startsWith(`${folder}/`) && bytes !== undefined, `reads ${source}`);
      return Promise.resolve(bytes);
    },
  };
  return { ...recording, context };
}

Deno.test("a model is read from its folder or from the model.json in it", async () => {
  const found = files([1, 2, 3, 4]);
  const { context } = contextOf("./net", found);
  const sources = ["./net", "./net/", "./net/model.json"];
  const models = await Promise.all(
    sources.map((from) => load.run({}, { from, preserve: [] }, context)),
  );
  for (const model of models) assert.deepEqual([...model.weights["d/kernel"]!.data], [1, 2, 3, 4]);
  assert.deepEqual(load.source({ from: "./net/", preserve: [] }), ["./net/"]);
  const named = { from: "./net/model.json", preserve: [] };
  assert.deepEqual(load.source(named), ["./net/model.json"]);
  assert.deepEqual(load.beside!("./net/model.json", found["model.json"]!), ["w.bin"]);
  for (const other of ["", "{", "[]", "null", '{"weightsManifest":[null,{"paths":[1]},{}]}']) {
    assert.deepEqual(load.beside!("x", new TextEncoder().encode(other)), [], other);
  }
});

Deno.test("zeros are kept where that is asked for, and warned of where they are many", async () => {
  const sparse = contextOf("n", files([0, 2, 0, 4]));
  const held = await load.run({}, { from: "n", preserve: ["zeros"] }, sparse.context);
  assert.deepEqual([...held.weights["d/kernel"]!.mask!], [0, 1, 0, 1]);
  assert.equal(held.weights["d/bias"]!.mask, undefined);
  assert.deepEqual(held.established, { zeros: true });
  assert.deepEqual([sparse.warnings, sparse.notes], [[], { zeros: 0.5 }]);
  const plain = await load.run({}, { from: "n", preserve: [] }, sparse.context);
  assert.equal(plain.weights["d/kernel"]!.mask, undefined);
  const sentence = (percent: string) =>
    `${percent} % of the weights in the file are zero and later steps may fill them; ` +
    "preserve: zeros keeps them";
  assert.deepEqual(sparse.warnings, [sentence("50.0")]);
  const few = contextOf("n", files([0, 2, 3, 4]));
  await load.run({}, { from: "n", preserve: [] }, few.context);
  assert.deepEqual(few.warnings, []);
});

Deno.test("a loaded model weighs what its files weigh, wherever they lie, and what is made of it does not", async () => {
  const quantized = layersModel(sequential("s", [dense]), [
    {
      name: "d/kernel",
      shape: [2, 2],
      values: Uint8Array.of(1, 2, 3, 4),
      quantization: { dtype: "uint8", scale: 0.5, min: -1 },
    },
    { name: "d/bias", shape: [2], values: [0, 0] },
  ]);
  const json = quantized["model.json"]!.length;
  const digest = (model: Model) => digestOf(canonicalBytes(modelKind.encode(model).manifest));
  const loaded = async (name: string, found: Files, preserve: "zeros"[] = []) =>
    await load.run({}, { from: name, preserve }, contextOf(name, found).context);
  const format = {
    use: "onnx",
    form: "qdq",
    opset: 17,
    tolerance: 0.001,
  } as const;
  const model = await loaded("a", quantized);
  assert.equal(digest(model), digest(await loaded("b", quantized)));
  // Four weights of a byte, two biases of four, the topology; in no format of a recipe's export.
  const { raw, encoded, gzip, ...rest } = await encodedBytes(model, format);
  assert.deepEqual([raw, encoded, rest], [4 * 6, json + 4 + 8, { format: "tfjs", own: true }]);
  assert.ok(gzip > 0 && gzip !== encoded);
  const { manifest, blobs } = modelKind.encode(model);
  const again = await modelKind.decode(
    JSON.parse(JSON.stringify(manifest)),
    (name) => Promise.resolve(blobs.get(name)!),
  );
  assert.deepEqual(await encodedBytes(again, format), { raw, encoded, gzip, ...rest });
  const held = await loaded("a", quantized, ["zeros"]);
  assert.equal((await encodedBytes(held, format)).encoded, encoded);

  const weights = { ...model.weights };
  weights["d/bias"] = floatWeight([2], Float32Array.of(1, 2));
  const { files: _files, ...changed } = { ...model, weights };
  assert.equal(digest({ ...model, weights }), digest(changed));
  const bytes = await encodedBytes({ ...model, weights }, format);
  assert.deepEqual([bytes.format, bytes.own], ["onnx", undefined]);
});

Deno.test("what cannot be loaded is a mistake at its parameter", async () => {
  const refused = async (found: Files, preserve: "zeros"[], path: string, reason: RegExp) => {
    const run = async () =>
      await load.run({}, { from: "n", preserve }, contextOf("n", found).context);
    await assert.rejects(run, (error) => {
      assert.ok(error instanceof ParameterError);
      assert.equal(error.path, path);
      assert.match(error.message, reason);
      return true;
    });
  };
  const text = (value: string) => ({ "model.json": new TextEncoder().encode(value) });
  await refused(files([1, 2, 3, 4]), ["zeros"], "preserve", /^the file has no zeros to preserve$/);
  await refused(text("{"), [], "from", /`model.json` is not JSON/);
  await refused(text("{}"), [], "from", /weightsManifest is missing/);
  await refused({}, [], "from", /`n` has no file `model.json`$/);
  const { "w.bin": _shard, ...rest } = files([1, 2, 3, 4]);
  await refused(rest, [], "from", /`n` has no file `w.bin`, which `model.json` names/);
});

Deno.test("a loaded model has learned; its manifest tells its facts", async () => {
  const open = load.facts({}, { from: "n", preserve: [] });
  assert.deepEqual(open, { kind: "model", learned: true, family: "loaded", established: [] });
  const { context } = contextOf("n", files([1, 2, 3, 4]));
  const { manifest } = modelKind.encode(await load.run({}, { from: "n", preserve: [] }, context));
  const facts = modelKind.facts!(JSON.parse(JSON.stringify(manifest)));
  assert.ok(facts.kind === "model" && facts.learned);
  assert.deepEqual([facts.parameters, facts.macs], [6, 4]);
});

/** What is said where nothing can be loaded. */
async function refusal(from: string, files: Files): Promise<ParameterError> {
  try {
    await load.run({}, { from, preserve: [] }, runContext({ files }));
  } catch (error) {
    assert.ok(error instanceof ParameterError, `${from}: ${error}`);
    assert.equal(error.path, "from");
    for (const text of [error.message, error.help ?? ""]) {
      assert.doesNotMatch(text, /[\p{C}\ufffd]/u, from);
      assert.ok(text.length < 300, text);
    }
    return error;
  }
  throw new Error(`${from} was read`);
}

const text = (value: string) => new TextEncoder().encode(value);
const latin = (value: string) => Uint8Array.from(value, (each) => each.charCodeAt(0));
const padded = (value: string) => latin(value.padEnd(1000, "\0"));

Deno.test("a file of another format is called by its name, by its first bytes, with what can be read", async () => {
  const zip = (...names: string[]) =>
    zipSync(Object.fromEntries(names.map((name) => [name, latin("\0")])));
  const tensor = { dtype: "U8", shape: [2], bytes: Uint8Array.of(1, 2) } as const;
  const safetensors = writeSafetensors({ tensors: new Map([["w", tensor]]), metadata: {} });
  const cases: readonly (readonly [string, Uint8Array, RegExp, RegExp])[] = [
    ["net.keras", zip("metadata.json"), /`net.keras` has no `config.json`/, /model.save/],
    ["net.pt", zip("net/data.pkl", "net/data/0", "net/version"), /PyTorch file/, /safetensors/],
    ["old.pth", padded("\x80\x02\x8a\x0al\xfc\x9cF\xf9"), /Python pickle/, /safetensors/],
    ["net.npz", zip("x.npy"), /NumPy archive/, /layers-model/],
    ["net.zip", zip("model.json"), /zip archive/, /unpack it/],
    ["net.tflite", padded("\x1c\0\0\0TFL3"), /`net.tflite`: it has 0 graphs/, /^$/],
    ["net.safetensors", safetensors, /names tell no network/, /weights: /],
    ["net.packed", padded("DCPK\x01"), /`net.packed` cannot be read: .*packed model/, /^$/],
    ["net.onnx", padded("\x08\x08\x12\x07pytorch"), /begins as an ONNX file/, /get the file again/],
    ["saved_model.pb", padded("\x08\x01\x12\x80"), /SavedModel/, /model.save/],
    ["net.gguf", padded("GGUF\x03"), /GGUF/, /layers-model/],
    ["net.parquet", padded("PAR1\x15\x04"), /Parquet file, which holds rows/, /layers-model/],
    ["short.parquet", latin("PAR1"), /Parquet file, which holds rows/, /data sets/],
    ["one.bin", latin("\x89"), /`one.bin` is binary, no JSON$/, /layers-model/],
    ["two.bin", latin("\x13\x37"), /`two.bin` is binary, no JSON$/, /layers-model/],
    ["three.bin", latin("P\xff\xfe"), /`three.bin` is binary, no JSON$/, /layers-model/],
    ["net.json.gz", await gzipped(text("{}")), /gzipped/, /gunzip/],
    [
      "a.json",
      text("<!DOCTYPE html>\n<html><body>404</body>"),
      /HTML page/,
      /name the file itself/,
    ],
    ["b.json", text("\ufeff\n<!-- x -->\n<html>"), /HTML page/, /itself/],
    ["c.json", text('<?xml version="1.0"?><Error/>'), /XML document/, /itself/],
    ["d.json", text("version https://git-lfs.github.com/spec/v1\noid"), /Git LFS/, /git lfs pull/],
    ["e.json", new Uint8Array(), /`e.json` is empty/, /layers-model/],
    ["f.bin", padded("\x13\x37"), /no format that is known/, /layers-model/],
    ["g.json", text("{ name: 1 }"), /`g.json` is not JSON/, /layers-model/],
    ["i.h5", text("hello\n"), /^`i.h5` is text, and no model$/, /layers-model/],
    ["j.txt", text("layers: [1]"), /^`j.txt` is text, and no model$/, /layers-model/],
    ["h.json", text("layers:\n  \x07\x1b[31m"), /`h.json` is not JSON/, /layers-model/],
  ];
  for (const [file, bytes, message, help] of cases) {
    const error = await refusal(file, { [file]: bytes });
    assert.match(error.message, message, file);
    assert.match(error.help ?? "", help, file);
  }
});

Deno.test("of a folder without a model.json it is said what it has, and where one lies", async () => {
  const refused = async (...paths: string[]) => {
    const files = Object.fromEntries(paths.map((path) => [`net/${path}`, text("{}")]));
    const { message, help } = await refusal("net/", files);
    return `${message}; ${help}`;
  };
  assert.match(
    await refused("a.h5", "b.txt"),
    /`net\/` has no file `model.json`; it has a.h5, b.txt/,
  );
  assert.match(await refused("a/tfjs/model.json"), /name the folder that has one: net\/a\/tfjs\/$/);
  assert.match(await refused("saved_model.pb", "variables/x"), /SavedModel; save the Keras model/);
});

Deno.test("a graph-model is read, and told by its nodes or its word", async () => {
  const { json, shard } = graphFiles([2], (g) => g.node("y", "Relu", [g.x]));
  for (const model of [json, { ...json, format: undefined }]) {
    const bytes = text(JSON.stringify(model));
    assert.deepEqual(load.beside!("model.json", bytes), ["w.bin"]);
    const context = runContext({ files: { "model.json": bytes, "w.bin": shard } });
    const read = await load.run({}, { from: "model.json", preserve: [] }, context);
    assert.deepEqual(read.layers.map(({ kind }) => kind), ["activation"]);
  }
  const nameless = text(JSON.stringify({ modelTopology: {}, weightsManifest: [] }));
  const { message } = await refusal("model.json", { "model.json": nameless });
  assert.match(message, /names no class/);
});

Deno.test("names and values out of a file are quoted at most in part, and escaped", async () => {
  const name = `\x1b[31m${"d".repeat(500)}`;
  const odd = keras("Dense", name, { units: "\0".repeat(500), "batch_input_shape": [null, 2] });
  const files = layersModel(sequential("s", [odd]), []);
  const error = await refusal("model.json", files);
  assert.match(error.message, /layer "\\u001b\[31md+…" \(Dense\)/);
});

Deno.test("integers are preserved where the file has some, and are facts before it is read", async () => {
  const preserve: "integers"[] = ["integers"];
  const established = (preserve: "integers"[]) =>
    (load.facts!({}, { from: "n", preserve }) as ModelFacts).established;
  assert.deepEqual([established(preserve), established([])], [["format"], []]);
  const { context } = contextOf("n", files([1, 2, 3, 4]));
  await assert.rejects(
    async () => await load.run({}, { from: "n", preserve }, context),
    (error) => {
      assert.ok(error instanceof ParameterError);
      assert.match(error.message, /the file has no integers to preserve/);
      return true;
    },
  );
});

Deno.test("an input that reads the class of each sample is named where nobody asked for that", async () => {
  const input = (name: string, shape: number[]) =>
    keras("InputLayer", name, { "batch_input_shape": [null, ...shape] }, []);
  const warned = async (name: string, inputs?: Readonly<Record<string, "class">>) => {
    const join = keras("Concatenate", "join", {}, ["x", name]);
    const network = functional([input("x", [2]), input(name, [3]), join], ["x", name], ["join"]);
    const { context, warnings } = contextOf("n", layersModel(network, []));
    const asked = inputs === undefined ? {} : { inputs };
    const model = await load.run({}, { from: "n", preserve: [], ...asked }, context);
    assert.equal(model.inputs.length, 2);
    return warnings;
  };
  assert.deepEqual(await warned("kind"), [
    "The model reads `kind` besides the sample, and is given the class of each sample there; " +
    "`inputs: { kind: … }` gives it something else",
  ]);
  assert.deepEqual(await warned("kind", { kind: "class" }), []);
  assert.deepEqual(await warned("label"), []);
});
