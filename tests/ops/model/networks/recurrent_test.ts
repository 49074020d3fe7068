import assert from "node:assert/strict";
import { type Scalar, withTensors } from "../../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { clustered } from "../../../../ops/cluster/clustering.ts";
import { encodeTfjs } from "../../../../ops/formats/tfjs/encode.ts";
import { stockLogits } from "../../../../ops/formats/tfjs/run_stock.ts";
import { forward } from "../../../../ops/model/forward.ts";
import { inferLogits } from "../../../../ops/model/infer.ts";
import { initialModel } from "../../../../ops/model/initialize.ts";
import { modelFacts } from "../../../../ops/model/layers.ts";
import type { Architecture, LayerOf, Model } from "../../../../ops/model/model.ts";
import { readLayersModel } from "../../../../ops/formats/tfjs/read_layers_model.ts";
import { decodeWeight } from "../../../../ops/model/weights.ts";
import { cutChannels } from "../../../../ops/prune/cut_channels.ts";
import { channelMap } from "../../../../ops/model/channels.ts";
import { maskWeights } from "../../../../ops/prune/mask_weights.ts";
import { quantize } from "../../../../ops/quantize/quantize.ts";
import { assertNear, bothLogits, flat, samples } from "../../formats/onnx/support/both_logits.ts";
import { livelyModel } from "../../lively_model.ts";
import { noiseData } from "../../noise_data.ts";
import { plainLogits } from "../../plain_forward.ts";
import { runContext } from "../../run_context.ts";
import { zooNetworks } from "../../zoo_networks.ts";
import { assertClose } from "../../../close.ts";

refuseLeaks(true);

type Recurrent = Partial<
  Pick<LayerOf<"recurrent">, "sequence" | "gates"> & { readonly steps: number }
>;

/** Steps of three numbers, five unless said otherwise; four units. */
function network(
  { sequence = false, gates = "sigmoid", steps = 5 }: Recurrent = {},
): Architecture {
  return {
    family: "steps",
    inputs: [{ name: "input", shape: [steps, 3] }],
    layers: [{ name: "memory", kind: "recurrent", inputs: ["input"], units: 4, sequence, gates }],
    outputs: ["memory"],
    head: "none",
  };
}

const forms: readonly Required<Recurrent>[] = [
  { sequence: true, gates: "sigmoid", steps: 5 },
  { sequence: false, gates: "sigmoid", steps: 5 },
  { sequence: true, gates: "hard-sigmoid", steps: 5 },
  { sequence: false, gates: "hard-sigmoid", steps: 5 },
  { sequence: true, gates: "sigmoid", steps: 1 },
  { sequence: false, gates: "sigmoid", steps: 1 },
];

Deno.test("shapes, parameters and products of a recurrent layer are counted", () => {
  const counted = (form: Recurrent) => {
    const { layers } = modelFacts(network(form), { learned: false, established: {} });
    return layers!.map(({ shape, parameters, macs, type }) => [shape, parameters, macs, type]);
  };
  // 4 gates of 4 units, each reading 3 numbers, 4 of the state and a bias; at 5 steps.
  const parameters = 4 * 4 * (3 + 4 + 1);
  const macs = 5 * 4 * 4 * (3 + 4);
  assert.deepEqual(counted({ sequence: true }), [[[5, 4], parameters, macs, "recurrent"]]);
  assert.deepEqual(counted({ sequence: false }), [[[4], parameters, macs, "recurrent"]]);
});

for (const form of forms) {
  const { sequence, gates, steps } = form;
  const states = sequence ? "every state" : "the last state";
  const name = `${gates} gates, ${states} of ${steps === 1 ? "one step" : `${steps} steps`}`;
  Deno.test(`${name}: what plain loops, stock tfjs and onnxruntime compute`, async () => {
    const model = livelyModel(network(form));
    const rows = samples(model, 3);
    const x = flat(rows);
    const expected = rows.flatMap((row) => plainLogits(model, [row]));
    const files = encodeTfjs(model, { storage: "float32", shard: 1 << 22 });
    const { ours, stock } = await withTensors(async (room) => ({
      ours: await inferLogits(room, model, { count: 3, x, y: null }),
      stock: await stockLogits(room, files, { x, shape: [steps, 3], headed: false }),
    }));
    assertClose(ours, expected, 1e-6);
    assertClose(stock, expected, 1e-6);
    const { disabled, all } = await bothLogits(model, x);
    assertNear(disabled, expected, 1e-5);
    assertNear(all, expected, 1e-5);
    assert.deepEqual(reread(files), { layers: model.layers, weights: model.weights });
  });

  Deno.test(`${name}: gradients are the slopes of plain loops`, async () => {
    const model = livelyModel(network(form));
    const rows = samples(model, 2);
    const slopes = (at: number) => Math.sin(1 + at);
    const loss = (changed: Model) =>
      rows.flatMap((row) => plainLogits(changed, [row]))
        .reduce((sum, value, at) => sum + slopes(at) * value, 0);
    const names = ["memory/kernel", "memory/bias"];
    const gradients = await withTensors((room) =>
      room.tf.tidy(() => {
        const tensors = names.map((name) =>
          room.tensor(decodeWeight(model.weights[name]!), model.weights[name]!.shape)
        );
        const weights = Object.fromEntries(names.map((name, i) => [name, tensors[i]!]));
        const x = room.tensor(flat(rows), [2, steps, 3]);
        const { gradients } = room.valueAndGradients(() => {
          const [y] = forward(room, { ...model, weights }, [x], { training: true }).outputs;
          const factors = Float32Array.from({ length: y!.size }, (_, at) => slopes(at));
          return room.tf.sum(room.tf.mul(y!, room.tensor(factors, y!.shape))) as Scalar;
        }, tensors);
        return gradients.map((gradient) => room.values(gradient!));
      })
    );
    for (const [i, name] of names.entries()) {
      const step = 1 / 1024;
      const expected = Array.from(gradients[i]!, (_, at) => {
        const moved = (by: number) => {
          const weight = model.weights[name]!;
          const data = decodeWeight(weight);
          data[at]! += by;
          return loss({ ...model, weights: { ...model.weights, [name]: { ...weight, data } } });
        };
        return (moved(step) - moved(-step)) / (2 * step);
      });
      assertNear(gradients[i]!, expected, 1e-3);
    }
  });
}

Deno.test("a state does not depend on the samples beside it, nor on what comes later", async () => {
  const model = livelyModel(network({ sequence: true }));
  const x = flat(samples(model, 3));
  const [all, alone] = await withTensors(async (room) => [
    await inferLogits(room, model, { count: 3, x, y: null }),
    await inferLogits(room, model, { count: 1, x: x.subarray(15, 30), y: null }),
  ]);
  assert.deepEqual([...all!.subarray(20, 40)], [...alone!]);
  const later = x.slice();
  later[14] = 9;
  const changed = await withTensors((room) =>
    inferLogits(room, model, { count: 3, x: later, y: null })
  );
  assert.deepEqual([...changed.subarray(0, 16)], [...all!.subarray(0, 16)]);
  assert.notDeepEqual([...changed.subarray(16, 20)], [...all!.subarray(16, 20)]);
});

Deno.test("first weights: the state's rows are orthonormal, forget gates are open", () => {
  const { weights } = initialModel(network(), 1);
  const kernel = decodeWeight(weights["memory/kernel"]!);
  const row = (i: number) => kernel.subarray((3 + i) * 16, (4 + i) * 16);
  for (let i = 0; i < 4; i++) {
    for (let j = 0; j <= i; j++) {
      const product = row(i).reduce((sum, value, k) => sum + value * row(j)[k]!, 0);
      assert.ok(Math.abs(product - (i === j ? 1 : 0)) < 1e-6, `${i} ${j}: ${product}`);
    }
  }
  const limit = Math.sqrt(6 / (3 + 16));
  assert.ok(kernel.subarray(0, 48).every((value) => Math.abs(value) <= limit));
  assert.deepEqual([...decodeWeight(weights["memory/bias"]!)], [
    ...[0, 0, 0, 0],
    ...[1, 1, 1, 1],
    ...[0, 0, 0, 0],
    ...[0, 0, 0, 0],
  ]);
});

Deno.test("no channel of a recurrent layer, nor one that it reads, can be cut", () => {
  const [memory] = network().layers;
  const { groups } = channelMap({
    ...network(),
    layers: [
      { name: "first", kind: "dense", inputs: ["input"], units: 3, bias: true, activation: "relu" },
      { ...memory!, inputs: ["first"] } as LayerOf<"recurrent">,
      { name: "free", kind: "dense", inputs: ["memory"], units: 6, bias: true, activation: "relu" },
      { name: "end", kind: "dense", inputs: ["free"], units: 2, bias: true, activation: "linear" },
    ],
    outputs: ["end"],
  });
  assert.deepEqual(groups.map(({ layers }) => layers), [["free"]]);
});

Deno.test("pruning channels of a network without any is refused with what can be treated", () => {
  const params = {
    ...{ granularity: "channel", ratio: 0.5, criterion: "l1", scope: "layer" } as const,
    ...{ ["min_keep"]: 1, ["round_to"]: 1 },
  };
  assert.throws(
    () => cutChannels(livelyModel(zooNetworks["char-lstm"]!), params as never, 0),
    /nothing is left: no selected layer can be treated/,
  );
});

Deno.test("its weights become integers of one scale in every file, and are pruned and clustered", async () => {
  const model = livelyModel(network());
  const params = {
    scheme: "int8",
    granularity: "channel",
    symmetry: "symmetric",
    activations: { use: "int8", symmetry: "asymmetric" },
    calibrate: { use: "minmax", samples: 10 },
    fold: "batchnorm",
    equalize: "none",
    bias_correction: "none",
    rules: "onnx",
  } as const;
  const data = noiseData(model, 20);
  const rounded = await quantize.run({ model, data }, params as never, runContext());
  const { encoding } = rounded.weights["memory/kernel"]!;
  assert.ok(encoding.use === "affine" && encoding.axis === null && encoding.scale.length === 1);
  const [exact, stored] = [model, rounded].map(({ weights }) =>
    decodeWeight(weights["memory/kernel"]!)
  );
  const largest = Math.max(...exact!.map(Math.abs));
  assertClose(stored!, exact!, largest / 127 / 2 * 1.0001);
  const x = flat(samples(model, 3));
  const files = encodeTfjs(rounded, { storage: "native", shard: 1 << 22 });
  const bytes = Object.entries(files).find(([name]) => name !== "model.json")![1].length;
  assert.equal(bytes, 16 * 7 + 4 * 16, "a byte per weight, four per bias");
  const { ours, stock } = await withTensors(async (room) => ({
    ours: await inferLogits(room, rounded, { count: 3, x, y: null }),
    stock: await stockLogits(room, files, { x, shape: [5, 3], headed: false }),
  }));
  assertClose(stock, ours, 1e-6);
  assertNear((await bothLogits(rounded, x)).all, ours, 1e-5);
  const plain = samples(model, 3).flatMap((row) => plainLogits(rounded, [row]));
  assertClose(ours, plain, 1e-6);

  const cut = maskWeights(model, { ratio: 0.5, criterion: "magnitude", scope: "layer" }, 0);
  assert.equal(decodeWeight(cut.weights["memory/kernel"]!).filter((w) => w === 0).length, 56);
  const shared = clustered(model, { clusters: 4, init: "linear" });
  assert.equal(new Set(decodeWeight(shared.weights["memory/kernel"]!)).size, 4);
});

/** What a layers-model's files hold. */
function reread(files: Readonly<Record<string, Uint8Array>>) {
  const json = JSON.parse(new TextDecoder().decode(files["model.json"]));
  const { layers, weights } = readLayersModel(json, (path) => files[path]!);
  return { layers, weights };
}
