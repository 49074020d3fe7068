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
import { initialModel } from "../../../ops/model/initialize.ts";
import type { Model } from "../../../ops/model/model.ts";
import { charLstm } from "../../../ops/model/zoo/char_lstm.ts";
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
