/** A recipe as a search tries it: what it leaves out, and what it measures on. */
import assert from "node:assert/strict";
import { opSet, Type } from "../../../../engine/op.ts";
import { parseClaim } from "../../../../engine/recipe/claims/parse_claim.ts";
import { parseRecipe } from "../../../../engine/recipe/parse_recipe.ts";
import type { PlacedClaim } from "../../../../engine/recipe/claims/claim.ts";
import { trialForm } from "../../../../engine/recipe/search/trial_form.ts";
import { ops as shipped } from "../../../../ops/mod.ts";
import { metrics } from "../../metrics.ts";

const ops = opSet(shipped);

const recipe = parseRecipe(
  `decant: 1
name: tried
data: digits
model: { use: mlp, hidden: [4], train: { epochs: 1 } }
prune: { granularity: weight, ratio: 0.5 }
evaluate: { latency: { repeats: 3 } }
export: [tfjs, onnx]
expect: result.accuracy >= 10 %
`,
  "tried.yaml",
  ops,
);

function placed(text: string): PlacedClaim {
  const read = parseClaim(text, metrics);
  assert.ok("claim" in read);
  return { text, claim: read.claim, path: "search.where" };
}

const aim = placed("result.macs = result.macs");
const stepsOf = (where: readonly PlacedClaim[]) => trialForm(recipe, { aim, where }, ops).steps;
const count = (steps: typeof recipe.steps, op: string) =>
  steps.filter((step) => step.op === op).length;

Deno.test("no trial reads a clock, although the recipe does", () => {
  assert.deepEqual(recipe.diagnostics, []);
  const volatile = (steps: typeof recipe.steps) => steps.filter(({ op }) => ops.get(op)!.volatile);
  assert.notDeepEqual(volatile(recipe.steps), []);
  assert.deepEqual(volatile(stepsOf([])), []);
});

Deno.test("every evaluation of a trial reads validation, and is otherwise what it was", () => {
  const evaluations = (steps: typeof recipe.steps) => steps.filter(({ op }) => op === "evaluate");
  const changed = evaluations(recipe.steps).map((step) => ({
    ...step,
    params: { ...step.params, split: "validation" },
  }));
  assert.ok(changed.length > 0);
  assert.deepEqual(evaluations(stepsOf([])), changed);
});

Deno.test("a trial writes no format but those whose size the aim or a claim reads, on either side", () => {
  assert.equal(count(recipe.steps, "export"), 2);
  const formats = (where: readonly PlacedClaim[]) =>
    stepsOf(where).filter(({ op }) => op === "export").map(({ params }) => params.use);
  assert.deepEqual(formats([]), []);
  assert.deepEqual(formats([placed("result.bytes.onnx <= 4 kB")]), ["onnx"]);
  assert.deepEqual(formats([placed("4 kB >= result.bytes.tfjs")]), ["tfjs"]);
  assert.deepEqual(formats([placed("model.bytes + result.bytes.tfjs <= 9 kB")]), ["tfjs"]);
  assert.deepEqual(formats([placed("result.bytes <= 4 kB"), placed("result.loss < 1")]), []);
});

Deno.test("a trial is scored by the claims of the search, and reads its aim", () => {
  const where = [placed("result.accuracy >= 20 %")];
  const { expect, reads } = trialForm(recipe, { aim, where }, ops);
  assert.deepEqual([expect, reads], [where, [aim]]);
});

Deno.test("all that learns is the same in a trial as in its recipe", () => {
  const learns = (steps: typeof recipe.steps) =>
    steps.filter(({ op }) => ["data", "model", "train", "prune"].includes(op));
  assert.deepEqual(learns(stepsOf([])), learns(recipe.steps));
  assert.ok(count(recipe.steps, "train") > 0);
});

Deno.test("an evaluation that cannot say on which samples, and an op that is not known, stay as they are", () => {
  const { steps, ...rest } = recipe;
  const form = (ops: Parameters<typeof trialForm>[2]) =>
    trialForm({ ...rest, steps }, { aim, where: [] }, ops).steps;
  assert.deepEqual(form(opSet([])), steps);
  const evaluation = { ...ops.get("evaluate")!, params: Type.Object({}) };
  assert.deepEqual(form(opSet([evaluation])), steps);
});
