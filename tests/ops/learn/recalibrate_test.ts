import assert from "node:assert/strict";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { stream } from "../../../engine/tensor/random.ts";
import { type Dataset, type Part, part } from "../../../ops/data/dataset.ts";
import { validationScores } from "../../../ops/distill/validation_scores.ts";
import { initialModel } from "../../../ops/model/initialize.ts";
import type { Architecture, Layer, Model } from "../../../ops/model/model.ts";
import { modelKind } from "../../../ops/model/kind.ts";
import { mapWeights } from "../../../ops/model/weights.ts";
import { mutual } from "../../../ops/distill/mutual.ts";
import { quantize } from "../../../ops/quantize/quantize.ts";
import type { Training } from "../../../ops/learn/training_fields.ts";
import { cutChannels } from "../../../ops/prune/cut_channels.ts";
import { prune } from "../../../ops/prune/prune.ts";
import { pruned } from "../../../ops/prune/pruned.ts";
import { recalibrated, statisticsOver } from "../../../ops/learn/recalibrate.ts";
import { withTensors } from "../../../engine/tensor/mod.ts";
import { livelyModel } from "../lively_model.ts";
import { noiseData } from "../noise_data.ts";
import { plainValues } from "../plain_forward.ts";
import { denseModel } from "../prune/dense_model.ts";
import { recordingContext, runContext } from "../run_context.ts";
import { zooNetworks } from "../zoo_networks.ts";
import { adam, fitted, training } from "./small_trainings.ts";
import { term } from "./terms/support/evaluated.ts";

refuseLeaks(true);

const vectors = (model: Model, role: string) =>
  Object.fromEntries(
    Object.entries(model.weights).filter(([name]) => name.endsWith(`/${role}`)),
  );

Deno.test("the first batchnorm gets the mean and variance of what reaches it", async () => {
  const model = livelyModel(zooNetworks["mobilenet-v1"]!);
  const data = noiseData(model, 200);
  const again = await recalibrated(model, data, 3, recordingContext().context);
  // 3 batches of 64 samples, by plain loops over the convolution before it.
  const { x } = part(data, "train");
  const size = 12 * 12;
  const values = Array.from({ length: 192 }, (_, i) => {
    const sample = Float64Array.from(x.subarray(i * size, (i + 1) * size));
    return plainValues(model, [{ shape: [12, 12, 1], data: sample }])["stem"]!.data;
  });
  const channels = values[0]!.length / size;
  for (let c = 0; c < channels; c++) {
    const all = values.flatMap((each) => [...each.filter((_, i) => i % channels === c)]);
    const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
    const variance = all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / all.length;
    assert.ok(Math.abs(again.weights["stem.norm/mean"]!.data[c]! - mean) < 1e-5);
    assert.ok(Math.abs(again.weights["stem.norm/variance"]!.data[c]! / variance - 1) < 1e-4);
  }
});

Deno.test("every batchnorm is estimated again and nothing else moves", async () => {
  const model = livelyModel(zooNetworks["resnet"]!);
  const again = await recalibrated(model, noiseData(model, 70), 2, recordingContext().context);
  for (const role of ["kernel", "bias", "gamma", "beta"]) {
    assert.deepEqual(vectors(again, role), vectors(model, role));
  }
  for (const [name, weight] of Object.entries(vectors(again, "variance"))) {
    assert.notDeepEqual(weight, model.weights[name]);
  }
});

Deno.test("the data are read only where BatchNorm is estimated again", () => {
  const params = { granularity: "channel", ratio: 0.5 };
  assert.deepEqual(prune.inputs.data.parts!(params), []);
  assert.deepEqual(prune.inputs.data.parts!({ ...params, recalibrate: 5 }), ["meta", "train"]);
});

Deno.test("pruning warns of a layer that lost everything, and notes what it took", async () => {
  const model = denseModel([{ kernel: [[1, 2, 3, 4]] }, { kernel: [[0.1], [0.2], [0.3], [0.4]] }]);
  const { context, warnings } = recordingContext();
  const params = { granularity: "weight", criterion: "magnitude", scope: "global", ratio: 0.5 };
  const cut = await pruned(model, undefined, params as Parameters<typeof pruned>[2], context);
  assert.deepEqual(warnings, [
    "Every weight of dense2/kernel is zero, so nothing passes that layer; scope: layer spreads the loss",
  ]);
  assert.deepEqual(prune.effect!({ model, data: noiseData(model, 1) }, cut), {
    weights: {
      "dense1/kernel": { zeros: 0, of: 4, newly: 0 },
      "dense2/kernel": { zeros: 4, of: 4, newly: 4 },
    },
  });
});

/** A network as Keras would make it: momentum 0.99. */
function kerasNetwork(): Architecture {
  const plain = { strides: [1, 1], padding: "same", dilations: [1, 1], bias: false } as const;
  const block = (name: string, input: string, filters: number): Layer[] => [
    {
      ...{ ...plain, name, kind: "conv", inputs: [input], filters, kernel: [3, 3] },
      activation: "linear",
    },
    {
      ...{ name: `${name}.norm`, kind: "batchnorm", inputs: [name], epsilon: 1e-3 },
      ...{ momentum: 0.99, activation: "relu" },
    },
  ];
  return {
    family: "keras",
    inputs: [{ name: "input", shape: [6, 6, 1] }],
    layers: [
      ...block("one", "input", 12),
      ...block("two", "one.norm", 12),
      { name: "pool", kind: "global-average-pool", inputs: ["two.norm"] },
      { name: "head", kind: "dense", inputs: ["pool"], units: 4, bias: true, activation: "linear" },
    ],
    outputs: ["head"],
    head: "softmax",
  };
}

/** Noisy bright bars, each of four classes in a direction of its own. */
function bars(count: number, seed: number): Part {
  const draws = stream(seed, "bars");
  const x = Uint8Array.from(draws.uniforms(0, count * 36), (u, i) => {
    const [sample, row, column] = [Math.floor(i / 36), Math.floor(i / 6) % 6, i % 6];
    const along = [row, column, row + column, row - column + 6][sample % 4]!;
    return Math.floor(90 * u) + (along % 3 === Math.floor(sample / 4) % 3 ? 150 : 40);
  });
  return { count, x, y: Int32Array.from({ length: count }, (_, i) => i % 4) };
}

const pictures: Dataset = {
  meta: {
    ...{ input: [6, 6, 1], type: "uint8" as const, task: "classification" as const },
    ...{ classes: ["—", "|", "/", "\\"], outputs: 4, normalize: { scale: [1 / 255], offset: [0] } },
  },
  parts: { train: bars(160, 1), validation: bars(200, 2) },
};

const long = training({ epochs: 40, batch: 16, optimizer: adam(0.01) });
const short = training({ epochs: 1, batch: 16, optimizer: adam(0.003) });
const learned = once(async () =>
  (await fitted(initialModel(kerasNetwork(), 1), pictures, long)).model
);
const cutLearned = once(async () => {
  const params = { granularity: "channel", ratio: 0.5, criterion: "l1", scope: "layer" } as const;
  return cutChannels(await learned(), { ...params, min_keep: 1, round_to: 1 } as never, 0);
});

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => made ??= make();
}

const accuracy = async (model: Model) =>
  (await validationScores([model], pictures, "", runContext()))[0]!;

/** The network with other momenta. */
const withMomenta = (model: Model, momenta: Readonly<Record<string, number>>): Model => ({
  ...model,
  layers: model.layers.map((layer) =>
    layer.kind === "batchnorm" && layer.name in momenta
      ? { ...layer, momentum: momenta[layer.name]! }
      : layer
  ),
});

const bytesOf = (model: Model) => modelKind.encode(model).manifest;
const never = { ...short, recalibrate: "never" } as const;

Deno.test("a Keras network that was cut and learned for a few updates answers by what flows through it now", async () => {
  const cut = await cutLearned();
  const auto = await fitted(cut, pictures, short);
  const kept = await fitted(cut, pictures, never);
  const [with_, without] = [await accuracy(auto.model), await accuracy(kept.model)];
  assert.ok(with_ >= without + 0.15, `${with_}, without it ${without}`);
  assert.deepEqual(auto.reported.warnings, [
    "BatchNorm of 2 layers (one.norm, …) was estimated anew over the training samples: its averages are from " +
    "before the training, and at momentum 0.99 10 updates replace 10 % of them; `recalibrate: never` keeps them",
  ]);
  assert.deepEqual(kept.reported.warnings, []);
  assert.deepEqual(auto.note.recalibrated, {
    layers: ["one.norm", "two.norm"],
    validation: with_,
  });
  assert.equal(auto.note.history[0]!.validation, without);
  // The weights are those that were learned, the averages those of all whole batches of the training samples.
  const again = await recalibrated(kept.model, pictures, 100, runContext());
  assert.deepEqual(bytesOf(auto.model), bytesOf(again));
});

Deno.test("averages that a training has replaced, those of a new network and of frozen layers stay as they are", async () => {
  const same = async (model: Model, more: Partial<Training> = {}) => {
    const auto = await fitted(model, pictures, { ...short, ...more });
    const kept = await fitted(model, pictures, { ...never, ...more });
    assert.deepEqual(bytesOf(auto.model), bytesOf(kept.model));
    assert.deepEqual([auto.reported.warnings, auto.note.recalibrated], [[], undefined]);
  };
  const cut = await cutLearned();
  await same(initialModel(kerasNetwork(), 2));
  await same(cut, { freeze: ["type:batchnorm"] });
  await same(cut, { batchnorm: "averages" });
  // 0.79¹⁰ = 0.095.
  await same(withMomenta(cut, { "one.norm": 0.79, "two.norm": 0.5 }));
  const one = withMomenta(cut, { "one.norm": 0.8, "two.norm": 0.79 });
  const { note } = await fitted(one, pictures, short);
  assert.deepEqual(note.recalibrated?.layers, ["one.norm"]);
});

Deno.test("a recipe can ask for it: of a new network too, and then nobody is warned", async () => {
  const model = initialModel(kerasNetwork(), 2);
  const { reported, note } = await fitted(model, pictures, { ...short, recalibrate: "always" });
  assert.deepEqual(reported.warnings, []);
  assert.deepEqual(note.recalibrated?.layers, ["one.norm", "two.norm"]);
});

Deno.test("it belongs to the epoch that is kept, and comes again where a training was killed", async () => {
  const cut = await cutLearned();
  const best = { ...short, epochs: 3, batch: 40, checkpoint: "best" } as const;
  const whole = await fitted(cut, pictures, best, { saveEvery: 0 });
  const kept = await fitted(cut, pictures, { ...best, recalibrate: "never" });
  const again = await recalibrated(kept.model, pictures, 100, runContext());
  assert.deepEqual(bytesOf(whole.model), bytesOf(again));
  for (const resume of whole.reported.saved) {
    // A stage of several rounds resumes with the model it began with; the state holds what has moved since.
    for (const model of [cut, withAverages(cut, 0, 1)]) {
      const rest = await fitted(model, pictures, best, { given: { resume } });
      assert.deepEqual(bytesOf(rest.model), bytesOf(whole.model));
      assert.deepEqual(rest.note, whole.note);
    }
  }
});

/** The model with averages of a new one. */
function withAverages(model: Model, mean: number, variance: number): Model {
  return mapWeights(model, (weight, name) => {
    const [filled] = [["/mean", mean], ["/variance", variance]].filter(([role]) =>
      name.endsWith(role as string)
    );
    return filled === undefined
      ? weight
      : { ...weight, data: new Float32Array(weight.data.length).fill(filled[1] as number) };
  });
}

Deno.test("it holds wherever models learn: of a cohort each says so, and masks and grids stay", async () => {
  const cut = await cutLearned();
  const cohort = runContext();
  const peers = { ...short, loss: [term({ use: "labels" }), term({ use: "peers" })] };
  await mutual.run(
    { students: [cut, cut], data: pictures },
    { ...peers, updates: "alternate" },
    cohort,
  );
  assert.deepEqual(cohort.reported.warnings.map((each) => each.slice(0, 25)), [
    "Model 1 of 2: BatchNorm o",
    "Model 2 of 2: BatchNorm o",
  ]);

  const pruning = runContext();
  const masked = await prune.run({ model: cut, data: pictures }, {
    ...{ granularity: "weight", criterion: "magnitude", scope: "layer" },
    ratio: { use: "linear", start: 0, end: 0.5 },
    finetune: short,
    seed: 0,
  } as never, pruning);
  const said = pruning.reported.warnings.filter((each) => /^BatchNorm of 2/.test(each));
  assert.equal(said.length, 1);
  assert.match(said[0]!, /; `finetune\.recalibrate: never` keeps them$/, "the stage has its own");
  assert.equal(masked.established.zeros, true);

  const rounding = (fold: "batchnorm" | "none") => async (finetune: Training) => {
    const context = runContext();
    const params = {
      ...{ scheme: "int8", granularity: "channel", symmetry: "symmetric", rules: "onnx", fold },
      activations: { use: "int8", granularity: "tensor", symmetry: "asymmetric" },
      calibrate: { use: "minmax", samples: 64 },
      ...{ equalize: "none", ["bias_correction"]: "none", finetune },
    };
    const model = await quantize.run({ model: cut, data: pictures }, params as never, context);
    return { model, warned: context.reported.warnings.some((each) => /^BatchNorm/.test(each)) };
  };
  // Folded, the grids that the weights learned stand on the averages.
  const folded = rounding("batchnorm");
  const [auto, kept] = [await folded(short), await folded(never)];
  assert.deepEqual([bytesOf(auto.model), auto.warned], [bytesOf(kept.model), false]);
  assert.equal((await rounding("none")(short)).warned, true);
});

Deno.test("a smaller last batch is left out unless it is the only one; moments are means over batches", async () => {
  const meta = {
    ...{ input: [1], type: "float32", task: "regression", classes: [], outputs: 1 } as const,
    normalize: { scale: [1], offset: [0] },
  };
  const over = async (count: number) => {
    const x = Float32Array.from({ length: count }, (_, i) => i < 64 ? 1 : 3);
    const data = { meta, parts: { train: { count, x, y: null } } };
    const norm: Layer = {
      ...{ name: "norm", kind: "batchnorm", inputs: ["x"], epsilon: 0, momentum: 0 },
      activation: "linear",
    };
    const model = { inputs: [{ name: "x", shape: [1] }], layers: [norm], preprocess: null };
    const context = { signal: new AbortController().signal, progress: () => {} };
    const sizes: number[] = [];
    const averages = await withTensors((room) =>
      statisticsOver(room, model, {
        ...{ data, samples: count, context },
        pass: ([batch]) => {
          sizes.push(batch!.shape[0]!);
          const mean = room.tf.mean(batch!, 0);
          return { statistics: { norm: { mean, variance: room.tf.mul(mean, 0) } } } as never;
        },
      })
    );
    return [sizes, [...averages["norm/mean"]!], [...averages["norm/variance"]!]];
  };
  assert.deepEqual(await over(5), [[5], [1], [0]]);
  assert.deepEqual(await over(69), [[64], [1], [0]]);
  // Means of 1 and 3 about their own mean.
  assert.deepEqual(await over(128), [[64, 64], [2], [1]]);
});

Deno.test("the threads of the step compute", async () => {
  const model = livelyModel(zooNetworks["mobilenet-v1"]!);
  const idle = { ...runContext(), threads: 0 };
  await assert.rejects(recalibrated(model, noiseData(model, 1), 1, idle), /with 0 threads/);
});
