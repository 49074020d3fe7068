import assert from "node:assert/strict";
import type { Json } from "../../../engine/digest.ts";
import type { Facts } from "../../../engine/facts.ts";
import { stepSummary } from "../../../engine/report/step_summary.ts";
import { sample } from "../store/contract.ts";
import { evaluated } from "../metrics.ts";
import { fakeOps, graphOf } from "../run/support/fake.ts";

const ops = fakeOps();

function summary(notes: Readonly<Record<string, Json>>, from = 10, to = 10): string[] {
  const facts = (parameters: number): Facts => ({
    kind: "model",
    learned: true,
    established: [],
    parameters,
  });
  const graph = graphOf([
    { name: "before", op: ops.constant, params: { value: 1 }, facts: facts(from) },
    { name: "after", op: ops.add, inputs: { number: "before" }, params: {}, facts: facts(to) },
  ]);
  return stepSummary(graph.node("after")!, { ...sample().outcome, notes });
}

Deno.test("channels kept and removed are summed up, formats are counted", () => {
  const channels = { conv1: { kept: 3, removed: 5 }, conv2: { kept: 4, removed: 4 } };
  assert.deepEqual(summary({ effect: { channels } }), ["7 of 16 channels"]);
  const formats = { conv1: "int8", conv2: "int8", head: "float32" };
  assert.deepEqual(summary({ effect: { formats } }), ["2 × int8", "1 × float32"]);
  assert.deepEqual(summary({ effect: "nothing much" }), ["nothing much"]);
});

Deno.test("a step that changes the number of parameters says from what to what", () => {
  assert.deepEqual(summary({}, 221_000, 61_200), ["221 k → 61.2 k parameters"]);
});

Deno.test("a training ends with its loss, each term with its weight", () => {
  const terms = [
    { use: "labels", value: 0.2, weight: 0.1 },
    { use: "soft-targets", value: 0.4, weight: 0.9 },
  ];
  const history = [{ loss: 9, terms: [] }, { loss: 0.38, terms }];
  assert.deepEqual(summary({ training: { history } }), [
    "loss 0.380 = labels 0.0200 + soft-targets 0.360",
  ]);
  assert.deepEqual(summary({ training: { history: [{ loss: 1.5, terms: terms.slice(0, 1) }] } }), [
    "loss 1.50",
  ]);
  const unweighed = [{ use: "labels", value: 0.25 }, { use: "norm", value: 0.5, weight: 2 }];
  assert.deepEqual(summary({ training: { history: [{ loss: 1.25, terms: unweighed }] } }), [
    "loss 1.25 = labels 0.250 + norm 1.00",
  ]);
});

Deno.test("a measurement begins with the accuracy, else the loss, else with what was asked for", () => {
  const graph = graphOf([{ name: "test", op: { ...ops.score, metrics: evaluated } }]);
  const measured = (measures: object) =>
    stepSummary(graph.node("test")!, {
      ...sample().outcome,
      artifact: { ...sample().outcome.artifact, kind: "metrics" },
      manifest: { metrics: {}, ...measures },
    });
  assert.deepEqual(measured({ accuracy: 0.5, loss: 2, metrics: { auc: 0.25 } }), ["50.0 %"]);
  assert.deepEqual(measured({ loss: 2, metrics: { auc: 0.25 } }), ["loss 2.00"]);
  const labels = { metrics: { "f1-micro": 0.75 }, parameters: 10 };
  assert.deepEqual(measured(labels), ["75.0 % F1 of all answers", "10 parameters"]);
  assert.deepEqual(measured({ parameters: 10 }), ["10 parameters"]);
});

Deno.test("notes that say nothing of this kind are passed over", () => {
  assert.deepEqual(summary({ effect: null, training: [], other: { a: 1 } }), []);
});
