import assert from "node:assert/strict";
import { measureOf, qualityName } from "../../../../engine/report/figures.ts";
import { qualityChart } from "../../../../engine/report/html/quality_chart.ts";
import { metrics } from "../../metrics.ts";
import { halfInterval } from "../../../../engine/quantity.ts";
import { fakeOps, graphOf } from "../../run/support/fake.ts";
import { model } from "../support/subject.ts";

const ops = fakeOps();
const graph = graphOf(
  [
    { name: "teacher", op: ops.constant },
    { name: "pruned-cut", op: ops.add, inputs: { number: "teacher" } },
    { name: "pruned", op: ops.add, inputs: { number: "pruned-cut" } },
  ],
  { reference: "teacher", result: "pruned" },
);

Deno.test("a figure that nobody measured cannot be drawn, and the message says what could", () => {
  assert.throws(
    () => qualityChart(graph, { models: [model("teacher", { loss: 1 })] }, "loss", "macs"),
    new RangeError('No model has "macs"; measured were loss'),
  );
  assert.throws(
    () => qualityChart(graph, { models: [] }, "loss", "macs"),
    new RangeError('No model has "loss"; measured were none'),
  );
});

Deno.test("models have their part in the recipe, what they were made from, and an interval", () => {
  const models = [
    model("teacher", { accuracy: 0.9, macs: 100, samples: 400 }),
    model("pruned-cut", { accuracy: 0.5, macs: 50 }),
    model("pruned", { accuracy: 0.8, macs: 50 }),
  ];
  assert.deepEqual(qualityChart(graph, { models }, "macs", "accuracy"), {
    x: "macs",
    y: "accuracy",
    points: [
      { name: "teacher", x: 100, y: 0.9, half: halfInterval(0.9, 400), role: "reference" },
      { name: "pruned, just cut", x: 50, y: 0.5, from: "teacher", passing: true },
      { name: "pruned", x: 50, y: 0.8, from: "pruned, just cut", role: "result" },
    ],
  });
});

Deno.test("a model that lacks a figure is left out, and what is made of it is joined to its origin", () => {
  const models = [
    model("teacher", { loss: 1, macs: 100, samples: 400 }),
    model("pruned-cut", { macs: 50 }),
    model("pruned", { loss: 2, macs: 50 }),
  ];
  assert.deepEqual(qualityChart(graph, { models }, "macs", "loss").points, [
    { name: "teacher", x: 100, y: 1, role: "reference" },
    { name: "pruned", x: 50, y: 2, from: "teacher", role: "result" },
  ]);
});

Deno.test("of a sweep the points are drawn, with the deviation of their repeats", () => {
  const models = [model("pruned", { accuracy: 1, loss: 1, macs: 1 })];
  const metrics = { accuracy: 0.5, loss: 2, macs: 3, metrics: {} };
  const points = [
    { values: { width: 4 }, results: ["a"], pareto: true, metrics, deviation: 0.1 },
    { values: { width: 8 }, results: ["b"], pareto: false },
  ];
  const drawn = (y: string) => qualityChart(graph, { models, points }, "macs", y).points;
  assert.deepEqual(drawn("accuracy"), [
    { name: "4", x: 3, y: 0.5, half: 0.1, role: "best" },
  ]);
  assert.deepEqual(drawn("loss"), [{ name: "4", x: 3, y: 2, role: "best" }]);
});

Deno.test("models are compared in accuracy where there is one, never in a size", () => {
  assert.equal(
    qualityName(metrics, [model("a", { loss: 1, macs: 2 }), model("b", { accuracy: 1 })]),
    "accuracy",
  );
  assert.equal(qualityName(metrics, [model("a", { loss: 1, parameters: 3, latency: 2 })]), "loss");
  const bytes = { raw: 1, encoded: 1, gzip: 1, format: "tfjs" };
  assert.equal(qualityName(metrics, [model("a", { macs: 1, nonzero: 2, bytes })]), undefined);
  assert.equal(measureOf(metrics, "accuracy").most, 1);
  assert.deepEqual(Object.keys(measureOf(metrics, "loss")), ["label", "write"]);
});
