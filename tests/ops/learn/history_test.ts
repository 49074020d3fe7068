/** The record of a training, by hand. */
import assert from "node:assert/strict";
import {
  epochRecord,
  lossSentence,
  NEW_TRACK,
  trainingNote,
  withUpdate,
} from "../../../ops/learn/history.ts";
import { sgd, training } from "./small_trainings.ts";

const params = training({
  epochs: 4,
  optimizer: sgd({ use: "linear", start: 0.4, end: 0 } as never),
  loss: [
    { use: "labels", weight: 0.5, smoothing: 0 },
    { use: "logits", weight: { use: "linear", start: 0, end: 4 }, distance: "mse" },
  ],
});

Deno.test("an epoch's figures are means over its samples; norms are those of its first update", () => {
  const first = withUpdate(NEW_TRACK, { loss: 4, values: [2, 6], norms: [1, 3] }, 3);
  const track = withUpdate(first, { loss: 8, values: [6, 2] }, 1);
  assert.deepEqual(epochRecord(track, params, 1, 4), {
    epoch: 2,
    // A quarter of the way from 0.4 to 0, and from 0 to 4.
    rate: 0.4 + (0 - 0.4) * 0.25,
    loss: 5,
    terms: [
      { use: "labels", value: 3, weight: 0.5, gradient: 1 },
      { use: "logits", value: 5, weight: 1, gradient: 3 },
    ],
  });
});

Deno.test("a loss is told as the sum of its weighted terms, one alone as itself", () => {
  const terms = [
    { use: "labels", value: 0.2, weight: 0.1, gradient: 1 },
    { use: "soft-targets", value: 0.58, weight: 0.5, gradient: 1 },
  ];
  assert.equal(lossSentence({ loss: 0.31, terms }), "loss 0.31 = labels 0.020 + soft-targets 0.29");
  assert.equal(lossSentence({ loss: 0.31, terms: terms.slice(0, 1) }), "loss 0.31");
});

Deno.test("a note has what was planned and what was kept, and BatchNorm only where it was taken anew", () => {
  const figures = { history: [], kept: 2, updates: 7 };
  const plain = trainingNote(params, { ...figures, recalibrated: undefined });
  assert.deepEqual(plain, {
    ...{ epochs: 0, planned: 4, updates: 7, checkpoint: "last", kept: 2, history: [] },
  });
  const recalibrated = { layers: ["norm"] };
  assert.deepEqual(trainingNote(params, { ...figures, recalibrated }).recalibrated, recalibrated);
});
