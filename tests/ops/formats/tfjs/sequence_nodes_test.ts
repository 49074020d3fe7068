/** Layers over sequences in the runtimes they are exported for. */
import assert from "node:assert/strict";
import { attentionNodes, mixtureNodes } from "../../../../ops/formats/tfjs/sequence_nodes.ts";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { encodeTfjs } from "../../../../ops/formats/tfjs/encode.ts";
import { stockLogits } from "../../../../ops/formats/tfjs/run_stock.ts";
import { inferLogits } from "../../../../ops/model/infer.ts";
import type { Architecture, Layer, Model } from "../../../../ops/model/model.ts";
import { readLayersModel } from "../../../../ops/formats/tfjs/read_layers_model.ts";
import { bert } from "../../../../ops/model/zoo/bert.ts";
import { livelyModel } from "../../lively_model.ts";
import { assertClose } from "../../../close.ts";
import { plainLogits } from "../../plain_forward.ts";
import { assertNear, bothLogits, flat, samples } from "../onnx/both_logits.ts";
import { quantizedNetwork } from "../onnx/quantized_network.ts";

refuseLeaks(true);

const COUNT = 4;

async function engineAndStock(model: Model, x: Float32Array, storage: "float32" | "native") {
  const files = encodeTfjs(model, { storage, shard: 1 << 22 });
  const { shape } = model.inputs[0]!;
  const headed = model.head !== "none";
  return await withTensors(async (room) => ({
    ours: await inferLogits(room, model, { count: COUNT, x, y: null }),
    stock: await stockLogits(room, files, { x, shape, headed }),
  }));
}

for (const heads of [1, 2, 4]) {
  Deno.test(`an encoder of ${heads} heads computes in stock tfjs what plain loops compute, padding and all`, async () => {
    const model = livelyModel(
      bert.build([5], 3, { depth: 2, hidden: 8, heads, vocabulary: 4, dropout: 0.1 }),
    );
    const rows = samples(model, COUNT);
    const x = flat(rows);
    assert.ok(x.includes(0), "some tokens are padding");
    const { ours, stock } = await engineAndStock(model, x, "float32");
    const expected = Float32Array.from(rows.flatMap((row) => plainLogits(model, [row])));
    assertClose(ours, expected, 1e-5);
    assertClose(stock, expected, 1e-5);
  });
}

Deno.test("nothing but padding: attention is even, in every runtime", async () => {
  const model = livelyModel(
    bert.build([5], 3, { depth: 1, hidden: 4, heads: 2, vocabulary: 4, dropout: 0 }),
  );
  const x = new Float32Array(COUNT * 5);
  const { ours, stock } = await engineAndStock(model, x, "float32");
  assertClose(stock, ours, 1e-5);
  assertNear((await bothLogits(model, x)).all, ours, 1e-5);
  assert.ok(ours.every(Number.isFinite));
});

Deno.test("integers of weights, tables too, decode in stock tfjs to what the engine decodes", async () => {
  const quantized = quantizedNetwork(
    bert.build([5], 3, { depth: 1, hidden: 8, heads: 2, vocabulary: 7, dropout: 0 }),
  );
  const decoded = { ...quantized, quantization: null };
  const { ours, stock } = await engineAndStock(decoded, flat(samples(decoded, COUNT)), "native");
  assertClose(stock, ours, 1e-5);
});

Deno.test("queries of one length over keys of another, values of another width", async () => {
  const dense = (name: string, from: string, units: number): Layer => ({
    name,
    kind: "dense",
    inputs: [from],
    units,
    bias: true,
    activation: "linear",
  });
  const crossed: Architecture = {
    family: "crossed",
    inputs: [{ name: "input", shape: [12] }],
    layers: [
      { name: "long", kind: "reshape", inputs: ["input"], shape: [6, 2] },
      { name: "short", kind: "reshape", inputs: ["input"], shape: [3, 4] },
      dense("q", "short", 6),
      dense("k", "long", 6),
      dense("v", "long", 9),
      { name: "mixed", kind: "attention", inputs: ["q", "k", "v"], heads: 3 },
      { name: "norm", kind: "layer-norm", inputs: ["mixed"], epsilon: 1e-5 },
      { name: "first", kind: "first", inputs: ["norm"] },
    ],
    outputs: ["first"],
    head: "none",
  };
  const model = livelyModel(crossed);
  const rows = samples(model, COUNT);
  const x = flat(rows);
  const { ours, stock } = await engineAndStock(model, x, "float32");
  const expected = rows.flatMap((row) => plainLogits(model, [row]));
  assertClose(ours, Float32Array.from(expected), 1e-5);
  assertClose(stock, Float32Array.from(expected), 1e-5);
  for (const opset of [13, 17]) {
    assertNear((await bothLogits(model, x, { opset })).all, expected, 1e-5);
  }
});

Deno.test("a layer normalisation is read back from a layers-model", () => {
  const model = livelyModel({
    family: "loaded",
    inputs: [{ name: "input", shape: [4, 3] }],
    layers: [{ name: "norm", kind: "layer-norm", inputs: ["input"], epsilon: 0.001 }],
    outputs: ["norm"],
    head: "none",
  });
  const files = encodeTfjs(model, { storage: "float32", shard: 1 << 22 });
  const json = JSON.parse(new TextDecoder().decode(files["model.json"]));
  const again = readLayersModel(json, (path) => files[path]!);
  assert.deepEqual(again.layers, model.layers);
  assert.deepEqual(again.weights, model.weights);
});

Deno.test("a head is cut out of its role's columns, and one head needs no joining", () => {
  const layer = { name: "a", kind: "attention", inputs: [], heads: 2 } as const;
  const source = { inputs: [[3, 4], [3, 4], [3, 4]] } as never;
  const two = attentionNodes(layer, source);
  const cut = two.find(({ suffix }) => suffix === ".keys.head2.cut")!;
  assert.deepEqual([cut.config, cut.reads], [{ cropping: [[0, 0], [1, 0]] }, [".keys"]]);
  assert.deepEqual(two.at(-1)!.reads, [".mixed.head1", ".mixed.head2"]);
  assert.equal(attentionNodes({ ...layer, heads: 1 }, source).at(-1)!.className, "Activation");
});

Deno.test("a mixture's last sum is the layer itself", () => {
  const nodes = mixtureNodes({ name: "a", kind: "mixture", inputs: [], shares: [0.5, 0.25, 0.25] });
  const offsets = nodes.flatMap(({ suffix, config }) =>
    suffix.startsWith(".share") ? [config.offset] : []
  );
  assert.deepEqual(offsets.map((each) => (each as number).toFixed(4)), [
    "-0.6931",
    "-1.3863",
    "-1.3863",
  ]);
  assert.deepEqual([nodes.at(-1)!.suffix, nodes.at(-1)!.reads], ["", [".sum2", ".over3"]]);
});
