import assert from "node:assert/strict";
import { given } from "../../../../engine/given.ts";
import type { AskedModel } from "../../../../ops/formats/asked.ts";
import { load } from "../../../../ops/formats/load.ts";
import { encodeSafetensors } from "../../../../ops/formats/safetensors/model_file.ts";
import {
  readSafetensors,
  writeSafetensors,
} from "../../../../ops/formats/safetensors/safetensors_file.ts";
import { readSafetensorsModel } from "../../../../ops/formats/safetensors/told_model.ts";
import { initialModel } from "../../../../ops/model/initialize.ts";
import { countParameters, decodeWeight } from "../../../../ops/model/weights.ts";
import { resnet } from "../../../../ops/model/zoo/resnet.ts";
import { encoderFiles } from "../../../fixtures/transformers/transformers.ts";
import { torchvisionFile } from "../../../fixtures/torchvision/torchvision.ts";
import { runContext } from "../../run_context.ts";
import { quantizedNetwork } from "../onnx/support/quantized_network.ts";

const FILE = "net.safetensors";
const loaded = async (bytes: Uint8Array, asked: AskedModel = {}) => {
  const context = runContext({ files: { [FILE]: bytes } });
  const { input, output } = asked;
  const more = given({ input: input && [...input], output });
  const model = await load.run({}, { from: FILE, preserve: [], ...more }, context);
  return { model, warnings: context.reported.warnings };
};
const network = resnet.build([8, 8, 3], 3, { depth: 8, width: 0.25 });

Deno.test("a file of torchvision's is the network that its names tell, in floats", async () => {
  const bytes = torchvisionFile("resnet18");
  const { model, warnings } = await loaded(bytes);
  assert.equal(model.family, "resnet-imagenet");
  assert.equal(model.learned, true);
  assert.deepEqual(warnings, []);
  const { files: _files, ...read } = model;
  assert.deepEqual(readSafetensorsModel([bytes], FILE, runContext()), read);
  assert.equal(model.files!.format, "safetensors");
  assert.equal(model.files!.encoded, bytes.length);
  // Two bytes for each, and eight for the counter of each of twenty normalisations.
  const header = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  assert.equal(countParameters(model), (bytes.length - 8 - header - 20 * 8) / 2);
});

Deno.test("a file of ours is the model that was written", async () => {
  const written = { ...initialModel(network, 3), learned: true };
  const { model: { files: _files, ...model }, warnings } = await loaded(encodeSafetensors(written));
  assert.deepEqual(model, written);
  assert.deepEqual(warnings, []);
});

Deno.test("integers in a file of ours are decoded, which is said", async () => {
  const written = quantizedNetwork(network);
  const { model, warnings } = await loaded(encodeSafetensors(written));
  assert.equal(model.quantization, null);
  assert.deepEqual(model.established, {});
  for (const [name, weight] of Object.entries(written.weights)) {
    assert.deepEqual(model.weights[name]!.encoding, { use: "f32" });
    assert.deepEqual(model.weights[name]!.data, decodeWeight(weight));
  }
  assert.equal(warnings.length, 1);
  assert.match(warnings[0]!, /^`net.safetensors` holds numbers smaller than floats, .*quantize/);
});

Deno.test("integers in a file of ours stay where they are to be preserved", async () => {
  const established = { format: "int8" };
  const written = { ...quantizedNetwork(network), established, learned: true };
  const context = runContext({ files: { [FILE]: encodeSafetensors(written) } });
  const { files: _files, ...model } = await load.run(
    {},
    { from: FILE, preserve: ["integers"] },
    context,
  );
  assert.deepEqual(model, written);
  assert.deepEqual(context.reported.warnings, []);
});

Deno.test("weights whose names tell no network, and damaged files, are refused with a way out", async () => {
  const tensors = new Map([["a.weight", {
    dtype: "F32" as const,
    shape: [1],
    bytes: new Uint8Array(4),
  }]]);
  await assert.rejects(loaded(writeSafetensors({ tensors, metadata: {} })), {
    code: "source",
    path: "from",
    message:
      "`net.safetensors` is a safetensors file, which holds weights, and its names tell no network",
    help: "name the network that they are of: { use: …, weights: ./net.safetensors }",
  });
  const damaged = torchvisionFile("resnet18").slice(0, -1);
  await assert.rejects(loaded(damaged), {
    message: /^`net.safetensors` cannot be read: its tensor .* is not where it should be$/,
  });
});

Deno.test("a file of torchvision's without its last bias is refused by our layer's name", async () => {
  const { tensors, metadata } = readSafetensors(torchvisionFile("resnet18"));
  const others = new Map(tensors);
  others.delete("fc.bias");
  await assert.rejects(loaded(writeSafetensors({ tensors: others, metadata })), {
    message: "`net.safetensors` cannot be read: it has nothing for head.dense/bias",
  });
});

Deno.test("a file of torchvision's with a number that is none is refused", async () => {
  const { tensors, metadata } = readSafetensors(torchvisionFile("resnet18"));
  const bias = tensors.get("fc.bias")!;
  const others = new Map(tensors);
  others.set("fc.bias", { ...bias, bytes: new Uint8Array(bias.bytes.length).fill(0xff) });
  await assert.rejects(loaded(writeSafetensors({ tensors: others, metadata })), {
    message: '`net.safetensors` cannot be read: its "fc.bias" holds a number that is not finite',
  });
});

Deno.test("of torchvision's network other photographs may be asked for, of ours nothing", async () => {
  const { model } = await loaded(torchvisionFile("resnet18"), { input: [64, 48, 3] });
  assert.deepEqual(model.inputs[0]!.shape, [64, 48, 3]);
  await assert.rejects(loaded(torchvisionFile("resnet18"), { output: "logits" }), {
    path: "output",
    message: "the network of the file has one output: it is one of torchvision",
    help: "leave `output` out",
  });
  await assert.rejects(loaded(encodeSafetensors(initialModel(network, 3)), { input: [8, 8, 3] }), {
    path: "input",
    message: "the network of the file has one input: it was written here",
  });
});

Deno.test("what the file and, of an encoder, its config say is noted together", async () => {
  const context = runContext({ files: encoderFiles("minilm") });
  await load.run({}, { from: "minilm/model.safetensors", preserve: [] }, context);
  assert.deepEqual(context.reported.notes.provenance, {
    ...{ format: "pt", architectures: "BertModel", "model_type": "bert" },
    "transformers_version": "4.48.3",
  });
});
