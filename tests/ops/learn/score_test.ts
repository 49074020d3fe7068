/** How good answers are: against plain loops. */
import {
  agreementOf,
  answersOf,
  bernoulliSurprise,
  meanError,
  openScore,
  scoreOf,
  surprises,
} from "../../../ops/learn/score.ts";
import assert from "node:assert/strict";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import type { Dataset } from "../../../ops/data/dataset.ts";
import { plainVocabulary } from "../../../ops/data/text/vocabulary.ts";
import { evaluate } from "../../../ops/evaluate/evaluate.ts";
import { usualFormat } from "../../../ops/formats/formats.ts";
import type { Model } from "../../../ops/model/model.ts";
import { charLstm } from "../../../ops/model/zoo/char_lstm.ts";
import { livelyModel } from "../lively_model.ts";
import { assertClose } from "../../close.ts";
import { plainLogits } from "../plain_forward.ts";
import { runContext } from "../run_context.ts";

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

Deno.test("answers, agreement and errors of small tables, by hand", () => {
  assert.deepEqual([...answersOf(Float32Array.of(1, 3, 3, 2, 0, 1), 3)], [1, 0]);
  assert.equal(agreementOf(Int32Array.of(1, 2, 3, 4), Int32Array.of(1, 2, 0, 4)), 0.75);
  assert.equal(meanError(Float32Array.of(1, 5), Float32Array.of(2, 2), Math.abs), 2);
  assertClose(
    [...surprises(Float32Array.of(0, Math.log(3)), 2, Int32Array.of(0))],
    [Math.log(4)],
    1e-6,
  );
});

Deno.test("a score is accuracy, minus nats, or minus the squared error, in one piece or batch by batch", () => {
  const logits = Float32Array.of(2, 1, 0, 1);
  assert.equal(scoreOf(logits, 2, Int32Array.of(0, 0)), 0.5);
  assert.equal(scoreOf(Float32Array.of(1, 4), 1, Float32Array.of(3, 3)), -2.5);
  const nats = -(Math.log(1 + Math.exp(-1)) + Math.log(1 + Math.E)) / 2;
  assertClose([scoreOf(logits, 2, Int32Array.of(0, 0), "next-token")], [nats], 1e-6);
  const batches = openScore(2, "classification");
  batches.add(logits.subarray(0, 2), Int32Array.of(0));
  batches.add(logits.subarray(2), Int32Array.of(0));
  assert.equal(batches.value(), 0.5);
});

Deno.test("of several labels the score is minus the nats of each, however large a logit is", () => {
  const logits = Float32Array.of(2, -1, 0, 100);
  const y = Float32Array.of(1, 1, 0, 0);
  const nats = (Math.log1p(Math.exp(-2)) + Math.log1p(Math.E) + Math.log(2) + 100) / 4;
  assertClose([scoreOf(logits, 2, y, "multi-label")], [-nats], 1e-6);
  assertClose([bernoulliSurprise(-100, 1), bernoulliSurprise(3, 0.25)], [
    100,
    3 + Math.log1p(Math.exp(-3)) - 0.75,
  ], 1e-9);
});
