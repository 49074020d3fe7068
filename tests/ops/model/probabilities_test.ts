import assert from "node:assert/strict";
import { endedBy, probabilitiesField } from "../../../ops/model/probabilities.ts";
import { mlp } from "../../../ops/model/zoo/mlp.ts";

const classifier = mlp.build([2], 3, { hidden: [2], dropout: 0 });

Deno.test("a classifier ends as it is told, and in a softmax where nobody says so", () => {
  assert.equal(classifier.head, "softmax");
  assert.equal(endedBy(classifier, undefined), classifier);
  assert.deepEqual(endedBy(classifier, "sigmoid"), { ...classifier, head: "sigmoid" });
  assert.deepEqual(endedBy(classifier, "none"), { ...classifier, head: "none" });
});

Deno.test("what ends in something else of its own keeps it", () => {
  const pictures = { ...classifier, head: "sigmoid" } as const;
  assert.equal(endedBy(pictures, "none"), pictures);
});

Deno.test("the field has no default: without it a model is what it was", () => {
  assert.deepEqual(probabilitiesField.default, undefined);
});
