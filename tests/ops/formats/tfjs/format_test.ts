import assert from "node:assert/strict";
import { loadTfLayers, TFJS_LAYERS } from "../../../../engine/deps/tfjs_layers.ts";
import { tfjs } from "../../../../ops/formats/tfjs/format.ts";
import type { Model } from "../../../../ops/model/model.ts";
import { floatWeight } from "../../../../ops/model/weights.ts";
import { initialModel } from "../../../../ops/model/initialize.ts";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { bert } from "../../../../ops/model/zoo/bert.ts";
import { mlp } from "../../../../ops/model/zoo/mlp.ts";

const model = initialModel(mlp.build([100], 10, { hidden: [], dropout: 0 }), 0);

Deno.test("the runtime that a check names is the version that is loaded", async () => {
  assert.equal((await loadTfLayers()).version_layers, TFJS_LAYERS);
  assert.equal(tfjs.verify.runtime, `tfjs-layers ${TFJS_LAYERS} on its CPU backend`);
});

Deno.test("shards are as large as a size with a unit says", async () => {
  const sizes = async (shard: string) => {
    const { "model.json": _topology, ...shards } = await tfjs.write(model, {
      storage: "float32",
      shard,
    });
    return Object.values(shards).map(({ length }) => length);
  };
  // 100 · 10 weights and 10 biases of 4 bytes.
  assert.deepEqual(await sizes("1.5 kB"), [1500, 1500, 1040]);
  assert.deepEqual(await sizes("3KiB"), [3072, 968]);
  assert.deepEqual(await sizes("4 MiB"), [4040]);
  assert.equal((await sizes("0.5 B")).length, 4040);
  // 1000.5 bytes: no file is larger.
  assert.deepEqual(await sizes("1.0005 kB"), [1000, 1000, 1000, 1000, 40]);
});

Deno.test("a model.json names its shards; what is none names nothing", () => {
  const beside = (text: string) => tfjs.read!.beside(new TextEncoder().encode(text), "model.json");
  assert.deepEqual(
    beside('{"weightsManifest":[{"paths":["a","b"]},null,{"paths":[1,"c"]},{}]}'),
    ["a", "b", "c"],
  );
  assert.deepEqual(beside('{"format":"graph-model","weightsManifest":[{"paths":["a"]}]}'), ["a"]);
  for (const text of ["", "[]", "null"]) assert.deepEqual(beside(text), [], text);
});

const written = { storage: "float32", shard: "4 MiB" } as const;

Deno.test("what is written is read again, but for what is written in pieces", async () => {
  const files = await tfjs.write(model, written);
  const again = await tfjs.verify.reread!(files, model);
  assert.deepEqual(again!.weights, model.weights);
  const attending = initialModel(
    bert.build([5], 3, { depth: 1, hidden: 4, heads: 2, vocabulary: 4, dropout: 0 }),
    0,
  );
  const pieces = await tfjs.write(attending, written);
  assert.equal(await tfjs.verify.reread!(pieces, attending), undefined);
  const mixture = initialModel({
    family: "mixed",
    inputs: [{ name: "input", shape: [2] }],
    layers: [
      { name: "one", kind: "activation", inputs: ["input"], activation: "relu" },
      { name: "mean", kind: "mixture", inputs: ["input", "one"], shares: [0.5, 0.5] },
    ],
    outputs: ["mean"],
    head: "none",
  }, 0);
  const mixed = await tfjs.write(mixture, written);
  assert.equal(await tfjs.verify.reread!(mixed, mixture), undefined);
});

Deno.test("a check runs the files in stock tfjs, before the head where there is one", async () => {
  const one: Model = {
    ...initialModel({
      family: "one",
      inputs: [{ name: "input", shape: [2] }],
      layers: [
        {
          ...{ name: "d", kind: "dense", inputs: ["input"], units: 2, bias: false },
          activation: "linear",
        } as const,
      ],
      outputs: ["d"],
      head: "softmax",
    }, 0),
    weights: { "d/kernel": floatWeight([2, 2], Float32Array.of(1, 2, 3, 4)) },
  };
  for (const head of ["softmax", "none"] as const) {
    const headed = { ...one, head };
    const files = await tfjs.write(headed, written);
    const { logits } = await withTensors((room) =>
      tfjs.verify.run({
        ...{ room, files, model: headed, options: written },
        samples: { x: Float32Array.of(1, 0, 1, 1), conditions: [] },
        signal: new AbortController().signal,
      } as never)
    );
    // (1, 0) and (1, 1) times ((1, 2), (3, 4)).
    assert.deepEqual([...logits], [1, 2, 4, 6]);
  }
});

Deno.test("recipes and sentences call a model of tfjs by its folder or its model.json", () => {
  assert.deepEqual([tfjs.read!.field, tfjs.read!.what], [
    "the folder of a tfjs layers-model or graph-model, or the model.json in it; by URL always the model.json",
    "a tfjs layers-model or graph-model (model.json, or its folder)",
  ]);
});
