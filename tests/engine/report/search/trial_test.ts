import assert from "node:assert/strict";
import { failedTrial, scoredTrial } from "../../../../engine/report/search/trial.ts";
import { fakeOps, graphOf } from "../../run/support/fake.ts";
import { claimed, measured, outcome, statesOf } from "../support/subject.ts";
import { plan } from "./plans.ts";

const ops = fakeOps();

/** A trial of a model that measured that, under these claims. */
function scored(
  metrics: object,
  claims: readonly string[] = [],
  more: Parameters<typeof plan>[0] = {},
) {
  const graph = graphOf(
    [{ name: "a", op: ops.constant }, { name: "a-test", op: ops.score, inputs: { model: "a" } }],
    { result: "a", expect: claims.map((text) => claimed(text)) },
  );
  const states = statesOf(graph, {
    a: { outcome: outcome(), seconds: 3 },
    "a-test": { ...measured(metrics), seconds: 4, status: "hit" },
  });
  return scoredTrial(plan(more), [1], { graph, states });
}

const bytes = { raw: 1, encoded: 2000, gzip: 1, format: "tfjs" };

Deno.test("a trial has its values, what it came to, its model, and the seconds of what ran for it", () => {
  const { metrics, ...trial } = scored({ bytes, loss: 1 });
  assert.deepEqual(trial, {
    point: [1],
    values: { x: 20 },
    value: 2000,
    score: 2000,
    violation: 0,
    where: [],
    result: outcome().artifact.digest,
    seconds: 3,
  });
  assert.deepEqual(metrics, { bytes, loss: 1, metrics: {} });
});

Deno.test("what is made large scores the less the larger it is", () => {
  assert.equal(scored({ bytes }, [], { direction: "maximize" }).score, -2000);
});

Deno.test("a trial in which the metric was not measured came to nothing", () => {
  const trial = scored({ loss: 1 });
  assert.deepEqual(
    [trial.score, trial.violation, trial.value, trial.failed],
    [Infinity, Infinity, undefined, "`result.bytes` was not measured"],
  );
});

Deno.test("a claim that is missed counts by its share of the greater side, one of nothing counts whole", () => {
  const violation = (...claims: string[]) =>
    scored({ bytes, loss: 4, agreement: 0 }, claims).violation;
  assert.equal(violation("result.loss < 5"), 0);
  assert.equal(violation("result.loss < 1"), 0.75);
  assert.equal(violation("result.loss > 5"), 0.2);
  assert.equal(violation("result.loss < 1", "result.loss > 5"), 0.95);
  assert.equal(violation("result.latency < 1 s"), 1);
  assert.equal(violation("result.agreement > 0 %"), Number.EPSILON);
  assert.equal(violation("result.loss < 4"), Number.EPSILON);
});

Deno.test("a trial that failed is worse than any, and says why", () => {
  assert.deepEqual(failedTrial(plan(), [2], "it broke"), {
    point: [2],
    values: { x: 30 },
    score: Infinity,
    violation: Infinity,
    where: [],
    seconds: 0,
    failed: "it broke",
  });
});
