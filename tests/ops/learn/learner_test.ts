/** A model while it learns: the noise of its sampling layers is the same again. */
import assert from "node:assert/strict";
import { normalizeValue } from "../../../engine/recipe/check/normalize.ts";
import { stream } from "../../../engine/tensor/random.ts";
import type { Dataset } from "../../../ops/data/dataset.ts";
import { lossTermField } from "../../../ops/learn/terms/terms.ts";
import type { Training } from "../../../ops/learn/training_fields.ts";
import { initialModel } from "../../../ops/model/initialize.ts";
import { cvae } from "../../../ops/model/zoo/cvae.ts";
import { modelDigest } from "../model_digest.ts";
import { denseModel } from "../prune/dense_model.ts";
import { adam, fitted, tableData, training } from "./small_trainings.ts";

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
    given: { resume: first.heard.saved[8]! },
  });
  assert.equal(await modelDigest(again.model), digest);
});

Deno.test("labels cannot be learned where there are none", async () => {
  const { meta, parts } = tableData([[1]], [[1]]);
  const bare = { meta, parts: { train: { ...parts.train!, y: null } } };
  await assert.rejects(
    fitted(denseModel([{ kernel: [[0]] }]), bare, training()),
    /the training samples have none/,
  );
});
