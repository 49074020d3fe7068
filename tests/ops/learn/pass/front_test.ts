/** What stands in front of all that learns: where it ends, that it changes no bit, and how seldom it is computed. */
import assert from "node:assert/strict";
import { type Room, type Tensor, withTensors } from "../../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { divided, openFront } from "../../../../ops/learn/pass/front.ts";
import { fit } from "../../../../ops/learn/loop.ts";
import type { Training } from "../../../../ops/learn/training_fields.ts";
import { inferLogits, weightTensors } from "../../../../ops/model/infer.ts";
import { initialModel } from "../../../../ops/model/initialize.ts";
import type { Architecture, Layer, Model } from "../../../../ops/model/model.ts";
import { partOf } from "../../../../ops/model/part_of.ts";
import { decodeWeight } from "../../../../ops/model/weights.ts";
import type { Dataset } from "../../../../ops/data/dataset.ts";
import { labelled } from "../../labelled.ts";
import { livelyModel } from "../../lively_model.ts";
import { modelDigest } from "../../model_digest.ts";
import { runContext } from "../../run_context.ts";
import { zooNetworks } from "../../zoo_networks.ts";
import { adam, fitted, sgd, training } from "../small_trainings.ts";

refuseLeaks(true);

const HEAD = "head.dense";
const namesBefore = ({ layers }: Architecture, end: string) =>
  new Set(layers.map(({ name }) => name).slice(0, layers.findIndex(({ name }) => name === end)));
const sides = (network: Architecture, frozen: ReadonlySet<string>) => {
  const both = divided(network, frozen);
  return both && {
    front: both.front.layers.map(({ name }) => name),
    between: both.front.outputs,
    back: both.back.layers.map(({ name }) => name),
    reads: both.back.inputs.map(({ name }) => name),
  };
};

Deno.test("the front ends in front of the first layer that learns, on every way", () => {
  const resnet = zooNetworks.resnet!;
  const names = resnet.layers.map(({ name }) => name);
  assert.deepEqual(sides(resnet, namesBefore(resnet, HEAD)), {
    front: names.slice(0, -1),
    between: ["head.pool"],
    back: [HEAD],
    reads: ["input", "head.pool"],
  });
  // The shortcut around a block that learns is read behind it, too.
  const { between, reads } = sides(resnet, namesBefore(resnet, "stage1.block1.conv1"))!;
  assert.deepEqual([between, reads], [["stem.norm"], ["input", "stem.norm"]]);
  const frozen = new Set([...namesBefore(resnet, "stage2"), ...names]);
  frozen.delete("stage1.block1.conv1");
  assert.deepEqual(sides(resnet, frozen)!.front, ["stem", "stem.norm"], "what comes later waits");
});

Deno.test("what draws while training ends it, unless it is frozen; what has no weights does not", () => {
  const layers: Layer[] = [
    { name: "a", kind: "dense", inputs: ["input"], units: 3, bias: true, activation: "linear" },
    { name: "relu", kind: "activation", inputs: ["a"], activation: "relu" },
    { name: "drop", kind: "dropout", inputs: ["relu"], rate: 0.5 },
    { name: "b", kind: "dense", inputs: ["drop"], units: 2, bias: true, activation: "linear" },
    { name: "noise", kind: "sample", inputs: ["b", "b"] },
    { name: "c", kind: "dense", inputs: ["noise"], units: 2, bias: true, activation: "linear" },
  ];
  const network: Architecture = {
    ...{ family: "test", inputs: [{ name: "input", shape: [4] }], layers, outputs: ["c"] },
    head: "softmax",
  };
  const front = (...frozen: string[]) => sides(network, new Set(frozen))?.front;
  assert.deepEqual(front("a", "b"), ["a", "relu"]);
  assert.deepEqual(front("a", "drop", "b"), ["a", "relu", "drop", "b"]);
  assert.deepEqual(front("a", "drop", "b", "noise"), ["a", "relu", "drop", "b", "noise"]);
  assert.equal(front(), undefined);
  assert.equal(front("b"), undefined, "nothing with weights stands in front");
  assert.equal(front(...layers.map(({ name }) => name)), undefined, "nothing learns");
});

/** Noise with targets. */
const data = (model: Model, validation = false): Dataset => {
  const { parts, meta } = labelled(model, 24);
  return { meta, parts: validation ? parts : { train: parts.train! } };
};
const block = (more: Partial<Training>): Training =>
  training({ epochs: 3, batch: 10, optimizer: adam(0.01), ...more });

/** The same training with a constraint that changes nothing: then every layer runs in every pass. */
async function undivided(model: Model, samples: Dataset, params: Training): Promise<Model> {
  const constraint = { open: () => ({}) };
  const job = { model, data: samples, training: params, teachers: [undefined], constraint };
  return await withTensors((room) => fit(room, job, runContext()));
}

for (const name of ["resnet", "mobilenet-v1", "wide-resnet", "squeezenet", "vgg"]) {
  Deno.test(`${name}: a front changes no bit, whatever is seen anew`, async () => {
    const model = livelyModel(zooNetworks[name]!);
    const kernels = model.layers.filter(({ kind }) => kind === "conv");
    const middle = kernels[Math.floor(kernels.length / 2)]!.name;
    for (
      const params of [
        block({ freeze: [`before:${HEAD}`] }),
        block({ freeze: [`before:${middle}`], batch: 7 }),
        block({ freeze: ["type:conv", "type:batchnorm"], optimizer: sgd(0.01) }),
        block({ freeze: [`before:${HEAD}`], augment: [{ use: "noise", sigma: 0.1, chance: 1 }] }),
      ]
    ) {
      const samples = data(model, true);
      const { model: learned } = await fitted(model, samples, params);
      assert.equal(modelDigest(learned), modelDigest(await undivided(model, samples, params)));
      assert.notEqual(modelDigest(learned), modelDigest(model));
    }
  });
}

Deno.test("frozen layers keep every bit: weights, and BatchNorm's averages", async () => {
  const model = livelyModel(zooNetworks["mobilenet-v1"]!);
  const { model: learned } = await fitted(
    model,
    data(model),
    block({ freeze: [`before:${HEAD}`] }),
  );
  const moved = Object.keys(model.weights).filter((name) =>
    Buffer.compare(
      new Uint8Array(decodeWeight(model.weights[name]!).buffer),
      new Uint8Array(decodeWeight(learned.weights[name]!).buffer),
    ) !== 0
  );
  assert.deepEqual(moved, [`${HEAD}/kernel`, `${HEAD}/bias`]);
});

Deno.test("a head on a frozen base learns what a dense layer learns from what the base gives", async () => {
  const model = livelyModel(zooNetworks.resnet!);
  const samples = data(model);
  const whole = await fitted(model, samples, block({ freeze: [`before:${HEAD}`] }));
  const base = partOf(model, [...namesBefore(model, HEAD)]);
  const features = await withTensors((room) =>
    inferLogits(room, base, samples.parts.train!, { meta: samples.meta })
  );
  const width = features.length / 24;
  const alone: Model = {
    ...partOf(model, [HEAD]),
    inputs: [{ name: "head.pool", shape: [width] }],
    preprocess: { scale: [1], offset: [0] },
  };
  const extracted: Dataset = {
    meta: { ...samples.meta, input: [width], type: "float32" },
    parts: { train: { ...samples.parts.train!, x: features } },
  };
  const part = await fitted(alone, extracted, block({}));
  for (const role of ["kernel", "bias"]) {
    const [one, other] = [whole, part].map(({ model }) =>
      decodeWeight(model.weights[`${HEAD}/${role}`]!)
    );
    assert.deepEqual(one, other, role);
    assert.notDeepEqual(one, decodeWeight(model.weights[`${HEAD}/${role}`]!));
  }
});

/** Convolutions that a training runs: where nothing is differentiated, and where something is. */
async function convolutions(params: Training, constrained = false) {
  const model = livelyModel(zooNetworks.resnet!);
  const ran = { outside: 0, inside: 0 };
  await withTensors(async (room) => {
    let differentiates = false;
    const counting: Room = {
      ...room,
      nn: {
        ...room.nn,
        conv2d(...args) {
          ran[differentiates ? "inside" : "outside"]++;
          return room.nn.conv2d(...args);
        },
      },
      valueAndGradients(...args) {
        differentiates = true;
        try {
          return room.valueAndGradients(...args);
        } finally {
          differentiates = false;
        }
      },
    };
    const job = { model, data: data(model), training: params, teachers: [undefined] };
    const constraint = { open: () => ({}) };
    await fit(counting, constrained ? { ...job, constraint } : job, runContext());
  });
  return ran;
}

Deno.test("convolutions of a front run once for each sample, and never where something is differentiated", async () => {
  const count = zooNetworks.resnet!.layers.filter(({ kind }) => kind === "conv").length;
  const params = block({ freeze: [`before:${HEAD}`], epochs: 4, batch: 8 });
  const updates = 3;
  assert.deepEqual(await convolutions(params), { outside: updates * count, inside: 0 });
  const varied = block({ ...params, augment: [{ use: "noise", sigma: 0.1, chance: 1 }] });
  assert.deepEqual(await convolutions(varied), { outside: 4 * updates * count, inside: 0 });
  // A pass for each update, and one for each term at the beginning of an epoch.
  const { inside, outside } = await convolutions(params, true);
  assert.deepEqual([inside, outside], [(4 * updates + 4) * count, 0]);
});

Deno.test("values are kept for samples that are seen as they are, as long as all of them fit", async () => {
  const network = zooNetworks.mlp!;
  const both = divided(
    network,
    namesBefore(network, HEAD).difference(new Set(["dense2.dropout"])),
  )!;
  await withTensors((room) => {
    const run = (count: number, epochs: number) => {
      const { weights, dispose } = weightTensors(room, initialModel(network, 1));
      const others = weightTensors(room, initialModel(network, 2));
      const known: Record<string, Tensor> = { ...weights };
      const front = openFront(room, both, { weights: known, count, epochs });
      const values = (samples: number[], view?: () => never) =>
        room.tf.tidy(() => {
          const x = room.tensor(
            Float32Array.from(samples.flatMap((sample) => Array(7).fill(sample + 1))),
            [samples.length, 7],
          );
          const batch = { samples: Uint32Array.from(samples), ...view && { view } };
          return [...room.values(front.values(batch, [x])[0]!)];
        });
      const first = values([2, 0]);
      Object.assign(known, others.weights);
      const again = values([0, 2]);
      const seen = values([0, 2], () => assert.fail());
      const mixed = values([0, 1]);
      dispose();
      others.dispose();
      const half = first.length / 2;
      return {
        kept: again.join() === [...first.slice(half), ...first.slice(0, half)].join(),
        seenAnew: seen.join() !== again.join(),
        mixedAnew: mixed.slice(0, half).join() === seen.slice(0, half).join(),
      };
    };
    const anew = { kept: false, seenAnew: false, mixedAnew: true };
    assert.deepEqual(run(3, 2), { kept: true, seenAnew: true, mixedAnew: true });
    assert.deepEqual(run(3, 1), anew, "one epoch sees each sample once");
    const width = 6;
    const most = 0x1000_0000 / 4 / width;
    assert.deepEqual(run(Math.ceil(most) + 1, 2), anew, "too many to keep");
  });
});
