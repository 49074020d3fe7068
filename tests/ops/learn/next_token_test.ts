import assert from "node:assert/strict";
import { withTensors } from "../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { type DatasetFacts, type ModelFacts, ParameterError } from "../../../engine/op.ts";
import { type Dataset, factsOf } from "../../../ops/data/dataset.ts";
import { plainVocabulary } from "../../../ops/data/text/vocabulary.ts";
import { distill } from "../../../ops/distill/distill.ts";
import { predict } from "../../../ops/learn/predict.ts";
import { evaluate } from "../../../ops/evaluate/evaluate.ts";
import { usualFormat } from "../../../ops/formats/formats.ts";
import { initialModel } from "../../../ops/model/initialize.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import type { Model } from "../../../ops/model/model.ts";
import { charLstm } from "../../../ops/model/zoo/char_lstm.ts";
import { textCnn } from "../../../ops/model/zoo/text_cnn.ts";
import { scoreOf, surprises } from "../../../ops/learn/score.ts";
import { train } from "../../../ops/learn/train.ts";
import { validationScore } from "../../../ops/learn/validate.ts";
import { inferLogits } from "../../../ops/model/infer.ts";
import { livelyModel } from "../lively_model.ts";
import { assertClose } from "../model/close.ts";
import { plainLogits } from "../plain_forward.ts";
import { runContext } from "../run_context.ts";
import { adam, training } from "./small_trainings.ts";

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
const facts = (model: Model) => modelFacts(model, model);
const measured = async (model: Model, data: Dataset) =>
  await evaluate.run(
    { model, data, reference: model },
    { split: "test", metrics: ["nats", "accuracy", "top5"], format: usualFormat },
    runContext(),
  );

Deno.test("nats are the mean surprise per token, by plain loops; every place is an answer", async () => {
  const model = livelyModel(network(6));
  const data = alphabet(5);
  const { x, y } = data.parts.test!;
  let [sum, hits] = [0, 0];
  for (let sample = 0; sample < 5; sample++) {
    const shape = [LENGTH];
    const row = Float64Array.from(x.subarray(sample * LENGTH, (sample + 1) * LENGTH));
    const logits = plainLogits(model, [{ shape, data: row }]);
    for (let place = 0; place < LENGTH; place++) {
      const z = logits.slice(place * 5, place * 5 + 5);
      const truth = y![sample * LENGTH + place]!;
      sum += Math.log(z.reduce((total, each) => total + Math.exp(each), 0)) - z[truth]!;
      if (z.indexOf(Math.max(...z)) === truth) hits++;
    }
  }
  const found = await measured(model, data);
  assertClose([found.metrics.nats as number, found.accuracy!], [sum / 20, hits / 20], 1e-6);
  assert.deepEqual([found.samples, found.agreement, found.metrics.top5], [20, 1, 1]);
});

Deno.test("validation chooses by nats: the score is minus their mean", async () => {
  const model = livelyModel(network(6));
  const data = alphabet(3);
  const { nats } = (await measured(model, data)).metrics;
  const score = await withTensors(async (room) => {
    const logits = await inferLogits(room, model, data.parts.validation!);
    const all = room.tensor(logits, [3, LENGTH, 5]);
    const found = await validationScore(room, model, {
      data,
      run: () => room.tf.clone(all),
      signal: new AbortController().signal,
    });
    all.dispose();
    return found;
  });
  assertClose([score], [-(nats as number)], 1e-6);
  const z = Float32Array.of(0, 0, 1000, 0);
  assertClose([...surprises(z, 2, Int32Array.of(1, 1))], [Math.LN2, 1000], 1e-9);
  assertClose([scoreOf(z, 2, Int32Array.of(1, 0), "next-token")], [-Math.LN2 / 2], 1e-9);
});

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
  const note = context.heard.notes.training as unknown as { history: { validation: number }[] };
  assert.ok(note.history.at(-1)!.validation > note.history[0]!.validation);
  const outputs = await predict.run({ model: teacher, data }, {}, runContext());
  assert.deepEqual([outputs.count, outputs.width], [32, LENGTH * tokens.length]);
  const loss = [{
    ...{ use: "soft-targets", weight: 1, temperature: 1, scale: "t-squared" },
    ...{ divergence: "forward", teacher_errors: "keep", standardize: "none" },
  }] as const;
  const student = initialModel(network(4), 2);
  const lesson = { ...training({ ...block, optimizer: adam(0.05) }), loss, guidance: "previous" };
  const inputs = { model: student, data, outputs, teacher: undefined, teachers: undefined };
  const taught = await distill.run(inputs as never, lesson as never, runContext());
  const learned = (await measured(taught, data)).metrics.nats as number;
  assert.ok(learned < 0.1, `${learned}`);
});

Deno.test("what does not answer at every place, or only there, is refused with a way out", () => {
  const data = factsOf(alphabet(1).meta);
  const told = (model: ModelFacts, data: DatasetFacts, block = training()) => {
    try {
      train.facts({ model, data }, block);
    } catch (error) {
      assert.ok(error instanceof ParameterError);
      return [error.path, error.message, error.help];
    }
    return undefined;
  };
  const options = { embedding: 4, units: 4, depth: 1, dropout: 0, vocabulary: 5 };
  const [each, last] = (["each", "last"] as const).map((answer) =>
    facts(initialModel(charLstm.build([LENGTH], 5, { ...options, answer }), 0))
  ) as [ModelFacts, ModelFacts];
  assert.equal(told(each, data), undefined);
  assert.deepEqual(told(last, data), [
    "model",
    "the task is next-token, an answer at each of 4 places, and the model gives 5",
    "answer: each",
  ]);
  const classes: DatasetFacts = { ...data, task: "classification" };
  assert.equal(told(last, classes), undefined);
  assert.deepEqual(told(each, classes), [
    "model",
    "the task is classification, one answer per sample, and the model gives 4×5",
    "answer: last",
  ]);
});

Deno.test("augmentations suit their samples: images, numbers or text, tokens in place for next ones", () => {
  const model = facts(initialModel(network(4), 0));
  const data = factsOf(alphabet(1).meta);
  const refused = (augment: Parameters<typeof training>[0] & object, of = data, by = model) => {
    try {
      train.facts({ model: by, data: of }, training(augment));
    } catch (error) {
      assert.ok(error instanceof ParameterError && error.path.startsWith("augment"));
      return error.message;
    }
    return undefined;
  };
  const mask = { use: "mask-tokens", fraction: 0.1 } as const;
  const crop = { use: "crop-tokens", tokens: 2 } as const;
  const mixup = { use: "mixup", alpha: 0.2, chance: 1 } as const;
  assert.equal(refused({ augment: [mask] }), undefined);
  assert.match(
    refused({ augment: [mask, crop] })!,
    /`crop-tokens` moves tokens, and the answers are/,
  );
  assert.match(
    refused({ augment: [mixup] })!,
    /`mixup` changes numbers, and samples here are text/,
  );
  assert.match(
    refused({ augment: [{ use: "rotate", degrees: 9, chance: 1 }] })!,
    /`rotate` varies images, and a sample here is text/,
  );
  const sentences: DatasetFacts = { ...data, task: "classification", outputs: 2 };
  const options = { embedding: 4, filters: 2, kernels: [2], dense: [], dropout: 0, vocabulary: 5 };
  const reader = facts(initialModel(textCnn.build([LENGTH], 2, options), 0));
  assert.equal(refused({ augment: [crop] }, sentences, reader), undefined);
  const { text: _, ...numbers } = sentences;
  assert.match(
    refused({ augment: [mask] }, numbers, reader)!,
    /`mask-tokens` varies text, and a sample here is 4/,
  );
  const dkd = { use: "dkd", weight: 1, nckd: 8, tckd: 1, temperature: 4 } as const;
  assert.equal(refused({ augment: [mixup] }, numbers, reader), undefined);
  const distilled = training({ augment: [mixup], loss: [dkd] });
  assert.throws(
    () =>
      distill.facts(
        { model: reader, data: numbers, teacher: { ...reader, learned: true } },
        distilled as never,
      ),
    /`mixup` leaves no sample one true class, and `dkd` tells it from the others/,
  );
});
