/** Which trainings share a teacher's recorded outputs. */
import assert from "node:assert/strict";
import { shareOutputs } from "../../../../engine/recipe/expand/share_outputs.ts";
import type { Step } from "../../../../engine/recipe/recipe.ts";
import { fakeOps } from "../fake_ops.ts";
import { scopeOf, stepOf, written } from "./written.ts";

const scope = scopeOf(written("decant: 1\n"), { data: "data" });
const inputs = { model: "student", teacher: "t", data: "data" };
const loss = [{ use: "labels" }, { use: "soft-targets" }];
const taught = (name: string, more: Partial<Step> = {}) =>
  stepOf(name, "distill", { inputs, params: { loss, augment: [] }, path: "steps.3", ...more });
/** One step a line: name, what it reads. */
const shared = (...steps: readonly Step[]) =>
  shareOutputs(steps, scope).map(({ name, inputs }) => `${name} ${JSON.stringify(inputs)}`);
const recorded = (outputs: string, data = "data") =>
  JSON.stringify({ model: "student", outputs, data });

Deno.test("a teacher is asked once, directly above the first training that it teaches", () => {
  assert.deepEqual(shared(taught("a"), taught("b")), [
    't-outputs {"model":"t","data":"data"}',
    `a ${recorded("t-outputs")}`,
    `b ${recorded("t-outputs")}`,
  ]);
});

Deno.test("a teacher's outputs on other data are a step of their own", () => {
  const other = taught("b", { inputs: { ...inputs, data: "few" } });
  assert.deepEqual(shared(taught("a"), other).map((line) => line.split(" ")[0]), [
    ...["t-outputs", "a", "t-outputs-few", "b"],
  ]);
});

Deno.test("what a person recorded above is taken, what is recorded below is not", () => {
  const mine = stepOf("mine", "predict", { inputs: { model: "t", data: "data" } });
  assert.deepEqual(shared(mine, taught("a")), [
    'mine {"model":"t","data":"data"}',
    `a ${recorded("mine")}`,
  ]);
  assert.deepEqual(shared(taught("a"), mine).map((line) => line.split(" ")[0]), [
    ...["t-outputs", "a", "mine"],
  ]);
});

const alone: Readonly<Record<string, Partial<Step>>> = {
  "it augments, so that the teacher sees other samples": {
    params: { loss, augment: [{ use: "flip" }] },
  },
  "a term compares what is inside the models": { params: { loss: [{ use: "hint" }] } },
  "it has no data to record outputs of": { inputs: { model: "student", teacher: "t" } },
  "it has no single teacher": { inputs: { model: "student", data: "data" } },
  "it has recorded outputs": { inputs: { ...inputs, outputs: "o" } },
  "it is broken": { broken: true },
};
for (const [because, more] of Object.entries(alone)) {
  Deno.test(`a training shares no outputs where ${because}`, () => {
    const step = taught("a", more);
    assert.deepEqual(shareOutputs([step], scope), [step]);
  });
}

Deno.test("a mistake about the outputs is shown where the teacher is written", () => {
  const [, step] = shareOutputs([taught("a", { paths: { loss: "loss" } })], scope);
  assert.deepEqual(step!.paths, { loss: "loss", outputs: "steps.3.teacher" });
});

Deno.test("where no op records outputs nothing is shared", () => {
  const ops = new Map(fakeOps);
  ops.delete("predict");
  assert.deepEqual(shareOutputs([taught("a")], { ...scope, ops }), [taught("a")]);
});
