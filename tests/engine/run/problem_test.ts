import assert from "node:assert/strict";
import { DecantError, ParameterError } from "../../../engine/error.ts";
import {
  diagnosticProblem,
  endingBySignal,
  Interruption,
  placeInDocument,
  problemOf,
  stepProblem,
} from "../../../engine/run/problem.ts";
import { fakeOps, graphOf } from "./support/fake.ts";

const place = { source: "a.yaml", line: 3, column: 5, length: 9, path: "steps.one", text: "x" };
const shown = { source: "a.yaml", line: 3, column: 5 };
const graph = (placed: boolean) =>
  graphOf([{ name: "one", op: fakeOps().constant }], {
    place: (path) => placed ? { ...place, path } : undefined,
  });

const problem = (error: unknown, placed = false) => {
  const { recipe, nodes } = graph(placed);
  return stepProblem(recipe, nodes[0]!, error);
};

Deno.test("a diagnostic is a problem at its place, or at its path where it has none", () => {
  const diagnostic = { code: "order", severity: "error", message: "no", path: "prune" } as const;
  assert.deepEqual(diagnosticProblem(diagnostic), {
    code: "order",
    message: "no",
    place: { path: "prune" },
  });
  assert.deepEqual(diagnosticProblem({ ...diagnostic, place, help: "so" }), {
    code: "order",
    message: "no",
    help: "so",
    place: shown,
  });
});

Deno.test("an error stands where it says, else where it was met", () => {
  const here = { path: "here" };
  assert.deepEqual(problemOf(new DecantError("source", "no"), here).place, here);
  const there = { path: "there" };
  assert.deepEqual(problemOf(new DecantError("source", "no", "so", { place: there }), here), {
    code: "source",
    message: "no",
    help: "so",
    place: there,
  });
});

Deno.test("whatever a step throws is a problem of the step, in a sentence", () => {
  assert.deepEqual(problem(new TypeError("odd")), {
    problem: { code: "step-failed", message: "`one` failed: odd", place: { path: "steps.one" } },
    ending: "failed",
  });
  assert.equal(problem("words").problem.message, "`one` failed: words");
  assert.deepEqual(problem(new Error("odd"), true).problem.place, shown);
});

Deno.test("memory that there is not is said to be what is missing", () => {
  const message = "`one` failed: it needs more memory than there is";
  for (
    const words of [
      "Array buffer allocation failed",
      "Invalid typed array length: 9",
      "Invalid array length",
    ]
  ) assert.equal(problem(new RangeError(words)).problem.message, message);
  assert.equal(problem(new RangeError("odd")).problem.message, "`one` failed: odd");
  assert.match(problem(new Error("allocation failed")).problem.message, /failed: allocation/);
});

Deno.test("a parameter that cannot work is wrong where it is written, and refusals stay refusals", () => {
  const parameter = new ParameterError("order", "loss.0", "no");
  assert.deepEqual(problem(parameter).problem.place, { path: "steps.one.loss.0" });
  assert.equal(problem(parameter).ending, "failed");
  assert.equal(problem(new DecantError("locked", "no")).ending, "refused");
  assert.equal(problem(new DecantError("usage", "no")).ending, "failed");
});

Deno.test("a path of a recipe has a line where the recipe is a text", () => {
  assert.deepEqual(placeInDocument(graph(false).recipe, "a.b"), { path: "a.b" });
  assert.deepEqual(placeInDocument(graph(true).recipe, "a.b"), shown);
});

Deno.test("a run whose signal was aborted ends as the signal's reason says", () => {
  const ended = (reason: unknown) => {
    const controller = new AbortController();
    controller.abort(reason);
    return endingBySignal(controller.signal);
  };
  assert.equal(ended(new Interruption("terminated")), "terminated");
  assert.equal(ended(new Interruption("interrupted")), "interrupted");
  assert.equal(ended(new Error("anything")), "interrupted");
  assert.equal(endingBySignal(), "interrupted");
});

Deno.test("an interruption is told by its name and says how the run ends", () => {
  const { name, message, ending } = new Interruption("terminated");
  assert.deepEqual([name, message, ending], [
    "Interruption",
    "the run was interrupted",
    "terminated",
  ]);
});
