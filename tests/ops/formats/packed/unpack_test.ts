/** The module that reads packed files in a page, on its own: only what browsers have, and this test's eyes. */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { exportFormat, type FormatParams } from "../../../../ops/formats/formats.ts";
import { encodePacked } from "../../../../ops/formats/packed/packed.ts";
import { artifacts, unpack } from "../../../../ops/formats/packed/unpack.js";
import { encodeTfjs } from "../../../../ops/formats/tfjs/encode.ts";
import type { Model, Weight } from "../../../../ops/model/model.ts";
import { atHalfPrecision } from "../../../../ops/model/integers/float16.ts";
import { decodedWeights, decodeWeight, mapWeights } from "../../../../ops/model/weights.ts";
import { livelyModel } from "../../lively_model.ts";
import { zooNetworks } from "../../zoo_networks.ts";
import { quantizedNetwork } from "../onnx/support/quantized_network.ts";

const how = { coding: "huffman", indices: "relative", indexBits: 5, shapes: true } as const;
const resnet = livelyModel(zooNetworks.resnet!);

/** Two of three kernels' values at 0, as pruning leaves them. */
const sparse = mapWeights(resnet, (weight, name) => {
  if (!name.endsWith("/kernel")) return weight;
  const data = (weight.data as Float32Array).map((value, i) => i % 3 === 0 ? value : 0);
  return { ...weight, data };
});

const shared = (centroids: readonly number[]) => (weight: Weight, name: string): Weight => {
  if (!name.endsWith("/kernel")) return weight;
  const data = Uint8Array.from(weight.data, (_, i) => i % 7 === 0 ? i % centroids.length : 1);
  return {
    ...{ shape: weight.shape, data },
    encoding: { use: "codebook", bits: 2, centroids: Float32Array.from(centroids) },
  };
};

const models: Readonly<Record<string, Model>> = {
  floats: resnet,
  zeros: sparse,
  "half precision": atHalfPrecision(sparse, new Set(resnet.layers.map(({ name }) => name))),
  "integers of channels": quantizedNetwork(zooNetworks.resnet!),
  "integers of layers": quantizedNetwork(zooNetworks.cnn!, { granularity: "tensor" }),
  "asymmetric integers": quantizedNetwork(zooNetworks.mlp!, { symmetry: "asymmetric" }),
  "integers of depthwise channels": quantizedNetwork(zooNetworks["mobilenet-v2"]!),
  "shared values": mapWeights(resnet, shared([-1, 0, 0.5])),
  "shared values without 0": mapWeights(resnet, shared([-1, 0.25, 0.5])),
};

for (const [name, model] of Object.entries(models)) {
  Deno.test(`${name}: every weight is that of the model, to the bit`, async () => {
    for (const options of [{}, { coding: "none" }, { indices: "bitmap" }] as const) {
      const { header, weights } = await unpack(encodePacked(model, { ...how, ...options }));
      assert.deepEqual(header.outputs, model.outputs);
      const found = Object.entries(weights as Record<string, { values: Float32Array }>);
      const own = decodedWeights(model);
      assert.deepEqual(found.map(([name]) => name).sort(), Object.keys(own).sort());
      for (const [name, { values }] of found) {
        assert.deepEqual(new Uint32Array(values.buffer), new Uint32Array(own[name]!.buffer), name);
      }
    }
  });
}

Deno.test("half precision has small and large numbers, and both zeros", async () => {
  const halves = [0, 0x8000, 1, 0x83ff, 0x400, 0x3c00, 0xbc01, 0x7bff];
  const name = Object.keys(resnet.weights).find((name) => name.endsWith("/bias"))!;
  const { shape } = resnet.weights[name]!;
  const data = Uint16Array.from({ length: shape[0]! }, (_, i) => halves[i % halves.length]!);
  const weights = { ...resnet.weights, [name]: { shape, data, encoding: { use: "f16" } as const } };
  const found = await unpack(encodePacked({ ...resnet, weights }, how));
  assert.deepEqual([...found.weights[name]!.values], [...decodeWeight(weights[name]!)]);
});

Deno.test("the weights take their places in a layers-model of tfjs", async () => {
  for (const model of [resnet, models["integers of depthwise channels"]!]) {
    const files = encodeTfjs(model, { storage: "float32", shard: 1 << 22 });
    const json = JSON.parse(new TextDecoder().decode(files["model.json"]));
    const { weights } = await unpack(encodePacked(model, how));
    const { weightData, weightSpecs, modelTopology } = artifacts(json, weights);
    const shards = Object.entries(files).filter(([name]) => name !== "model.json");
    assert.deepEqual(shards.map(([, bytes]) => bytes), [new Uint8Array(weightData)]);
    assert.deepEqual(modelTopology, json.modelTopology);
    assert.deepEqual(weightSpecs, json.weightsManifest[0].weights);
    const [first] = weightSpecs;
    delete weights[first.name.replace("depthwise_", "")];
    assert.throws(() => artifacts(json, weights), /has no weight .* of float32 \[3,3,/);
  }
});

Deno.test("layers whose weights tfjs holds otherwise are refused", async () => {
  const lstm = livelyModel(zooNetworks["char-lstm"]!);
  const files = encodeTfjs(lstm, { storage: "float32", shard: 1 << 22 });
  const json = JSON.parse(new TextDecoder().decode(files["model.json"]));
  const { weights } = await unpack(encodePacked(lstm, how));
  assert.throws(() => artifacts(json, weights), /has no weight/);
});

Deno.test("what is no packed file, a damaged one, and one without shapes are told", async () => {
  const sound = encodePacked(resnet, how);
  await assert.rejects(unpack(new Uint8Array(40)), /no packed model of version 1/);
  await assert.rejects(unpack(sound.slice(0, 20)), /no packed model of version 1/);
  await assert.rejects(unpack(sound.with(4, 2)), /no packed model of version 1/);
  await assert.rejects(unpack(sound.with(300, sound[300]! ^ 1)), /damaged/);
  const { shapes: _, ...bare } = how;
  await assert.rejects(unpack(encodePacked(resnet, bare)), /exported with browser: true/);
});

Deno.test("a page downloads a few kilobytes, and what is written is this module", async () => {
  const params = { use: "packed", ...how, ["index_bits"]: 5, browser: true, tolerance: 0 };
  const files = await exportFormat({ use: "packed" }).write(resnet, params as FormatParams);
  assert.deepEqual(Object.keys(files), ["model.packed", "unpack.js"]);
  assert.deepEqual(files["model.packed"], encodePacked(resnet, how));
  const source = files["unpack.js"]!;
  assert.deepEqual(
    source,
    await Deno.readFile(new URL(import.meta.resolve("../../../../ops/formats/packed/unpack.js"))),
  );
  const code = new TextDecoder().decode(source).replace(/\/\*\*[^]*?\*\/|^ +|\/\/.*$/gm, "");
  assert.ok(code.length <= 6000, `${code.length} bytes without comments`);
  assert.ok(gzipSync(source).length <= 2800, `${gzipSync(source).length} bytes gzipped`);
});
