/** Models in one artifact, and what is known of one of several before they have learned. */
import assert from "node:assert/strict";
import { canonicalBytes } from "../../../engine/digest.ts";
import type { CohortFacts, ModelFacts } from "../../../engine/op.ts";
import { cohortKind, factsOfOneOf } from "../../../ops/distill/cohort.ts";
import { modelKind } from "../../../ops/model/kind.ts";
import { initialModel } from "../../../ops/model/initialize.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import type { Model } from "../../../ops/model/model.ts";
import { mlp as perceptron } from "../../../ops/model/zoo/mlp.ts";
import { modelDigest } from "../model_digest.ts";

const mlp = (seed: number, units = 8): Model =>
  initialModel(perceptron.build([6, 6, 1], 4, { hidden: [units], dropout: 0 }), seed);

Deno.test("a cohort's bytes are its models', in order, and come back", async () => {
  const models = [mlp(1), mlp(2)];
  const { manifest, blobs } = cohortKind.encode({ models });
  const read = (digest: string) => Promise.resolve(blobs.get(digest as never)!);
  const again = await cohortKind.decode(manifest, read);
  assert.deepEqual(again.models.map(modelDigest), models.map(modelDigest));
  const turned = cohortKind.encode({ models: [...models].reverse() }).manifest;
  assert.notDeepEqual(canonicalBytes(turned), canonicalBytes(manifest));
  const encoded = models.map((model) => modelKind.encode(model).manifest);
  assert.deepEqual(cohortKind.encode({ models }), {
    manifest: { kind: "cohort", models: encoded },
    blobs,
    parts: {},
  });
  const facts = cohortKind.facts!(manifest) as CohortFacts;
  assert.deepEqual([cohortKind.name, facts.kind], ["cohort", "cohort"]);
  assert.deepEqual(facts.peers, models.map((model) => modelFacts(model, model)));
});

Deno.test("models that share an array share its blob", () => {
  const one = modelKind.encode(mlp(1)).blobs.size;
  assert.equal(cohortKind.encode({ models: [mlp(1), mlp(1)] }).blobs.size, one);
  assert.equal(cohortKind.encode({ models: [mlp(1), mlp(2)] }).blobs.size > one, true);
});

Deno.test("one of several has a known structure where all have the same, and has learned where all have", () => {
  const facts = (
    model: Model,
    learned = true,
    established: readonly string[] = [],
  ): ModelFacts => ({
    ...modelFacts(model, { learned, established: {} }),
    established: established as ModelFacts["established"],
  });
  assert.deepEqual(factsOfOneOf([facts(mlp(1)), facts(mlp(2))]), facts(mlp(1)));
  assert.equal(factsOfOneOf([facts(mlp(1)), facts(mlp(2), false)]).learned, false);
  const mixed = factsOfOneOf([facts(mlp(1)), facts(mlp(2)), facts(mlp(3, 5), false)]);
  assert.deepEqual(mixed, { kind: "model", learned: false, established: [] });
  const open = factsOfOneOf([
    ...[facts(mlp(1), true, ["zeros", "format"]), facts(mlp(2, 5), true, ["clusters", "zeros"])],
  ]);
  assert.deepEqual(open, {
    ...{ kind: "model", learned: true, established: ["clusters", "format", "zeros"] },
  });
});
