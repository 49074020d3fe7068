import assert from "node:assert/strict";
import type { Key } from "../../../engine/digest.ts";
import { stepStates } from "../../../engine/run/step_state.ts";
import { sample } from "../store/contract.ts";
import { fakeOps, graphOf } from "./support/fake.ts";

const ops = fakeOps();
const graph = graphOf([
  { name: "one", op: ops.constant, params: { value: 1 } },
  { name: "two", op: ops.constant, params: { value: 2 } },
  { name: "file", op: ops.file, params: { from: "./number.txt" } },
  { name: "three", op: ops.add, inputs: { number: "one" }, params: { amount: 2 } },
]);
const key = sample().key as Key;
const { outcome } = sample();

Deno.test("steps that ended in any order are listed in the order in which they are begun", () => {
  const { states, take } = stepStates();
  for (const step of ["three", "one", "file", "two"]) {
    take({ type: "ran", step, key, cause: { why: "new" }, outcome }, graph);
  }
  assert.deepEqual([...states().keys()], ["file", "one", "two", "three"]);
});

Deno.test("a step that was made again keeps its place, and its state is the last", () => {
  const { states, take } = stepStates();
  take({ type: "hit", step: "one", key, outcome }, graph);
  take({ type: "skipped", step: "three", because: "not started" }, graph);
  const cause = {
    why: "damaged",
    digest: outcome.artifact.digest,
    detail: "it is missing",
  } as const;
  take({ type: "ran", step: "one", key, cause, outcome }, graph);
  assert.deepEqual(
    [...states().values()].map(({ node, status, cause }) => [node.step.name, status, cause]),
    [["one", "ran", "damaged: it is missing"], ["three", "skipped", "not started"]],
  );
});

Deno.test("what begins, waits and goes on is no end of a step", () => {
  const { states, take } = stepStates();
  take({ type: "compiled", recipe: "numbers", steps: 4 }, graph);
  take({ type: "started", step: "one", key, cause: { why: "new" } }, graph);
  take({ type: "waiting", step: "one", holder: "process 7" }, graph);
  take({ type: "progress", step: "one", fraction: 0.5, message: "half" }, graph);
  assert.equal(states().size, 0);
});

Deno.test("each end of a step is its state, with all that is known of it", () => {
  const { states, take } = stepStates();
  const problem = { code: "step-failed", message: "no", place: { path: "" } } as const;
  take({ type: "hit", step: "one", key, outcome }, graph);
  take({ type: "ran", step: "two", key, cause: { why: "new" }, outcome }, graph);
  take({ type: "failed", step: "file", seconds: 2.5, problem }, graph);
  take({ type: "skipped", step: "three", because: "not started" }, graph);
  const { seconds } = outcome.provenance;
  const node = (name: string) => graph.node(name)!;
  assert.deepEqual(Object.fromEntries(states()), {
    file: { node: node("file"), status: "failed", cause: "no", seconds: 2.5 },
    one: { node: node("one"), status: "hit", key, seconds, outcome },
    two: { node: node("two"), status: "ran", cause: "nothing recorded", key, seconds, outcome },
    three: { node: node("three"), status: "skipped", cause: "not started" },
  });
  take({ type: "ran", step: "two", key, cause: { why: "forced" }, outcome }, graph);
  assert.equal(states().get("two")!.cause, "forced");
  take({ type: "failed", step: "three", seconds: 1, key, problem, outcome }, graph);
  assert.deepEqual(states().get("three"), {
    ...{ node: node("three"), status: "failed", cause: "no", seconds: 1, key, outcome },
  });
  assert.deepEqual([...states().keys()], ["file", "one", "two", "three"]);
  take({ type: "skipped", step: "nobody", because: "not started" }, graph);
  take({ type: "noticed", sentence: "odd" }, graph);
  assert.equal(states().size, 4);
});
