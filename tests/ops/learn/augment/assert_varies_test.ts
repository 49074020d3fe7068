/** Which augmentations suit which samples. */
import assert from "node:assert/strict";
import { type DatasetFacts, ParameterError } from "../../../../engine/op.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { type Dataset, factsOf } from "../../../../ops/data/dataset.ts";
import { plainVocabulary } from "../../../../ops/data/text/vocabulary.ts";
import { distill } from "../../../../ops/distill/distill.ts";
import { assertVaries } from "../../../../ops/learn/augment/assert_varies.ts";
import { train } from "../../../../ops/learn/train.ts";
import { initialModel } from "../../../../ops/model/initialize.ts";
import { modelFacts } from "../../../../ops/model/layers.ts";
import type { Model } from "../../../../ops/model/model.ts";
import { cvae } from "../../../../ops/model/zoo/cvae.ts";
import { charLstm } from "../../../../ops/model/zoo/char_lstm.ts";
import { textCnn } from "../../../../ops/model/zoo/text_cnn.ts";
import { training } from "../small_trainings.ts";

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

Deno.test("the place is the one augmentation that does not suit, by number where there are several", () => {
  const model = facts(initialModel(network(4), 0));
  const data = factsOf(alphabet(1).meta);
  const flip = { use: "flip", axis: "vertical", chance: 1 } as const;
  const mask = { use: "mask-tokens", fraction: 0.1 } as const;
  const pathOf = (augment: Parameters<typeof assertVaries>[0]["augment"]) => {
    try {
      assertVaries({ augment, loss: [] }, model, data);
    } catch (error) {
      assert.ok(error instanceof ParameterError);
      return error.path;
    }
    return undefined;
  };
  assert.equal(pathOf([flip]), "augment");
  assert.equal(pathOf([mask, flip]), "augment.1");
  assert.equal(pathOf([mask]), undefined);
});

Deno.test("labels of a model that is told one class are not mixed", () => {
  const data: DatasetFacts = { kind: "dataset", input: [8, 8, 1], task: "reconstruction" };
  const mixup = { augment: [{ use: "mixup", alpha: 0.2, chance: 1 }], loss: [] } as const;
  const coder = (conditions: number) =>
    modelFacts(cvae.build([8, 8, 1], conditions, { latent: 2, filters: [2], width: 1 }), {
      ...{ learned: false, established: {} },
    });
  assertVaries(mixup, coder(1), data);
  assert.throws(
    () => assertVaries(mixup, coder(4), data),
    /`mixup` mixes labels, and the model is told one class/,
  );
});

Deno.test("samples whose shape is not known yet pass as images unless they are text", () => {
  const model = facts(initialModel(network(4), 0));
  const flip = { use: "flip", axis: "vertical", chance: 1 } as const;
  const unknown: DatasetFacts = { kind: "dataset" };
  assertVaries({ augment: [flip], loss: [] }, model, unknown);
  const { text } = factsOf(alphabet(1).meta);
  assert.throws(
    () => assertVaries({ augment: [flip], loss: [] }, model, { ...unknown, text: text! }),
    {
      ...{ code: "shape-mismatch", path: "augment", help: "leave it out of augment" },
      message: /^`flip` varies images, and a sample here is text/,
    },
  );
});
