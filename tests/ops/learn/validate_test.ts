/** The validation score against plain figures. */
import { type Tensor, withTensors } from "../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import type { Dataset } from "../../../ops/data/dataset.ts";
import { plainVocabulary } from "../../../ops/data/text/vocabulary.ts";
import { evaluate } from "../../../ops/evaluate/evaluate.ts";
import { usualFormat } from "../../../ops/formats/formats.ts";
import { scoreOf, surprises } from "../../../ops/learn/score.ts";
import { validationScore } from "../../../ops/learn/validate.ts";
import { inferLogits } from "../../../ops/model/infer.ts";
import type { Model } from "../../../ops/model/model.ts";
import { charLstm } from "../../../ops/model/zoo/char_lstm.ts";
import { livelyModel } from "../lively_model.ts";
import { assertClose } from "../../close.ts";
import { runContext } from "../run_context.ts";
import { assertStopsMeanwhile } from "../stops_meanwhile.ts";

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

Deno.test("between batches other work goes on, and a signal that comes meanwhile stops it", async () => {
  const data = alphabet(2000);
  const model = livelyModel(network(6));
  await assertStopsMeanwhile((signal, begun) =>
    withTensors((room) => {
      const run = ([x]: readonly Tensor[]) => {
        begun();
        return room.tf.zeros([x!.shape[0]!, LENGTH, 5]) as never;
      };
      return validationScore(room, model, { data, run, signal });
    })
  );
});
