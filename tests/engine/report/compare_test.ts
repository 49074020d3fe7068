import assert from "node:assert/strict";
import { compareRuns as compared } from "../../../engine/report/compare.ts";
import { metrics } from "../metrics.ts";
import { comparisonText } from "../../../engine/report/comparison_tables.ts";
import type { RunDocument, StepDocument } from "../../../engine/report/document.ts";
import { nowhere } from "../run/support/fake.ts";

const step = (name: string, digest: string, rest: Partial<StepDocument> = {}): StepDocument => ({
  name,
  op: "train",
  version: 1,
  reads: {},
  params: {},
  status: "ran",
  key: `key of ${digest}`,
  artifact: { digest, kind: "model", bytes: 1 },
  notes: {},
  warnings: [],
  ...rest,
});

const run = (steps: readonly StepDocument[], rest: Partial<RunDocument> = {}): RunDocument => ({
  format: 1,
  recipe: "one",
  ok: true,
  date: "2026-01-02T03:04:05.000Z",
  seconds: 1,
  environment: nowhere,
  steps,
  models: [],
  result: null,
  expect: [],
  problems: [],
  ...rest,
});

const compareRuns = (a: RunDocument, b: RunDocument) => compared(a, b, metrics);
const why = (a: StepDocument, b: StepDocument) => compareRuns(run([a]), run([b])).steps;

Deno.test("a step that is the same in both is not listed", () => {
  assert.deepEqual(why(step("a", "1"), step("a", "1")), []);
});

Deno.test("a step differs by what it was told", () => {
  const before = {
    ratio: 0.5,
    layers: ["a", "b"],
    loss: [{ use: "labels", weight: 1 }],
    rate: 0.1,
  };
  const after = {
    ratio: 0.7,
    layers: ["a"],
    loss: [{ use: "labels", weight: 0.5 }],
    rate: { use: "cosine", start: 0.1 },
  };
  assert.deepEqual(why(step("a", "1", { params: before }), step("a", "2", { params: after })), [{
    step: "a",
    what: "result",
    why: [
      "ratio 0.5 → 0.7",
      'layers ["a","b"] → ["a"]',
      "loss.0.weight 1 → 0.5",
      'rate 0.1 → {"use":"cosine","start":0.1}',
    ],
  }]);
});

Deno.test("of a field that one run alone has it is said that the other has none", () => {
  const params = { layers: { first: "a" } };
  const [bare, told] = [step("a", "1"), step("a", "2", { params: { ...params, seed: 3 } })];
  const none = step("a", "3", { params: { layers: null, seed: "x" } });
  assert.deepEqual(why(bare, told)[0]!.why, ['layers none → {"first":"a"}', "seed none → 3"]);
  assert.deepEqual(why(told, bare)[0]!.why, ['layers {"first":"a"} → none', "seed 3 → none"]);
  assert.deepEqual(why(told, none)[0]!.why, ['layers {"first":"a"} → null', "seed 3 → x"]);
});

Deno.test("a step differs because what it reads does, and so do those behind it", () => {
  const chain = (first: string, rest: string) => [
    step("a", first, { params: { seed: Number(first) } }),
    step("b", `b${rest}`, { reads: { model: "a" } }),
    step("c", `c${rest}`, { reads: { models: ["a", "b"] } }),
  ];
  const { steps } = compareRuns(run(chain("1", "1")), run(chain("2", "2")));
  assert.deepEqual(steps.map(({ step, why }) => [step, why]), [
    ["a", ["seed 1 → 2"]],
    ["b", ["a differs"]],
    ["c", ["a differs", "b differs"]],
  ]);
});

Deno.test("another way to the same bytes ends the wave", () => {
  const [a, b] = ["x", "y"].map((key) => [
    step("a", "1", { key, params: { threads: key } }),
    step("b", "2", { reads: { model: "a" } }),
  ]);
  assert.deepEqual(compareRuns(run(a!), run(b!)).steps, [
    { step: "a", what: "way", why: ["threads x → y"] },
  ]);
});

Deno.test("where nothing that was told differs, the reason is one of few", () => {
  const key = "one key";
  const clock = { op: "measure", metrics: { latency: 1, metrics: {} } };
  const reason = (a: Partial<StepDocument>, b: Partial<StepDocument>) =>
    why(step("a", "1", a), step("a", "2", b))[0]!.why.join();
  assert.equal(reason({ key }, { key }), "nothing that is recorded: it is not reproducible");
  assert.equal(reason({}, {}), "a source differs");
  assert.equal(reason(clock, clock), "a clock was read twice");
  assert.equal(reason({ version: 1 }, { version: 2 }), "version 1 → 2");
  assert.equal(reason({ op: "train" }, { op: "distill" }), "op train → distill");
  const { artifact: _artifact, ...failed } = step("a", "1", { status: "failed" });
  assert.deepEqual(why(failed, step("a", "1"))[0]!.why, ["A did not finish it"]);
  const newer = { environment: { ...nowhere, numerics: 2 } };
  assert.deepEqual(
    compareRuns(run([step("a", "1")]), run([step("a", "2")], newer)).steps[0]!.why,
    ["numerics 1 → 2"],
  );
});

Deno.test("steps of one run alone are named", () => {
  const { steps } = compareRuns(run([step("a", "1")]), run([step("b", "1")]));
  assert.deepEqual(steps.map(({ step, what }) => [step, what]), [
    ["a", "only in A"],
    ["b", "only in B"],
  ]);
});

Deno.test("the text shows figures that differ, and says what does not", () => {
  const model = (name: string, accuracy: number, encoded: number) => ({
    name,
    accuracy,
    bytes: { raw: 4000, encoded, gzip: 90, format: "tfjs" },
    metrics: { recall: { "3": accuracy } },
  });
  const a = run([], { models: [model("teacher", 0.9, 1000), model("student", 0.8, 500)] });
  const b = run([], {
    recipe: "two",
    ok: false,
    models: [model("teacher", 0.9, 1000), model("student", 0.85, 250)],
  });
  assert.equal(
    comparisonText(compareRuns(a, b), metrics),
    `A one, 2026-01-02 03:04 UTC on nowhere
B two, 2026-01-02 03:04 UTC on nowhere, not ok
model    figure         A       B  difference
student  accuracy  80.0 %  85.0 %     +5.0 pt
student  bytes      500 B   250 B      ÷ 2.00
  The same in both: teacher.
Every step is the same in both.
`,
  );
});

Deno.test("results of other names are compared as results", () => {
  const of = (name: string, accuracy: number) =>
    run([], { result: name, models: [{ name, accuracy, metrics: {} }] });
  const { figures } = compareRuns(of("pruned", 0.8), of("quantized", 0.7));
  assert.deepEqual(figures.at(-1), {
    model: "result: pruned | quantized",
    figure: "accuracy",
    a: 0.8,
    b: 0.7,
  });
});

Deno.test("what a document of a large run does not list is not said to be missing from it", () => {
  const left = { op: "train", version: 1, status: "ran", count: 7, seconds: 1, bytes: 1 } as const;
  const folded = { steps: [left], models: 1, expect: { met: 0, missed: 0 }, problems: 0 };
  const row = (name: string) => ({ name, loss: 1, metrics: {} });
  const whole = run([step("a", "1"), step("b", "1")], { models: [row("a"), row("b")] });
  const large = run([step("a", "2")], { models: [row("a")], folded });
  const ways = [compareRuns(whole, large), compareRuns(large, whole)];
  for (const { steps, figures } of ways) {
    assert.deepEqual(steps.map(({ step, what }) => `${step} ${what}`), ["a result"]);
    assert.deepEqual(figures.map(({ model }) => model), ["a"]);
  }
  assert.deepEqual([ways[0]!.a.unlisted, ways[0]!.b.unlisted], [undefined, 7]);
  const models = { ...large, folded: { ...folded, models: 0 } };
  assert.equal(compareRuns(whole, models).figures.length, 2, "a model that was not measured");
});
