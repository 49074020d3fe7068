/** Which models are measured behind a recipe's steps, where, and against what. */
import assert from "node:assert/strict";
import {
  addEvaluations,
  withoutReference,
} from "../../../../engine/recipe/expand/add_evaluations.ts";
import type { Scope } from "../../../../engine/recipe/expand/draft.ts";
import { opSet } from "../../../../engine/op.ts";
import { parseRecipe } from "../../../../engine/recipe/parse_recipe.ts";
import type { Step } from "../../../../engine/recipe/recipe.ts";
import { fakeOps } from "../fake_ops.ts";
import { moreOps } from "../fake_peers.ts";
import { scopeOf, stepOf, written } from "./written.ts";

const scope = scopeOf(written("decant: 1\n", moreOps), { data: "data" });
const built = (name: string) => stepOf(name, "model", { params: { use: "lenet5" } });
const trained = (name: string, model: string) => stepOf(name, "train", { inputs: { model } });
const measured = (
  steps: readonly Step[],
  more: Partial<Parameters<typeof addEvaluations>[1]> = {},
  within: Scope = scope,
) => addEvaluations(steps, { params: {}, broken: false, ...more }, within);
const names = (steps: readonly Step[]) => steps.map(({ name }) => name);

Deno.test("a model that has learned is measured directly behind its step, a built one is not", () => {
  const steps = [built("a"), trained("b", "a"), built("c"), trained("d", "c")];
  assert.deepEqual(names(measured(steps)), ["a", "b", "b-test", "c", "d", "d-test"]);
});

Deno.test("what is made from a learned model has learned, what is made from a built one has not", () => {
  const cut = (name: string, model: string) => stepOf(name, "prune", { inputs: { model } });
  const steps = [built("a"), cut("raw", "a"), trained("b", "a"), cut("pruned", "b")];
  assert.deepEqual(names(measured(steps)), ["a", "raw", "b", "b-test", "pruned", "pruned-test"]);
});

Deno.test("a model read from files has learned, weights read from files too", () => {
  const steps = [
    stepOf("a", "load", { params: { from: "./a.json" } }),
    stepOf("b", "model", { params: { use: "lenet5", weights: "./b.bin" } }),
  ];
  assert.deepEqual(names(measured(steps)), ["a", "a-test", "b", "b-test"]);
});

Deno.test("what forgets has not learned, nor what is cut from it, and a file that serves only it is not measured", () => {
  const forgetting = { ...fakeOps.get("prune")!, name: "head", stage: undefined, forgets: true };
  const ops = opSet([...moreOps.values(), forgetting]);
  const within = scopeOf(written("decant: 1\n", ops), { data: "data" });
  const all = (...steps: Step[]) => names(measured(steps, {}, within));
  const base = stepOf("base", "load", { params: { from: "./a.json" } });
  const head = stepOf("init", "head", { inputs: { model: "base" } });
  const cut = stepOf("cut", "prune", { inputs: { model: "init" } });
  assert.deepEqual(all(base, head, cut), ["base", "init", "cut"]);
  assert.deepEqual(all(base, head, trained("mine", "init")), ["base", "init", "mine", "mine-test"]);
  const other = stepOf("other", "prune", { inputs: { model: "base" } });
  assert.deepEqual(all(base, head, other), ["base", "base-test", "init", "other", "other-test"]);
  const own = [built("a"), trained("b", "a"), stepOf("c", "head", { inputs: { model: "b" } })];
  assert.deepEqual(all(...own), ["a", "b", "b-test", "c"]);
});

Deno.test("a model taken out of a cohort has learned", () => {
  const steps = [stepOf("one", "pick", { inputs: { cohort: "both" } })];
  assert.deepEqual(names(measured(steps)), ["one", "one-test"]);
});

Deno.test("a model that a step measures already is not measured again", () => {
  const steps = [
    built("a"),
    trained("b", "a"),
    stepOf("mine", "evaluate", { inputs: { model: "b" } }),
  ];
  assert.deepEqual(names(measured(steps)), ["a", "b", "mine"]);
  assert.deepEqual(names(measured(steps, { latency: { batch: 1 } })), [
    "a",
    "b",
    "b-speed",
    "mine",
  ]);
});

Deno.test("`only` measures one model, a broken step none", () => {
  const steps = [built("a"), trained("b", "a"), trained("c", "b")];
  assert.deepEqual(names(measured(steps, { only: "c" })), ["a", "b", "c", "c-test"]);
  const broken = steps.map((step) => step.name === "c" ? { ...step, broken: true as const } : step);
  assert.deepEqual(names(measured(broken)), ["a", "b", "b-test", "c"]);
});

Deno.test("what is measured through a model waits for it, and that model is not measured", () => {
  const steps = [
    built("a"),
    trained("b", "a"),
    built("classifier-init"),
    trained("classifier", "classifier-init"),
    trained("c", "b"),
  ];
  assert.deepEqual(names(measured(steps, { params: { through: "classifier" } })), [
    ...["a", "b", "classifier-init", "classifier", "b-test", "c", "c-test"],
  ]);
  assert.deepEqual(
    names(measured(steps.slice(0, 2), { params: { through: "nobody" } })),
    ["a", "b", "b-test"],
    "where that model is never made, at the end",
  );
});

Deno.test("a model made before the reference is compared with none, one made after it is", () => {
  const steps = [
    built("a"),
    trained("early", "a"),
    trained("ref", "early"),
    trained("late", "ref"),
  ];
  const made = measured(steps, {}, { ...scope, reference: "ref" });
  const references = made.filter(({ op }) => op === "evaluate")
    .map(({ inputs }) => [inputs.model, inputs.reference]);
  assert.deepEqual(references, [["early", undefined], ["ref", undefined], ["late", "ref"]]);
});

Deno.test("agreement is asked of the compared alone, and the other figures keep their places", () => {
  const steps = [built("a"), trained("ref", "a"), trained("late", "ref")];
  const params = { metrics: ["accuracy", "agreement", "loss"] };
  const [ref, late] = measured(steps, { params }, { ...scope, reference: "ref" })
    .filter(({ op }) => op === "evaluate");
  assert.deepEqual(ref!.params.metrics, ["accuracy", "loss"]);
  assert.equal(ref!.paths["metrics.1"], "evaluate.metrics.2");
  assert.deepEqual(late!.params.metrics, params.metrics);
  const [only] = measured(steps.slice(0, 2), { params }, { ...scope, reference: "ref" })
    .filter(({ op }) => op === "evaluate");
  assert.deepEqual(
    only!.params.metrics,
    params.metrics,
    "kept where nobody is compared: refused later",
  );
});

Deno.test("a scope without its reference keeps the rest", () => {
  const { reference: _, ...rest } = { ...scope, reference: "ref" };
  assert.deepEqual(withoutReference({ ...scope, reference: "ref" }), rest);
});

Deno.test("of two models of one name, which compile refuses, one is measured", () => {
  const { steps } = parseRecipe(
    "decant: 1\nname: x\ndata: digits\nmodel: { from: ./m.json }\nsteps:\n" +
      "  - { op: prune, granularity: channel, ratio: 0.3 }\n".repeat(2),
    "x.yaml",
    fakeOps,
  );
  assert.deepEqual(names(steps), [
    "data",
    "model",
    "model-test",
    "pruned",
    "pruned-test",
    "pruned",
  ]);
});
