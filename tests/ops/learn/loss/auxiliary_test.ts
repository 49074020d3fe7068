/** Auxiliary models: one that is frozen stays, to the bit. */
import { outputsAsInputs } from "../../../../ops/learn/loss/auxiliary.ts";
import assert from "node:assert/strict";
import { normalizeValue } from "../../../../engine/recipe/check/normalize.ts";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import type { Dataset } from "../../../../ops/data/dataset.ts";
import { drawLatent } from "../../../../ops/data/embedded/draw_latent.ts";
import { fit } from "../../../../ops/learn/loop.ts";
import { recordedTeacher } from "../../../../ops/learn/loss/teachers.ts";
import type { Outputs } from "../../../../ops/learn/outputs.ts";
import { lossTermField } from "../../../../ops/learn/terms/terms.ts";
import type { Training } from "../../../../ops/learn/training_fields.ts";
import { inferLogits } from "../../../../ops/model/infer.ts";
import { initialModel } from "../../../../ops/model/initialize.ts";
import type { Model } from "../../../../ops/model/model.ts";
import { vaeDecoder } from "../../../../ops/model/zoo/cvae.ts";
import { dcganDiscriminator } from "../../../../ops/model/zoo/dcgan.ts";
import { livelyModel } from "../../lively_model.ts";
import { modelDigest } from "../../model_digest.ts";
import { type Given, runContext } from "../../run_context.ts";
import { adam, training } from "../small_trainings.ts";

const image = [8, 8, 1];

const decoder = (width: number, seed: number) =>
  livelyModel(vaeDecoder.build([3], 4, { filters: [8, 4], width, image }), seed);

const critic = initialModel(dcganDiscriminator.build(image, 4, { filters: [4, 6], width: 1 }), 9);

const { train: latentPart } = drawLatent({ size: 3, conditions: 4, count: 96, seed: 1 }, []);

const pictures: Dataset = {
  meta: {
    input: [3],
    type: "float32",
    task: "generation",
    classes: ["0", "1", "2", "3"],
    outputs: 4,
    normalize: { scale: [1], offset: [0] },
  },
  parts: { train: latentPart, validation: latentPart },
};

const lossOf = (...terms: readonly unknown[]): Training["loss"] =>
  terms.map((term) => normalizeValue(lossTermField, term as never)) as unknown as Training["loss"];

const teacher = decoder(1, 3);

const said = withTensors(async (room): Promise<Outputs> => {
  const logits = await inferLogits(room, teacher, latentPart);
  return { count: latentPart.count, width: 64, logits };
});

/** A student after a training with recorded outputs. */
async function taught(
  terms: Training["loss"],
  { given, saveEvery = 20, discriminator = critic, epochs = 3 }: {
    readonly given?: Given;
    readonly saveEvery?: number;
    readonly discriminator?: Model;
    readonly epochs?: number;
  } = {},
) {
  const outputs = await said;
  const context = runContext(given);
  const job = {
    model: decoder(0.5, 4),
    data: pictures,
    training: training({ epochs, batch: 32, optimizer: adam(0.01), loss: terms }),
    auxiliaries: terms.map((term) => "through" in term ? discriminator : undefined),
  };
  const model = await withTensors((room) => {
    const teachers = terms.map(() => recordedTeacher(room, pictures, outputs));
    return fit(room, { ...job, teachers }, context, { saveEvery });
  });
  return { model, reported: context.reported };
}

const pictureGame = (more = {}) =>
  lossOf("output", { use: "adversarial", through: "critic", weight: 0.1, ...more });

Deno.test("a critic that learns changes what the student learns; one that is frozen stays, to the bit", async () => {
  const weights = JSON.stringify(critic.weights);
  const digests = await Promise.all(
    [{ critic: "trained" }, { critic: "frozen" }, { objective: "hinge" }]
      .map(async (more) => await modelDigest((await taught(pictureGame(more))).model)),
  );
  assert.equal(new Set(digests).size, 3);
  assert.equal(JSON.stringify(critic.weights), weights);
});

Deno.test("outputs are read in the shape of the first input, labels by the further ones; another size is refused", async () => {
  await withTensors((room) =>
    room.tf.tidy(() => {
      const inputs = [{ name: "x", shape: [2, 2] }, { name: "label", shape: [3] }];
      const model = { family: "test", inputs, layers: [], outputs: [], head: "none" } as const;
      const labels = { samples: Uint32Array.of(1, 0), y: Int32Array.of(2, 0) };
      const outputs = room.tensor(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), [2, 4]);
      const [x, label] = outputsAsInputs(room, model, outputs, labels);
      assert.deepEqual(x!.shape, [2, 2, 2]);
      assert.deepEqual([...room.values(x!)], [1, 2, 3, 4, 5, 6, 7, 8]);
      assert.deepEqual([...room.values(label!)], [1, 0, 0, 0, 0, 1]);
      assert.throws(
        () => outputsAsInputs(room, model, room.tf.zeros([2, 5]), labels),
        /it reads 2×2, an output is 5/,
      );
    })
  );
});
