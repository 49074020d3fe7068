import assert from "node:assert/strict";
import type { Key } from "../../../engine/digest.ts";
import type { Graph } from "../../../engine/graph/graph.ts";
import { isRunDocument, refusalDocument, runDocument } from "../../../engine/report/document.ts";
import type { StepState } from "../../../engine/run/step_state.ts";
import { fakeOps, graphOf, nowhere } from "../run/support/fake.ts";
import {
  measured,
  outcome,
  runDocument as sound,
  statesOf,
  stepDocument,
} from "./support/subject.ts";

const ops = fakeOps();
const graph = graphOf(
  [
    { name: "a", op: ops.constant, params: { value: 1 } },
    { name: "b", op: ops.add, inputs: { number: "a" }, references: { "list.0.of": "a" } },
    { name: "b-test", op: ops.score, inputs: { model: "b" } },
    { name: "later", op: ops.constant },
  ],
  { result: "b" },
);

function document(
  ended: Readonly<Record<string, Partial<StepState>>>,
  more: Partial<Parameters<typeof runDocument>[2]> = {},
  ending: "done" | "failed" = "done",
  of: Graph = graph,
) {
  return runDocument({ graph: of, ending, problems: [] }, statesOf(of, ended), {
    date: "2026-01-02T03:04:05.000Z",
    seconds: 3,
    environment: nowhere,
    expect: [],
    ...more,
  });
}

Deno.test("a step says what it reads, by input and by parameter, what it made and how", () => {
  const made = outcome({ effect: "little" }, { warnings: ["odd"] });
  const { steps } = document({
    a: { outcome: made, key: "k" as Key, seconds: 2, cause: "forced" },
    b: { outcome: made, status: "hit", seconds: 1 },
    "b-test": measured({ loss: 2 }),
  });
  const artifact = { digest: made.artifact.digest, kind: "model", bytes: 10 };
  assert.deepEqual(steps.slice(0, 2), [
    {
      name: "a",
      op: "constant",
      version: 1,
      reads: {},
      params: { value: 1 },
      status: "ran",
      cause: "forced",
      key: "k",
      seconds: 2,
      artifact,
      notes: { effect: "little" },
      warnings: ["odd"],
    },
    {
      name: "b",
      op: "add",
      version: 1,
      reads: { number: "a", "list.0.of": "a" },
      params: {},
      status: "hit",
      seconds: 1,
      artifact,
      notes: { effect: "little" },
      warnings: ["odd"],
      recalled: { date: made.provenance.date, host: "nowhere" },
    },
  ]);
  assert.deepEqual(steps[2]!.metrics, { loss: 2, metrics: {} });
  assert.equal(steps.length, 3, "of a step that was not begun nothing is said");
});

Deno.test("a step that failed made nothing, noted nothing and is recalled from nowhere", () => {
  const [step] = document({ a: { status: "failed", cause: "it broke" } }).steps;
  assert.deepEqual(step, stepDocumentOf({ status: "failed", cause: "it broke" }));
});

function stepDocumentOf(more: object) {
  const { seconds: _, ...rest } = stepDocument("a", { params: { value: 1 } });
  return { ...rest, ...more };
}

Deno.test("a run is sound when it is done and everything expected is met", () => {
  const claim = (met: boolean) =>
    ({ claim: "a", met, left: 1, right: 1, sentence: "", place: undefined }) as never;
  assert.equal(document({}).ok, true);
  assert.equal(document({}, {}, "failed").ok, false);
  assert.equal(document({}, { expect: [claim(true), claim(false)] }).ok, false);
  assert.equal(document({}, { expect: [claim(true)] }).ok, true);
});

Deno.test("what there is none of is not in the document, and the result may be null", () => {
  const plain = document({});
  assert.deepEqual(
    ["points", "search", "exports", "settings"].filter((name) => name in plain),
    [],
  );
  assert.equal(plain.result, "b");
  assert.equal(document({}, {}, "done", graphOf([])).result, null);
  const exports = [{ step: "e", folder: "tfjs", files: [] }];
  const full = document({}, { exports, set: { "a.value": 2 } });
  assert.deepEqual([full.exports, full.settings], [exports, { "a.value": 2 }]);
});

Deno.test("the points of a sweep have their results, means and the spread of their accuracy", () => {
  const point = (seed: number, result: string) => ({ values: { x: 1, seed }, names: {}, result });
  const swept = graphOf(
    [
      ...["a", "b"].map((name) => ({ name, op: ops.constant })),
      ...["a", "b"].map((name) => ({
        name: `${name}-test`,
        op: ops.score,
        inputs: { model: name },
      })),
    ],
    { sweep: { points: [point(1, "a"), point(2, "b")], pareto: ["result.accuracy"] } },
  );
  const { points } = document(
    { "a-test": measured({ accuracy: 0.25 }), "b-test": measured({ accuracy: 0.75 }) },
    {},
    "done",
    swept,
  );
  assert.deepEqual(points, [{
    values: { x: 1 },
    results: ["a", "b"],
    pareto: true,
    metrics: { accuracy: 0.5, metrics: {} },
    deviation: Math.sqrt(0.125),
  }]);
  assert.deepEqual(document({}, {}, "done", swept).points, [
    { values: { x: 1 }, results: ["a", "b"], pareto: false },
  ]);
});

Deno.test("JSON is a run's document where a comparison could read it", () => {
  const step = stepDocument("a", {
    reads: { model: "b", students: ["c"] },
    metrics: { metrics: {} },
  });
  const bytes = { raw: 1, encoded: 1, gzip: 1, format: "tfjs" };
  const model = {
    name: "a",
    loss: 1,
    bytes,
    confusion: [[1]],
    timing: { in: "x", runtime: "X", low: 1, high: 2, batch: 1, threads: 1, repeats: 1 },
    metrics: { recall: { "3": 1 }, mae: 2 },
    intervals: { mae: [1, 3] as const },
  };
  const good = sound({ steps: [step], models: [model], result: "a" });
  assert.equal(isRunDocument(JSON.parse(JSON.stringify(good))), true);
  const broken: readonly object[] = [
    { format: 2 },
    { recipe: 1 },
    { ok: "yes" },
    { date: 1 },
    { environment: {} },
    { environment: null },
    { result: 1 },
    { steps: {} },
    { steps: [{ ...step, name: 1 }] },
    { steps: [{ ...step, op: 1 }] },
    { steps: [{ ...step, reads: { model: 1 } }] },
    { steps: [{ ...step, artifact: {} }] },
    { steps: [{ ...step, metrics: { metrics: {}, loss: "1" } }] },
    { models: [{ ...model, loss: "1" }] },
    { models: [{ ...model, bytes: { ...bytes, raw: "1" } }] },
    { models: [{ ...model, metrics: null }] },
    { models: [{ ...model, metrics: { recall: { "3": "1" } } }] },
    { models: [{ ...model, metrics: { mae: "1" } }] },
    { models: [{ ...model, intervals: { mae: ["1", 3] } }] },
    { models: [{ ...model, intervals: { mae: 1 } }] },
  ];
  for (const each of broken) {
    assert.equal(isRunDocument({ ...good, ...each }), false, JSON.stringify(each));
  }
  for (const none of [null, undefined, 1, "a", []]) assert.equal(isRunDocument(none), false);
});

Deno.test("where nothing could be run the problems are all there is", () => {
  const problems = [{ code: "step-failed" as const, message: "no", place: { path: "" } }];
  assert.deepEqual(refusalDocument(problems), { format: 1, ok: false, problems });
});

Deno.test("a document has the sources of a run where there are any", () => {
  const sources = [{ source: "./a", sha256: "11" }];
  assert.deepEqual(document({}, { sources }).sources, sources);
  assert.ok(!("sources" in document({}, { sources: [] })));
  assert.ok(!("sources" in document({})));
});
