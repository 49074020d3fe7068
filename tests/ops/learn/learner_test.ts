/** A model while it learns: the noise of its sampling layers is the same again. */
import assert from "node:assert/strict";
import { normalizeValue } from "../../../engine/recipe/check/normalize.ts";
import { type Room, withTensors } from "../../../engine/tensor/mod.ts";
import { stream } from "../../../engine/tensor/random.ts";
import type { Dataset } from "../../../ops/data/dataset.ts";
import {
  capture,
  closeLearner,
  learnedMasks,
  type Learner,
  openLearner,
  pass,
  sparsityOf,
  type TrainingJob,
} from "../../../ops/learn/learner.ts";
import { updateTogether } from "../../../ops/learn/update.ts";
import { inferLogits } from "../../../ops/model/infer.ts";
import { livelyModel } from "../lively_model.ts";
import { lossTermField } from "../../../ops/learn/terms/terms.ts";
import type { Training } from "../../../ops/learn/training_fields.ts";
import { initialModel } from "../../../ops/model/initialize.ts";
import { families } from "../../../ops/model/zoo/families.ts";
import { cvae } from "../../../ops/model/zoo/cvae.ts";
import { modelDigest } from "../model_digest.ts";
import { noise } from "../distill/noise.ts";
import { denseModel } from "../prune/dense_model.ts";
import { assertClose } from "../../close.ts";
import type { Architecture } from "../../../ops/model/model.ts";
import { floatWeight } from "../../../ops/model/weights.ts";
import { adam, fitted, sgd, tableData, training, valuesOf } from "./small_trainings.ts";

const image = [8, 8, 1];

const lossOf = (...terms: readonly unknown[]): Training["loss"] =>
  terms.map((term) => normalizeValue(lossTermField, term as never)) as unknown as Training["loss"];

/** Images that two numbers and a class describe: a bright square somewhere. */
function squares(count: number): Dataset {
  const draws = stream(7, "squares");
  const x = new Uint8Array(count * 64);
  const y = Int32Array.from({ length: count }, (_, i) => i % 4);
  for (let i = 0; i < count; i++) {
    const [top, left] = [0, 1].map((k) => Math.floor(draws.uniform(i, k) * 5));
    for (let row = 0; row < 3; row++) {
      for (let column = 0; column < 3; column++) {
        x[i * 64 + (top! + row) * 8 + left! + column] = 60 + 60 * y[i]!;
      }
    }
  }
  const part = { count, x, y };
  return {
    meta: {
      input: image,
      type: "uint8",
      task: "reconstruction",
      classes: ["0", "1", "2", "3"],
      outputs: 4,
      normalize: { scale: [1 / 255], offset: [0] },
    },
    parts: { train: part, validation: part },
  };
}

Deno.test("an autoencoder's bound falls, its noise is the same again, and the best epoch is the nearest", async () => {
  const model = initialModel(cvae.build(image, 4, { latent: 3, filters: [8, 6], width: 1 }), 2);
  const params = training({
    epochs: 6,
    batch: 32,
    optimizer: adam(0.01),
    loss: lossOf("elbo"),
    checkpoint: "best",
  });
  const first = await fitted(model, squares(96), params, { saveEvery: 0 });
  const bounds = first.note.history.map((epoch) => epoch.loss);
  assert.ok(bounds.at(-1)! < 0.7 * bounds[0]!, bounds.join());
  const scores = first.note.history.map((epoch) => epoch.validation!);
  assert.ok(scores.every((score) => score < 0));
  assert.equal(first.note.kept, scores.indexOf(Math.max(...scores)) + 1);
  const digest = await modelDigest(first.model);
  const again = await fitted(model, squares(96), params, {
    given: { resume: first.reported.saved[8]! },
  });
  assert.equal(await modelDigest(again.model), digest);
});

Deno.test("a bound is learned beside a term that draws no sample", async () => {
  const model = initialModel(cvae.build(image, 4, { latent: 3, filters: [4], width: 1 }), 2);
  const loss = lossOf("elbo", { use: "group-lasso", weight: 1e-4 });
  const params = training({ epochs: 3, batch: 32, optimizer: adam(0.01), loss });
  const { note } = await fitted(model, squares(64), params);
  const bounds = note.history.map((epoch) => epoch.loss);
  assert.ok(bounds.at(-1)! < bounds[0]!, bounds.join());
});

Deno.test("labels cannot be learned where there are none", async () => {
  const { meta, parts } = tableData([[1]], [[1]]);
  const bare = { meta, parts: { train: { ...parts.train!, y: null } } };
  await assert.rejects(
    fitted(denseModel([{ kernel: [[0]] }]), bare, training()),
    /the training samples have none/,
  );
});

const samples = new Uint32Array([0, 3, 5, 6]);

const jobOf = (more: Partial<TrainingJob> = {}): TrainingJob => ({
  model: {
    ...livelyModel(cvae.build(image, 4, { latent: 3, filters: [4], width: 1 }), 2),
    preprocess: { scale: [1 / 255], offset: [0] },
  },
  data: squares(8),
  training: training({ loss: lossOf("elbo"), optimizer: adam(0.01) }),
  teachers: [undefined],
  ...more,
});

const within = <T>(
  job: TrainingJob,
  use: (learner: Learner, room: Room) => T | Promise<T>,
  arrays?: Parameters<typeof openLearner>[2],
): Promise<T> =>
  withTensors(async (room) => {
    const learner = openLearner(room, job, arrays);
    try {
      return await use(learner, room);
    } finally {
      closeLearner(learner);
    }
  });

const updateOnce = (learner: Learner, update: number) =>
  updateTogether(learner.room, [learner], { samples }, {
    ...{ moment: { epoch: update, epochs: 4, update }, measure: false, updates: "alternate" },
  });

Deno.test("a pass in inference is the model's own, whatever is to be learned", async () => {
  const job = jobOf();
  const part = job.data.parts.train!;
  const found = await within(job, (learner, room) =>
    room.tf.tidy(() => {
      const all = { samples: Uint32Array.from({ length: part.count }, (_, i) => i) };
      return room.values(pass(learner, learner.inputs(all), undefined).outputs[0]!);
    }));
  const expected = await withTensors((room) =>
    inferLogits(room, job.model, part, { meta: job.data.meta })
  );
  assert.deepEqual(found, expected);
});

Deno.test("a pass in training goes through what stands between student and teacher, one in inference does not", async () => {
  const cnn = (filters: number[]) =>
    initialModel(families.cnn.build(image, 4, { filters, dense: [], dropout: 0 } as never), 1);
  const job = jobOf({
    model: cnn([3]),
    data: noise(8, 8),
    training: training({
      ...{ optimizer: adam(0.01), epochs: 1 },
      loss: lossOf({ use: "hint", match: [{ student: "conv1", teacher: "conv1" }], adapt: "conv" }),
    }),
    teachers: [{ architecture: cnn([5]), outputs: () => assert.fail(), dispose() {} }],
  });
  const taps = await within(
    job,
    (learner, room) =>
      [undefined, { epoch: 0, epochs: 1, update: 0 }].map((moment) =>
        room.tf.tidy(() => {
          const { taps } = pass(learner, learner.inputs({ samples }), moment);
          return Object.entries(taps).map(([name, { shape }]) => [name, shape.at(-1)]);
        })
      ),
  );
  assert.deepEqual(taps, [[], [["~adapter.0.0", 5]]]);
});

Deno.test("a pass in training draws noise that is the same at the same update, and another at the next", async () => {
  const drawn = await within(
    jobOf(),
    (learner, room) =>
      [0, 0, 1].map((update) =>
        room.tf.tidy(() => {
          const moment = { epoch: 0, epochs: 1, update };
          return [...room.values(pass(learner, learner.inputs({ samples }), moment).outputs[0]!)];
        })
      ),
  );
  assert.deepEqual(drawn[0], drawn[1]);
  assert.notDeepEqual(drawn[0], drawn[2]);
});

Deno.test("what was captured goes on with the same arrays; without the optimizer's slots it does not", async () => {
  const job = jobOf();
  const { weights, all, next } = await within(job, (learner) => {
    updateOnce(learner, 0);
    const [weights, all] = [capture(learner, "weights"), capture(learner, "all")];
    updateOnce(learner, 1);
    return { weights, all, next: capture(learner, "all") };
  });
  assert.ok(Object.keys(weights).length < Object.keys(all).length);
  for (const [name, values] of Object.entries(weights)) assert.deepEqual(all[name], values);
  const continued = (from: typeof all) =>
    within(job, (learner) => {
      updateOnce(learner, 1);
      return capture(learner, "all");
    }, from);
  assert.deepEqual(await within(job, (learner) => capture(learner, "all"), all), all);
  assert.deepEqual(await continued(all), next);
  assert.notDeepEqual(await continued(weights), next);
});

Deno.test("nothing is pruned where no mask holds and no constraint is", async () => {
  const found = await within(jobOf(), (learner) => ({
    masks: learnedMasks(learner),
    sparsity: sparsityOf(learner),
  }));
  assert.deepEqual(found, { masks: {}, sparsity: undefined });
});

Deno.test("a model that a term asks must be there, and compute in floats", async () => {
  const perceptual = jobOf({
    training: training({
      loss: lossOf({ use: "perceptual", through: "classifier", layers: ["conv1"] }),
    }),
  });
  const opened = (job: TrainingJob) => within(job, () => undefined);
  await assert.rejects(opened(perceptual), /internal: "perceptual" has no model/);
  const integers = { rules: "onnx", activations: {} } as const;
  const quantized = { ...perceptual.model, quantization: integers };
  await assert.rejects(
    opened({ ...perceptual, auxiliaries: [quantized] }),
    /it computes in integers, and no gradient flows through them/,
  );
});

Deno.test("BatchNorm by its averages learns scale and shift, and the averages stay: one step by hand", async () => {
  const network: Architecture = {
    family: "test",
    inputs: [{ name: "input", shape: [1] }],
    layers: [{
      ...{ name: "norm", kind: "batchnorm", inputs: ["input"], activation: "linear" },
      ...{ epsilon: 0, momentum: 0.5 },
    }],
    outputs: ["norm"],
    head: "none",
  };
  const fresh = initialModel(network, 0);
  const weight = (value: number) => floatWeight([1], Float32Array.of(value));
  const weights = { ...fresh.weights, "norm/mean": weight(2), "norm/variance": weight(4) };
  const model = { ...fresh, weights };
  // (x − 2) / 2 of 2 and 6: 0 and 2; of the mean square of these, 2 along the shift and 4 along the scale.
  const data = tableData([[2], [6]], [[0], [0]]);
  const after = async (batchnorm: "batch" | "averages") => {
    const params = training({ optimizer: sgd(0.01), batchnorm, recalibrate: "never" });
    const { model: learned } = await fitted(model, data, params);
    return ["gamma", "beta", "mean", "variance"].map((role) =>
      valuesOf(learned, `norm/${role}`)[0]!
    );
  };
  assertClose(await after("averages"), [0.96, -0.02, 2, 4], 1e-6);
  // Of the batch itself: −1 and 1; mean 4, variance 4.
  assertClose(await after("batch"), [0.98, 0, 3, 4], 1e-6);
});
