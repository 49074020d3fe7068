import assert from "node:assert/strict";
import { type Scalar, withTensors } from "../../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { encodeTfjs } from "../../../../ops/formats/tfjs/encode.ts";
import { stockLogits } from "../../../../ops/formats/tfjs/run_stock.ts";
import { forward } from "../../../../ops/model/forward.ts";
import { inferLogits } from "../../../../ops/model/infer.ts";
import { initialModel } from "../../../../ops/model/initialize.ts";
import { modelFacts } from "../../../../ops/model/layers.ts";
import type { Architecture } from "../../../../ops/model/model.ts";
import { readLayersModel } from "../../../../ops/formats/tfjs/read_layers_model.ts";
import { decodeWeight } from "../../../../ops/model/weights.ts";
import { clustered } from "../../../../ops/cluster/clustering.ts";
import { maskWeights } from "../../../../ops/prune/mask_weights.ts";
import { quantize } from "../../../../ops/quantize/quantize.ts";
import { assertNear, bothLogits, flat, samples } from "../../formats/onnx/support/both_logits.ts";
import { livelyModel } from "../../lively_model.ts";
import { noiseData } from "../../noise_data.ts";
import { plainLogits } from "../../plain_forward.ts";
import { runContext } from "../../run_context.ts";
import { assertClose } from "../../../close.ts";

refuseLeaks(true);

/** Six tokens of eleven, four numbers each, a dense layer at every position. */
const network: Architecture = {
  family: "tokens",
  inputs: [{ name: "input", shape: [6] }],
  layers: [
    { name: "embedding", kind: "embedding", inputs: ["input"], vocabulary: 11, size: 4 },
    {
      name: "each",
      kind: "dense",
      inputs: ["embedding"],
      units: 5,
      bias: true,
      activation: "relu",
    },
    { name: "flat", kind: "flatten", inputs: ["each"] },
    { name: "head", kind: "dense", inputs: ["flat"], units: 3, bias: true, activation: "linear" },
  ],
  outputs: ["head"],
  head: "softmax",
};

Deno.test("rows are looked up, a dense layer works at each position, and both are counted so", () => {
  const { layers, parameters } = modelFacts(network, { learned: false, established: {} });
  const told = layers!.map(({ shape, parameters, macs, type }) => [shape, parameters, macs, type]);
  assert.deepEqual(told, [
    [[6, 4], 44, 0, "embedding"],
    [[6, 5], 25, 6 * 4 * 5, "dense"],
    [[30], 0, 0, "reshape"],
    [[3], 93, 90, "dense"],
  ]);
  assert.equal(parameters, 44 + 25 + 93);
});

Deno.test("tokens compute what plain loops, stock tfjs and onnxruntime compute", async () => {
  const model = livelyModel(network);
  const rows = samples(model, 4);
  const x = flat(rows);
  const expected = rows.flatMap((row) => plainLogits(model, [row]));
  const files = encodeTfjs(model, { storage: "float32", shard: 1 << 22 });
  const { ours, stock } = await withTensors(async (room) => ({
    ours: await inferLogits(room, model, { count: 4, x: Int32Array.from(x), y: null }),
    stock: await stockLogits(room, files, { x, shape: [6], headed: true }),
  }));
  assertClose(ours, Float32Array.from(expected), 1e-6);
  assertClose(stock, ours, 1e-6);
  const { disabled, all } = await bothLogits(model, x);
  assertNear(disabled, expected, 1e-6);
  assertNear(all, expected, 1e-6);
  const again = readLayersModel(
    JSON.parse(new TextDecoder().decode(files["model.json"])),
    (path) => files[path]!,
  );
  assert.deepEqual(again.layers, model.layers);
  assert.deepEqual(again.weights, model.weights);
});

Deno.test("a row's gradient is the sum of those of its places, and other rows have none", async () => {
  const model = initialModel(network, 1);
  const gradient = await withTensors((room) =>
    room.tf.tidy(() => {
      const table = room.tensor(decodeWeight(model.weights["embedding/kernel"]!), [11, 4]);
      const tokens = room.tensor(Float32Array.of(3, 0, 3, 10, 3, 0), [1, 6]);
      const slopes = room.tensor(Float32Array.from({ length: 24 }, (_, i) => i + 1), [1, 6, 4]);
      const only = {
        ...network,
        layers: network.layers.slice(0, 1),
        outputs: ["embedding"],
        head: "none",
      } as const;
      const { gradients } = room.valueAndGradients(() => {
        const weights = { "embedding/kernel": table };
        const { outputs } = forward(room, { ...only, weights }, [tokens], { training: true });
        return room.tf.sum(room.tf.mul(outputs[0]!, slopes)) as Scalar;
      }, [table]);
      return [...room.values(gradients[0]!)];
    })
  );
  // Places 0, 2, 4 hold token 3: 1 + 9 + 17, 2 + 10 + 18, …; places 1 and 5 token 0; place 3 token 10.
  const rows = new Map([[3, [27, 30, 33, 36]], [0, [26, 28, 30, 32]], [10, [13, 14, 15, 16]]]);
  assert.deepEqual(
    gradient,
    Array.from({ length: 11 }, (_, token) => rows.get(token) ?? [0, 0, 0, 0]).flat(),
  );
});

Deno.test("a table is rounded, clustered and pruned as kernels are", async () => {
  const model = livelyModel(network);
  const params = {
    scheme: "int8",
    granularity: "channel",
    symmetry: "symmetric",
    activations: { use: "none" },
    calibrate: { use: "minmax", samples: 10 },
    fold: "batchnorm",
    equalize: "none",
    bias_correction: "measured",
    rules: "onnx",
  } as const;
  const data = noiseData(network, 20);
  const rounded = await quantize.run({ model, data }, params, runContext());
  const { encoding } = rounded.weights["embedding/kernel"]!;
  assert.ok(encoding.use === "affine" && encoding.axis === 1 && encoding.scale.length === 4);
  const x = flat(samples(model, 4));
  const files = encodeTfjs(rounded, { storage: "native", shard: 1 << 22 });
  const { ours, stock } = await withTensors(async (room) => ({
    ours: await inferLogits(room, rounded, { count: 4, x, y: null }),
    stock: await stockLogits(room, files, { x, shape: [6], headed: true }),
  }));
  assertClose(stock, ours, 1e-6);
  assertNear((await bothLogits(rounded, x)).all, ours, 1e-6);

  const shared = clustered(model, { clusters: 4, init: "linear" });
  assert.equal(new Set(decodeWeight(shared.weights["embedding/kernel"]!)).size, 4);
  const cut = maskWeights(model, { ratio: 0.5, criterion: "magnitude", scope: "layer" }, 0);
  assert.equal(decodeWeight(cut.weights["embedding/kernel"]!).filter((w) => w === 0).length, 22);
});
