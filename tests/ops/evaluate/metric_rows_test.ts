import assert from "node:assert/strict";
import type { Chosen, Estimated, Labelled } from "../../../ops/evaluate/answered.ts";
import {
  chosen,
  labelling,
  ofClasses,
  ofLabels,
  ofNumbers,
  perClass,
  perTarget,
} from "../../../ops/evaluate/metric_rows.ts";

const classes = {
  ...{ classes: ["a", "b"], width: 2 },
  ...{ y: Int32Array.of(0, 1, 1), answers: Int32Array.of(0, 1, 0) },
} as unknown as Chosen;
const numbers: Estimated = {
  width: 2,
  y: Float32Array.of(1, 2),
  logits: Float32Array.of(3, 5),
  targets: ["t", "u"],
};

Deno.test("rows of classes are of tasks with names, one figure or one for each", () => {
  assert.deepEqual(labelling, ["classification", "multi-label"]);
  const each = perClass("right", ({ right }) => right);
  assert.deepEqual([each.name, each.tasks, each.perClass], ["right", labelling, true]);
  assert.deepEqual(each.of(classes), { a: 1, b: 1 });
  const all = ofClasses("width", "how wide", ({ width }, weights) => width + (weights?.[0] ?? 0));
  assert.deepEqual([all.label, all.tasks, all.better], ["how wide", labelling, "more"]);
  assert.equal(all.weighted(classes)(undefined), 2);
  assert.equal(all.weighted(classes)(Uint32Array.of(5)), 7);
  assert.equal(chosen(classes), classes);
});

Deno.test("rows of labels and of numbers are of their task, and hand on how often samples count", () => {
  const first = (_: unknown, weights?: Uint32Array) => weights?.[0] ?? 1;
  const labels = ofLabels("l", { label: "L", better: "less" }, first);
  assert.deepEqual([labels.name, labels.better, labels.tasks], ["l", "less", ["multi-label"]]);
  assert.equal(labels.weighted({} as Labelled)(Uint32Array.of(3)), 3);
  const row = { name: "n", dimension: "plain", better: "less", label: "N" } as const;
  const figures = ofNumbers(row, first);
  assert.deepEqual([figures.dimension, figures.tasks], ["plain", ["regression"]]);
  assert.deepEqual([
    figures.weighted(numbers)(undefined),
    figures.weighted(numbers)(Uint32Array.of(4)),
  ], [1, 4]);
  const each = perTarget(
    { name: "t", label: "T", better: "more" },
    ({ y, logits }) => logits[0]! - y[0]!,
  );
  assert.deepEqual([each.perClass, each.tasks, each.of(numbers)], [true, ["regression"], {
    t: 2,
    u: 3,
  }]);
});
