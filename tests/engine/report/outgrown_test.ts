import assert from "node:assert/strict";
import type { ModelRow } from "../../../engine/report/model_row.ts";
import { outgrownTeachers } from "../../../engine/report/outgrown.ts";
import { defineOp, input, Type } from "../../../engine/op.ts";
import { fakeOps, graphOf, numberKind } from "../run/support/fake.ts";

const ops = fakeOps([]);
const model = input(numberKind, "Is read");
const common = { version: 1, numerics: "none", example: {}, params: Type.Object({}) } as const;
const record = defineOp({
  ...common,
  name: "record",
  summary: "Records what a model says",
  inputs: { model },
  output: { ...numberKind, name: "outputs" },
  run: ({ model }) => model,
});
const learn = defineOp({
  ...common,
  name: "learn",
  summary: "Learns from a teacher, or from what was recorded of it",
  inputs: {
    model,
    teacher: input(numberKind, "Teaches", { optional: true }),
    outputs: input(record.output, "Stands for it", { optional: true }),
  },
  output: numberKind,
  changes: "model",
  run: ({ model }) => model,
});
const graph = graphOf([
  { name: "one", op: ops.constant, params: { value: 1 } },
  { name: "two", op: ops.constant, params: { value: 2 } },
  { name: "said", op: record, inputs: { model: "one" } },
  { name: "taught", op: learn, inputs: { model: "two", teacher: "one" } },
  { name: "read", op: learn, inputs: { model: "two", outputs: "said" } },
]);
const row = (name: string, accuracy: number, samples = 1000): ModelRow =>
  ({ name, accuracy, samples, metrics: {} }) as unknown as ModelRow;
const warned = (teacher: number, student: number, samples = 1000) => {
  const rows = ["taught", "read"].map((name) => row(name, student, samples));
  const warnings = outgrownTeachers(graph, [row("one", teacher, samples), ...rows]);
  return [...warnings].filter(([, list]) => list.length > 0).map(([name]) => name);
};

Deno.test("who learned from a teacher that knows less is warned, from its records too", () => {
  assert.deepEqual(warned(0.8, 0.9), ["taught", "read"]);
  const [sentence] = outgrownTeachers(graph, [row("one", 0.8), row("taught", 0.9)]).get("taught")!;
  assert.match(sentence!, /^its teacher `one` is right on 80.* it itself on 90/);
});

Deno.test("a student that knows less, or more by luck alone, is not", () => {
  assert.deepEqual(warned(0.9, 0.8), []);
  // 2 √((0.89 · 0.11 + 0.915 · 0.085) / 1000) is 0.0265.
  assert.deepEqual(warned(0.89, 0.915), []);
  assert.deepEqual(warned(0.89, 0.918), ["taught", "read"]);
  assert.deepEqual(warned(0.89, 0.918, 100), []);
});

Deno.test("a student that was better before it learned is warned, however it ended", () => {
  const warn = (before: number) =>
    outgrownTeachers(graph, [row("one", 0.8), row("two", before), row("taught", 0.8)])
      .get("taught")!;
  assert.deepEqual(warn(0.81), []);
  assert.deepEqual(warn(0.95), [
    "its teacher `one` is right on 80.0 %, it itself on 95.0 % before it learned: " +
    "a teacher that knows less may hold it back",
  ]);
});

Deno.test("of numbers the mean error is compared, by the spread that the mean square tells", () => {
  const off = (name: string, mae: number, samples = 100) =>
    ({ name, loss: 1.2 * mae * mae, samples, metrics: { mae } }) as unknown as ModelRow;
  const warn = (teacher: number, student: number) =>
    outgrownTeachers(graph, [off("one", teacher), off("taught", student)]).get("taught")!;
  assert.deepEqual(warn(0.695, 0.452), [
    "its teacher `one` is off by 0.695 on average, it itself by 0.452 on average: " +
    "a teacher that knows less may hold it back",
  ]);
  // 2 √(0.2 · (1 + 0.9²) / 100) is 0.12.
  assert.deepEqual(warn(1, 0.9), []);
  assert.deepEqual(warn(0.452, 0.695), []);
});

Deno.test("what was not measured is not compared", () => {
  assert.deepEqual([...outgrownTeachers(graph, []).values()].flat(), []);
});
