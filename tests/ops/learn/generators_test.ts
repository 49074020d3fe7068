/** Generators and autoencoders while they learn: discriminators, auxiliary models, noise that can be repeated. */
import assert from "node:assert/strict";
import { withTensors } from "../../../engine/tensor/mod.ts";
import { stream } from "../../../engine/tensor/random.ts";
import { drawLatent } from "../../../ops/data/embedded/draw_latent.ts";
import type { Dataset } from "../../../ops/data/dataset.ts";
import { inferLogits } from "../../../ops/model/infer.ts";
import { initialModel } from "../../../ops/model/initialize.ts";
import type { Model } from "../../../ops/model/model.ts";
import { cvae, vaeDecoder } from "../../../ops/model/zoo/cvae.ts";
import { dcganDiscriminator } from "../../../ops/model/zoo/dcgan.ts";
import { openDiscriminator } from "../../../ops/learn/loss/discriminator.ts";
import type { Outputs } from "../../../ops/learn/outputs.ts";
import { recordedTeacher } from "../../../ops/learn/loss/teachers.ts";
import { fit } from "../../../ops/learn/loop.ts";
import type { Training } from "../../../ops/learn/training_fields.ts";
import { discriminatorOf, lossTermField } from "../../../ops/learn/terms/terms.ts";
import { normalizeValue } from "../../../engine/recipe/check/normalize.ts";
import { livelyModel } from "../lively_model.ts";
import { modelDigest } from "../model_digest.ts";
import { type Given, runContext } from "../run_context.ts";
import { adam, fitted, training } from "./small_trainings.ts";

const image = [8, 8, 1];
const decoder = (width: number, seed: number) =>
  livelyModel(vaeDecoder.build([3], 4, { filters: [8, 4], width, image }), seed);
const critic = initialModel(dcganDiscriminator.build(image, 4, { filters: [4, 6], width: 1 }), 9);

const { train } = drawLatent({ size: 3, conditions: 4, count: 96, seed: 1 });
const latents: Dataset = {
  meta: {
    input: [3],
    type: "float32",
    task: "generation",
    classes: ["0", "1", "2", "3"],
    outputs: 4,
    normalize: { scale: [1], offset: [0] },
  },
  parts: { train, validation: train },
};

const loss = (...terms: readonly unknown[]): Training["loss"] =>
  terms.map((term) => normalizeValue(lossTermField, term as never)) as unknown as Training["loss"];

const teacher = decoder(1, 3);
const said = withTensors(async (room): Promise<Outputs> => {
  const logits = await inferLogits(room, teacher, train);
  return { count: train.count, width: 64, logits };
});

/** A student after a training with recorded outputs. */
async function taught(
  terms: Training["loss"],
  { given, saveEvery = 20, judge = critic, epochs = 3 }: {
    readonly given?: Given;
    readonly saveEvery?: number;
    readonly judge?: Model;
    readonly epochs?: number;
  } = {},
) {
  const outputs = await said;
  const context = runContext(given);
  const job = {
    model: decoder(0.5, 4),
    data: latents,
    training: training({ epochs, batch: 32, optimizer: adam(0.01), loss: terms }),
    auxiliaries: terms.map((term) => "through" in term ? judge : undefined),
  };
  const model = await withTensors((room) => {
    const teachers = terms.map(() => recordedTeacher(room, latents, outputs));
    return fit(room, { ...job, teachers }, context, { saveEvery });
  });
  return { model, heard: context.heard };
}

async function errorOf(model: Model): Promise<number> {
  const [a, b] = await withTensors(async (room) => [
    await inferLogits(room, model, train),
    (await said).logits,
  ]);
  const pixel = (z: number) => 1 / (1 + Math.exp(-z));
  return a!.reduce((sum, z, i) => sum + (pixel(z) - pixel(b![i]!)) ** 2, 0) / a!.length;
}

Deno.test("a student's output comes nearer its teacher's", async () => {
  const before = await errorOf(decoder(0.5, 4));
  const { model } = await taught(loss("output"), { epochs: 30 });
  const after = await errorOf(model);
  assert.ok(after < 0.6 * before, `${before} → ${after}`);
});

const game = (more = {}) =>
  loss("output", { use: "adversarial", through: "critic", weight: 0.1, ...more });

Deno.test("a critic that learns changes what the student learns; one that is frozen stays, to the bit", async () => {
  const weights = JSON.stringify(critic.weights);
  const digests = await Promise.all(
    [{ critic: "trained" }, { critic: "frozen" }, { objective: "hinge" }]
      .map(async (more) => await modelDigest((await taught(game(more))).model)),
  );
  assert.equal(new Set(digests).size, 3);
  assert.equal(JSON.stringify(critic.weights), weights);
});

Deno.test("a critic comes to tell bright images from dark ones, by every objective", async () => {
  for (const objective of ["cross-entropy", "hinge", "least-squares"] as const) {
    await withTensors((room) => {
      const judge = openDiscriminator(room, critic, {
        ...{ data: latents, optimizer: adam(0.01), seed: 0, arrays: {} },
        loss: discriminatorOf(game({ objective })[1]!)!.loss!,
      });
      const batch = { samples: Uint32Array.of(0, 1, 2, 3) };
      const images = (value: number) => room.tf.fill([4, 64], value);
      const gap = () => {
        const logits = [0.9, 0.1].map((value) => judge.at(batch).logits(images(value)));
        const [bright, dark] = logits.map((each) => room.values(room.tf.mean(each))[0]!);
        return bright! - dark!;
      };
      room.tf.tidy(() => {
        const before = gap();
        for (let update = 0; update < 40; update++) {
          const outputs = { real: images(0.9), fake: images(0.1) };
          judge.update(batch, outputs, { epoch: update, epochs: 40, update });
        }
        assert.ok(gap() > before + 0.5, `${objective}: ${before} → ${gap()}`);
      });
      judge.close();
    });
  }
});

Deno.test("a game broken off at any batch ends with the same bits, critic and noise included", async () => {
  const whole = await taught(game(), { saveEvery: 0 });
  const digest = await modelDigest(whole.model);
  for (const at of [0, 4, 7]) {
    const resume = whole.heard.saved[at]!;
    const rest = await taught(game(), { given: { resume } });
    assert.equal(await modelDigest(rest.model), digest, `from state ${at}`);
  }
});

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
    loss: loss("elbo"),
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
    given: { resume: first.heard.saved[8]! },
  });
  assert.equal(await modelDigest(again.model), digest);
});
