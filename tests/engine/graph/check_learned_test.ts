import assert from "node:assert/strict";
import type { Facts } from "../../../engine/facts.ts";
import { checkLearned, checkUsed } from "../../../engine/graph/check_learned.ts";
import { evaluate } from "../../../ops/evaluate/evaluate.ts";
import { type CompiledStep, inWords, ops, reported } from "./compiled.ts";

const model = (learned: boolean): Facts => ({ kind: "model", learned, established: [] });
const fresh: CompiledStep = { name: "fresh", op: ops.constant, facts: model(false) };
const data: CompiledStep = {
  name: "data",
  op: { ...ops.constant, output: { ...ops.constant.output, name: "dataset" } },
  facts: { kind: "dataset", task: "classification" },
};
const test = (name: string): CompiledStep => ({
  name: `${name}-test`,
  op: evaluate,
  inputs: { model: name },
});
const changed: CompiledStep = {
  name: "changed",
  op: ops.add,
  inputs: { number: "fresh" },
  facts: model(false),
};
const random = (name: string) =>
  `untrained steps.${name} \`${name}\` has random weights: nothing trains or loads it ` +
  "(add train: { epochs: … }, or weights:, or load it with from:)";
const learned = (...steps: CompiledStep[]) => inWords(reported(steps, checkLearned));
const used = (...steps: CompiledStep[]) => inWords(reported(steps, checkUsed));

Deno.test("a model that is measured must have learned; it is reported once, where it is made", () => {
  assert.deepEqual(learned({ ...fresh, facts: model(true) }, test("fresh")), []);
  assert.deepEqual(learned(fresh), [], "nothing reads it");
  assert.deepEqual(learned(fresh, test("fresh"), { ...test("fresh"), name: "again" }), [
    random("fresh"),
  ]);
  assert.deepEqual(learned(fresh, changed, test("changed")), [random("fresh")]);
});

Deno.test("a model with a new head that nothing trains is blamed itself, not what it was made from", () => {
  const base = { ...fresh, name: "base", facts: model(true) };
  const head: CompiledStep = {
    ...changed,
    ...{ name: "head", op: { ...ops.add, forgets: true }, inputs: { number: "base" } },
  };
  const found =
    "untrained steps.head `head` has random weights where it answers: nothing trains it " +
    "(add train: { epochs: … })";
  assert.deepEqual(learned(base, head, test("head")), [found]);
  const pruned = { ...changed, name: "pruned", inputs: { number: "head" } };
  assert.deepEqual(learned(base, head, pruned, test("pruned")), [found]);
  assert.deepEqual(used(base, head), [found]);
});

Deno.test("a teacher that a term names must have learned", () => {
  const like = (path: string): CompiledStep => ({
    name: "like",
    op: ops.like,
    references: { [path]: "fresh" },
    facts: model(true),
  });
  assert.deepEqual(learned(fresh, like("loss.0.teacher")), [random("fresh")]);
  assert.deepEqual(learned(fresh, like("loss.0.other")), []);
});

Deno.test("where the document's own mistake stands there it is not known what would have taught it", () => {
  const wrong = (path: string, severity = "error") =>
    reported([fresh, test("fresh")], checkLearned, {
      diagnostics: [{ code: "yaml", severity, message: "", path } as never],
    }).length;
  assert.equal(wrong("steps"), 0);
  assert.equal(wrong("steps.fresh"), 0);
  assert.equal(wrong("steps.fres"), 1);
  assert.equal(wrong("steps.fresh.train"), 1);
  assert.equal(wrong("steps", "warning"), 1);
});

Deno.test("data and fresh models that nobody uses are reported, and a step that nobody needs is not", () => {
  assert.deepEqual(used(data), [
    "unused steps.data nobody uses `data` (give a step that reads it, or leave it out)",
  ]);
  assert.deepEqual(used(fresh), [
    "unused steps.fresh nobody uses `fresh` (train it, distil it, or leave it out)",
  ]);
  assert.deepEqual(used({ ...fresh, facts: model(true) }, { name: "one", op: ops.constant }), []);
  const reader = { name: "sum", op: ops.sum, inputs: { numbers: ["fresh", "data"] } };
  assert.deepEqual(used(fresh, data, reader), []);
  const named = { name: "like", op: ops.like, references: { "list.0.of": "fresh" } };
  assert.deepEqual(used(fresh, named), []);
});

Deno.test("a stage of a model that knows nothing is why its data are not used: that is said instead", () => {
  assert.deepEqual(used(data, fresh, changed), [random("fresh")]);
});

Deno.test("behind something broken, or something wrong, nothing is called unused", () => {
  assert.deepEqual(used(data, { name: "broken", op: ops.constant, broken: true }), []);
  const problems = reported([data], (recipe, compiled, problems) => {
    problems.push({ code: "yaml", severity: "error", message: "", path: "" });
    checkUsed(recipe, compiled, problems);
  });
  assert.equal(problems.length, 1);
});
