/** What a training block says of the data it reads. */
import assert from "node:assert/strict";
import { Type } from "../../../engine/field.ts";
import {
  epochsText,
  neededParts,
  readsValidation,
  trainingFields,
  trainingProperties,
  undoesQuantization,
} from "../../../ops/learn/training_fields.ts";
import { told } from "../told.ts";

Deno.test("validation samples must be there only where an epoch, or when to stop, is chosen by them", () => {
  const parts = (checkpoint: "last" | "best", patience?: number) => {
    const training = { checkpoint, ...patience !== undefined && { patience } };
    assert.equal(readsValidation(training), neededParts(training).includes("validation" as never));
    return [...neededParts(training)];
  };
  assert.deepEqual(parts("last"), ["train"]);
  assert.deepEqual(parts("best"), ["train", "validation"]);
  assert.deepEqual(parts("last", 3), ["train", "validation"]);
});

Deno.test("a training has its fields and their limits, inside a stage a teacher by name", () => {
  const own = {
    epochs: "integer ≥ 1 ≤ 100000",
    batch: "integer ≥ 1 ≤ 2147483647 = 64",
    "sampling?": "once | balanced",
    freeze: "selectors model = []",
    "clip_norm?": "number > 0",
    "batchnorm?": "batch | averages",
    "recalibrate?": "auto | always | never",
    checkpoint: 'last | best = "last"',
    "patience?": "integer ≥ 1 ≤ 100000",
    "seed?": "integer ≥ 0 ≤ 281474976710655",
  };
  const byHand = (fields: object) => {
    const { optimizer: _, loss: __, augment: ___, ...rest } = fields as Record<string, unknown>;
    return rest;
  };
  const labels = [{ use: "labels", weight: 1, smoothing: 0 }] as const;
  const tasks = { reconstruction: [{ use: "elbo" }] };
  const properties = trainingProperties(labels, tasks);
  assert.deepEqual(byHand(told(Type.Object(properties)) as object), own);
  const { default: preset, "x-task-defaults": byTask } = properties.loss as unknown as Record<
    string,
    unknown
  >;
  assert.deepEqual([preset, byTask], [labels, tasks]);
  const bare = trainingProperties().loss as unknown as object;
  assert.ok(!("default" in bare) && !("x-task-defaults" in bare));
  const inside = told(trainingFields) as Record<string, unknown>;
  assert.deepEqual(byHand(inside), {
    ...own,
    "teacher?": "reference model",
    "loss?": inside["loss?"],
  });
  assert.equal(trainingFields.description, "A training with the stage's constraint on");
});

Deno.test("epochs are told as a person says them, and a training behind quantization is refused", () => {
  assert.deepEqual([1, 2].map((epochs) => epochsText({ epochs })), ["1 epoch", "2 epochs"]);
  assert.deepEqual(undoesQuantization, {
    after: "quantize",
    because: "training would undo the quantization",
    help: "train under it instead: quantize: { …, finetune: { epochs: … } }",
  });
});
