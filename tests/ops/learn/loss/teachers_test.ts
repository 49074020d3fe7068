/** Teachers: recorded outputs teach what the model would. */
import assert from "node:assert/strict";
import { normalizeValue } from "../../../../engine/recipe/check/normalize.ts";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import type { Dataset } from "../../../../ops/data/dataset.ts";
import { drawLatent } from "../../../../ops/data/embedded/draw_latent.ts";
import { fit } from "../../../../ops/learn/loop.ts";
import { modelTeacher, recordedTeacher } from "../../../../ops/learn/loss/teachers.ts";
import type { Outputs } from "../../../../ops/learn/outputs.ts";
import { lossTermField } from "../../../../ops/learn/terms/terms.ts";
import type { Training } from "../../../../ops/learn/training_fields.ts";
import { inferLogits } from "../../../../ops/model/infer.ts";
import { initialModel } from "../../../../ops/model/initialize.ts";
import type { Model } from "../../../../ops/model/model.ts";
import { vaeDecoder } from "../../../../ops/model/zoo/cvae.ts";
import { mlp } from "../../../../ops/model/zoo/mlp.ts";
import { dcganDiscriminator } from "../../../../ops/model/zoo/dcgan.ts";
import { livelyModel } from "../../lively_model.ts";
import { quantizedNetwork } from "../../formats/onnx/support/quantized_network.ts";
import { type Given, runContext } from "../../run_context.ts";
import { adam, tableData, training } from "../small_trainings.ts";

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

async function errorOf(model: Model): Promise<number> {
  const [a, b] = await withTensors(async (room) => [
    await inferLogits(room, model, latentPart),
    (await said).logits,
  ]);
  const pixel = (z: number) => 1 / (1 + Math.exp(-z));
  return a!.reduce((sum, z, i) => sum + (pixel(z) - pixel(b![i]!)) ** 2, 0) / a!.length;
}

Deno.test("a student's output comes nearer its teacher's", async () => {
  const before = await errorOf(decoder(0.5, 4));
  const { model } = await taught(lossOf("output"), { epochs: 30 });
  const after = await errorOf(model);
  assert.ok(after < 0.6 * before, `${before} → ${after}`);
});

Deno.test("a quantized teacher answers in integers and shows nothing inside, another both", async () => {
  const integers = quantizedNetwork(mlp.build([4], 3, { hidden: [5], dropout: 0 }));
  const floats: Model = { ...integers, quantization: null };
  const rows = [[1, -2, 0.5, 3], [0, 1, 2, -1], [-1.5, 0.25, 1, 1]];
  const data = tableData(rows, rows.map(() => [0, 0, 0]));
  const samples = Uint32Array.of(2, 0);
  await withTensors(async (room) => {
    const said = async (model: Model) => {
      const teacher = await modelTeacher(room, data, model);
      const answers = room.tf.tidy(() => {
        const { logits, features } = teacher.outputs({ samples }, ["dense1"]);
        return { values: [...room.values(logits)], inside: Object.keys(features) };
      });
      teacher.dispose();
      const whole = await inferLogits(room, model, data.parts.train!);
      assert.deepEqual(answers.values, [...whole.slice(6, 9), ...whole.slice(0, 3)]);
      return { ...answers, structure: teacher.architecture };
    };
    const [quantized, plain] = [await said(integers), await said(floats)];
    assert.notDeepEqual(quantized.values, plain.values);
    assert.deepEqual([quantized.inside, quantized.structure], [[], undefined]);
    assert.deepEqual([plain.inside, plain.structure], [["dense1"], floats]);
  });
});

Deno.test("a teacher of other samples or answers is refused, with what it reads and says", async () => {
  const data = tableData([[1, 2], [3, 4]], [[1], [2]]);
  const refused = (why: string) => new RangeError(`Cannot learn from ${why}`);
  await withTensors(async (room) => {
    const recorded = (count: number, width: number) => () =>
      recordedTeacher(room, data, { count, width, logits: new Float32Array(count * width) });
    assert.doesNotThrow(recorded(2, 1));
    for (const [count, width] of [[3, 1], [2, 2]] as const) {
      assert.throws(
        recorded(count, width),
        refused(
          `these outputs: they are ${count} rows of ${width}, the training part has 2 samples of 1 classes`,
        ),
      );
    }
    // Where nobody has labelled the data, no one knows how many answers there should be.
    const bare = { ...data, meta: { ...data.meta, outputs: 0, labels: "none" as const } };
    const wide = { count: 2, width: 5, logits: new Float32Array(10) };
    assert.doesNotThrow(() => recordedTeacher(room, bare, wide));
    assert.throws(() => recordedTeacher(room, bare, { ...wide, count: 3 }));
    const fits = initialModel(mlp.build([2], 7, { hidden: [2], dropout: 0 }), 0);
    (await modelTeacher(room, bare, fits)).dispose();
    const other = initialModel(mlp.build([3], 2, { hidden: [2], dropout: 0 }), 0);
    await assert.rejects(
      modelTeacher(room, data, other),
      refused("this teacher: it reads 3 and says 2 numbers, a sample is 2 and the student says 1"),
    );
  });
});
