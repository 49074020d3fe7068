/** Trainings from inputs to learned models: a model learns, and teaches a smaller one. */
import assert from "node:assert/strict";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import type { Dataset } from "../../../ops/data/dataset.ts";
import { plainVocabulary } from "../../../ops/data/text/vocabulary.ts";
import { distill } from "../../../ops/distill/distill.ts";
import { evaluate } from "../../../ops/evaluate/evaluate.ts";
import { usualFormat } from "../../../ops/formats/formats.ts";
import { predict } from "../../../ops/learn/predict.ts";
import { train } from "../../../ops/learn/train.ts";
import { finetuned, trainModel, trainTogether } from "../../../ops/learn/train_models.ts";
import { initialModel } from "../../../ops/model/initialize.ts";
import type { Model } from "../../../ops/model/model.ts";
import { charLstm } from "../../../ops/model/zoo/char_lstm.ts";
import { modelDigest } from "../model_digest.ts";
import { denseModel } from "../prune/dense_model.ts";
import { runContext } from "../run_context.ts";
import { adam, sgd, tableData, training, valuesOf } from "./small_trainings.ts";
import { term } from "./terms/support/evaluated.ts";

refuseLeaks(true);

const LENGTH = 4;

const tokens = ["[padding]", "[unknown]", "a", "b", "c"];

/** Windows of "abcabc…": what comes next is certain but for the first token, and then too. */
function alphabet(count: number): Dataset {
  const x = Int32Array.from({ length: count * LENGTH }, (_, i) => 2 + i % 3);
  const y = x.map((token) => 2 + (token - 1) % 3);
  const part = { count, x, y };
  return {
    meta: {
      ...{ input: [LENGTH], type: "int32", task: "next-token", classes: [] } as const,
      ...{ outputs: tokens.length, normalize: { scale: [1], offset: [0] } },
      text: plainVocabulary(tokens, 0, 1),
    },
    parts: { train: part, validation: part, test: part },
  };
}

const network = (units: number) =>
  charLstm.build([LENGTH], tokens.length, {
    ...{ embedding: 4, units, depth: 1, answer: "each", dropout: 0, vocabulary: tokens.length },
  });

const measured = async (model: Model, data: Dataset) =>
  await evaluate.run(
    { model, data, reference: model },
    { split: "test", metrics: ["nats", "accuracy", "top5"], format: usualFormat },
    runContext(),
  );

Deno.test("a model learns what comes next, and teaches it to a smaller one by recorded outputs", async () => {
  const data = alphabet(32);
  const block = { epochs: 20, batch: 8, optimizer: adam(0.03), checkpoint: "best" } as const;
  const context = runContext();
  const teacher = await train.run(
    { model: initialModel(network(8), 1), data },
    training(block),
    context,
  );
  const known = (await measured(teacher, data)).metrics.nats as number;
  assert.ok(known < 0.05, `${known}`);
  const note = context.reported.notes.training as unknown as { history: { validation: number }[] };
  assert.ok(note.history.at(-1)!.validation > note.history[0]!.validation);
  const outputs = await predict.run({ model: teacher, data }, {}, runContext());
  assert.deepEqual([outputs.count, outputs.width], [32, LENGTH * tokens.length]);
  const loss = [{
    ...{ use: "soft-targets", weight: 1, temperature: 1, scale: "t-squared" },
    ...{ divergence: "forward", teacher_errors: "keep", standardize: "none" },
  }] as const;
  const student = initialModel(network(4), 2);
  const config = { ...training({ ...block, optimizer: adam(0.05) }), loss, guidance: "previous" };
  const inputs = { model: student, data, outputs, teacher: undefined, teachers: undefined };
  const taught = await distill.run(inputs as never, config as never, runContext());
  const learned = (await measured(taught, data)).metrics.nats as number;
  assert.ok(learned < 0.1, `${learned}`);
});

const table = tableData([[1], [2], [-1], [0.5]], [[2], [3], [0], [1]]);

const line = (slope: number) => denseModel([{ kernel: [[slope]], bias: [0] }]);

Deno.test("the k-th of models beside one another learns with the seed + k", async () => {
  const data = alphabet(8);
  const block = training({ batch: 4, augment: [{ use: "mask-tokens", fraction: 0.5 }], seed: 7 });
  const start = initialModel(network(4), 1);
  const models = [start, start];
  const jobs = { models, data, training: block, updates: "simultaneous" } as const;
  const [first] = await trainTogether(jobs, runContext());
  const alone = await trainModel({ model: start, data, training: block }, runContext());
  assert.equal(modelDigest(first!), modelDigest(alone));
});

Deno.test("what the k-th drops is drawn by the seed + k, by 0 + k where none is said", async () => {
  // Of one sample there is one order, whatever the seed.
  const data = alphabet(1);
  const options = { embedding: 4, units: 4, depth: 1, answer: "each", dropout: 0.5 } as const;
  const dropping = charLstm.build([LENGTH], tokens.length, {
    ...options,
    vocabulary: tokens.length,
  });
  const start = initialModel(dropping, 1);
  const { seed: _, ...block } = training({ epochs: 2 });
  const digests = async (own: object) => {
    const jobs = { models: [start, start, start], data, updates: "simultaneous" } as const;
    const training = { ...block, ...own } as never;
    return (await trainTogether({ ...jobs, training }, runContext())).map(modelDigest);
  };
  const alone = async (seed: number) =>
    modelDigest(
      await trainModel({ model: start, data, training: { ...block, seed } }, runContext()),
    );
  const seeds = [0, 1, 2, 7, 8, 9];
  const expected = await Promise.all(seeds.map(alone));
  assert.equal(new Set(expected).size, seeds.length);
  assert.deepEqual(await digests({ seed: 7 }), expected.slice(3));
  assert.deepEqual(await digests({}), expected.slice(0, 3));
});

Deno.test("a block inside a stage learns from the teacher that it names, and has the stage's seed", async () => {
  const { seed: _, ...block } = training({
    ...{ epochs: 100, batch: 4, optimizer: sgd(0.1, { momentum: 0 }) },
  });
  const named = { ...block, loss: [term({ use: "logits" })], teacher: "large" };
  const context = runContext({ referenced: { large: line(3) } });
  const stage = { model: line(0), data: table, seed: 5 };
  const learned = await finetuned({ ...stage, finetune: named as never }, context);
  assert.ok(Math.abs(valuesOf(learned, "dense1/kernel")[0]! - 3) < 1e-3);
  const labelled = { ...block, epochs: 1, batch: 1, seed: 9 };
  const plain = (seed: number, own: object) =>
    finetuned({ ...stage, seed, finetune: own as never }, runContext()).then(modelDigest);
  const { seed: __, ...open } = labelled;
  assert.equal(await plain(5, labelled), await plain(6, labelled));
  assert.equal(await plain(9, open), await plain(5, labelled));
  assert.notEqual(await plain(5, open), await plain(9, open));
});

Deno.test("the threads of the step compute", async () => {
  const job = { data: table, training: training({ optimizer: sgd(0.1) }) };
  const idle = { ...runContext(), threads: 0 };
  await assert.rejects(trainModel({ ...job, model: line(1) }, idle), /with 0 threads/);
  const jobs = { ...job, models: [line(1), line(2)], updates: "simultaneous" } as const;
  await assert.rejects(trainTogether(jobs, idle), /with 0 threads/);
});
