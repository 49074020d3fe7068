import assert from "node:assert/strict";
import {
  hammingLoss,
  isAnswered,
  labelLoss,
  subsetAccuracy,
} from "../../../ops/evaluate/label_scores.ts";
import { near, recordedLabels } from "./sklearn.ts";

Deno.test("all labels right, labels wrong and the loss are scikit-learn's, plain and weighted", () => {
  const { answered, weights, plain, weighted, loss } = recordedLabels();
  near(subsetAccuracy(answered), plain.subset);
  near(subsetAccuracy(answered, weights), weighted.subset);
  near(hammingLoss(answered), plain.hamming);
  near(hammingLoss(answered, weights), weighted.hamming);
  near(labelLoss(answered), loss);
});

Deno.test("a label is answered above one half, not at it", () => {
  const logits = Float32Array.of(0, 1e-6, -1);
  assert.deepEqual([0, 1, 2].map((at) => isAnswered(logits, at)), [false, true, false]);
});
