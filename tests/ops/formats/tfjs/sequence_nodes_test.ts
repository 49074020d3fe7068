/** Layers over sequences in the runtimes they are exported for. */
import assert from "node:assert/strict";
import {
  attentionNodes,
  constantNodes,
  firstNodes,
  mixtureNodes,
  positionNodes,
  tokenMeanNodes,
} from "../../../../ops/formats/tfjs/sequence_nodes.ts";
import { counted, kerasLines, kerasSource } from "./keras_lines.ts";
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
import { assertNear, bothLogits, flat, samples } from "../onnx/support/both_logits.ts";
import { quantizedNetwork } from "../onnx/support/quantized_network.ts";

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

Deno.test("a table is the shift of a normalisation that does nothing else, the first position a cut", () => {
  const position = { name: "a", kind: "position", inputs: [] } as const;
  const table = kerasSource({ shape: [3, 2], weights: { kernel: counted(3, 2) } });
  assert.deepEqual(kerasLines(positionNodes(position, table)), [
    ".flat Flatten {}",
    '.table BatchNormalization {"axis":-1,"epsilon":0}',
    "  gamma [6] uint8 · 1 + 1: 0 0 0 0 0 0",
    "  beta [6] 0 1 2 3 4 5",
    "  moving_mean [6] uint8 · 1 + 0: 0 0 0 0 0 0",
    "  moving_variance [6] uint8 · 1 + 1: 0 0 0 0 0 0",
    'Reshape {"target_shape":[3,2]}',
  ]);
  const first = { name: "a", kind: "first", inputs: [] } as const;
  const sequence = kerasSource({ inputs: [[3, 2]], shape: [2] });
  assert.deepEqual(kerasLines(firstNodes(first, sequence)), [
    '.rows Reshape {"target_shape":[3,1,2]}',
    '.cut Cropping2D {"cropping":[[0,2],[0,0]]}',
    "Flatten {}",
  ]);
});

Deno.test("a mixture is summed one by one: a + softplus(b − a)", () => {
  const layer = { name: "a", kind: "mixture", inputs: [], shares: [0.5, 0.25, 0.25] } as const;
  // ln ½ and ln ¼ as float32.
  assert.deepEqual(kerasLines(mixtureNodes(layer)), [
    '.log1 Activation {"activation":"logSoftmax"} < 0',
    '.share1 Rescaling {"scale":1,"offset":-0.6931471824645996}',
    '.log2 Activation {"activation":"logSoftmax"} < 1',
    '.share2 Rescaling {"scale":1,"offset":-1.3862943649291992}',
    '.log3 Activation {"activation":"logSoftmax"} < 2',
    '.share3 Rescaling {"scale":1,"offset":-1.3862943649291992}',
    '.minus2 Rescaling {"scale":-1,"offset":0} < .share1',
    ".gap2 Add {} < .share2 .minus2",
    '.over2 Activation {"activation":"softplus"}',
    ".sum2 Add {} < .share1 .over2",
    '.minus3 Rescaling {"scale":-1,"offset":0} < .sum2',
    ".gap3 Add {} < .share3 .minus3",
    '.over3 Activation {"activation":"softplus"}',
    "Add {} < .sum2 .over3",
  ]);
});

Deno.test("each head has its own cuts, products and mixture, and hides the same padding", () => {
  const layer = { name: "a", kind: "attention", inputs: [], heads: 2 } as const;
  const inputs = [[3, 4], [5, 4], [5, 6], [5]];
  const cuts = (role: string, index: number, length: number, depth: number) => [
    `${role} Reshape {"target_shape":[${length},2,${depth}]} < ${index}`,
    `${role}.head1.cut Cropping2D {"cropping":[[0,0],[0,1]]} < ${role}`,
    `${role}.head1 Reshape {"target_shape":[${length},${depth}]}`,
    `${role}.head2.cut Cropping2D {"cropping":[[0,0],[1,0]]} < ${role}`,
    `${role}.head2 Reshape {"target_shape":[${length},${depth}]}`,
  ];
  const roles = [
    ...cuts(".queries", 0, 3, 2),
    ...cuts(".keys", 1, 5, 2),
    ...cuts(".values", 2, 5, 3),
  ];
  const head = (of: string, hidden: boolean) => [
    `.products${of} Dot {"axes":[2,2]} < .queries${of} .keys${of}`,
    // 1 / √(4 / 2)
    `.scores${of} Rescaling {"scale":${Math.fround(Math.SQRT1_2)},"offset":0}`,
    ...hidden ? [`.seen${of} Add {} < .scores${of} .hidden`] : [],
    `.weights${of} Softmax {"axis":-1}`,
    `.mixed${of} Dot {"axes":[2,1]} < .weights${of} .values${of}`,
  ];
  const end = 'Concatenate {"axis":-1} < .mixed.head1 .mixed.head2';
  assert.deepEqual(kerasLines(attentionNodes(layer, kerasSource({ inputs, shape: [3, 6] }))), [
    '.missing Rescaling {"scale":-1,"offset":1} < 3',
    '.padding Activation {"activation":"relu"}',
    '.low Rescaling {"scale":-1000000000,"offset":0}',
    '.hidden Reshape {"target_shape":[1,5]}',
    ...roles,
    ...head(".head1", true),
    ...head(".head2", true),
    end,
  ]);
  const three = kerasSource({ inputs: inputs.slice(0, 3), shape: [3, 6] });
  assert.deepEqual(kerasLines(attentionNodes(layer, three)), [
    ...roles,
    ...head(".head1", false),
    ...head(".head2", false),
    end,
  ]);
  // 1 / √16, of the queries' width.
  const one = kerasSource({ inputs: [[3, 16], [5, 4], [5, 6]], shape: [3, 6] });
  const lines = kerasLines(attentionNodes({ ...layer, heads: 1 }, one));
  assert.ok(lines.includes('.scores.head1 Rescaling {"scale":0.25,"offset":0}'));
  assert.equal(lines.at(-1), 'Activation {"activation":"linear"} < .mixed.head1');
});

Deno.test("a mean is shares of rows, none for what is padding, and a product with them", async () => {
  const mean = { name: "a", kind: "token-mean", inputs: ["e", "mask"] } as const;
  const source = kerasSource({ inputs: [[3, 2], [3]], shape: [2] });
  assert.deepEqual(kerasLines(tokenMeanNodes(mean, source)), [
    '.missing Rescaling {"scale":-1,"offset":1} < 1',
    '.padding Activation {"activation":"relu"}',
    '.low Rescaling {"scale":-1000000000,"offset":0}',
    '.shares Softmax {"axis":-1}',
    '.column Reshape {"target_shape":[3,1]}',
    '.mean Dot {"axes":[1,1]} < .column 0',
    "Flatten {}",
  ]);
  const model = livelyModel({
    family: "test",
    inputs: [{ name: "x", shape: [6] }],
    layers: [
      { name: "e", kind: "embedding", inputs: ["x"], vocabulary: 3, size: 4 },
      { name: "mask", kind: "function", inputs: ["x"], function: "differs", parameters: [1] },
      mean,
    ],
    outputs: ["a"],
    head: "none",
  });
  const rows = samples(model, COUNT);
  const { ours, stock } = await engineAndStock(model, flat(rows), "float32");
  const expected = Float32Array.from(rows.flatMap((row) => plainLogits(model, [row])));
  assertClose(ours, expected, 1e-5);
  assertClose(stock, expected, 1e-5);
});

Deno.test("the same values for each sample are the bias of a dense layer that multiplies by 0", () => {
  const layer = { name: "a", kind: "constant", inputs: ["x"], shape: [2, 1] } as const;
  const source = kerasSource({ inputs: [[3]], shape: [2, 1], weights: { mean: counted(2, 1) } });
  assert.deepEqual(kerasLines(constantNodes(layer, source)), [
    ".flat Flatten {}",
    '.rows Reshape {"target_shape":[3,1]}',
    ".mean GlobalAveragePooling1D {}",
    '.values Dense {"units":2}',
    "  kernel [1,2] uint8 · 1 + 0: 0 0",
    "  bias [2] 0 1",
    'Reshape {"target_shape":[2,1]}',
  ]);
});
