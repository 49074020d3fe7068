import assert from "node:assert/strict";
import { runDocument as documentOf } from "../../../../engine/report/document.ts";
import { foldedDocument } from "../../../../engine/report/folded/fold_document.ts";
import { foldedText, stepCount } from "../../../../engine/report/folded/folded.ts";
import { reportHtml } from "../../../../engine/report/html/report_html.ts";
import { closingLine, reportMarkdown } from "../../../../engine/report/report.ts";
import { runTable } from "../../../../engine/report/run_table.ts";
import { jsonText } from "../../../../engine/quote.ts";
import type { Point } from "../../../../engine/recipe/recipe.ts";
import type { StepState } from "../../../../engine/run/step_state.ts";
import { fakeOps, type FakeStep, graphOf, nowhere } from "../../run/support/fake.ts";
import { training } from "../support/rich.ts";
import {
  measured,
  model,
  outcome,
  runDocument,
  statesOf,
  stepDocument,
  subject,
} from "../support/subject.ts";

const many = (count: number, more: Parameters<typeof stepDocument>[1] = {}) =>
  Array.from({ length: count }, (_, at) => stepDocument(`s${at}`, more));
const long = "x".repeat(2000);

Deno.test("a run of 1000 steps is written whole, and one of more whose rows have room", () => {
  const whole = runDocument({ steps: many(1000, { cause: long }) });
  assert.equal(foldedDocument(whole), whole);
  const short = runDocument({ steps: many(1001) });
  assert.equal(foldedDocument(short), short);
});

Deno.test("of a larger one as many steps are listed as have room, and the others counted by what is alike", () => {
  const steps = [
    ...many(900, { cause: long, op: "grow", status: "ran", seconds: 0.5 }),
    ...many(300, { cause: long, op: "measure", status: "skipped" }),
  ].map((step, at) => ({ ...step, name: `s${at}` }));
  const document = foldedDocument(runDocument({ steps }));
  const { folded } = document;
  const listed = document.steps.length;
  assert.ok(listed > 500 && listed < 750, `${listed}`);
  assert.deepEqual(document.steps, steps.slice(0, listed), "in their order");
  const { artifact, version } = steps[0]!;
  const count = 900 - listed;
  assert.deepEqual(folded!.steps.map(({ op, status, count }) => [op, status, count]), [
    ["grow", "ran", count],
    ["measure", "skipped", 300],
  ]);
  const [grown] = folded!.steps;
  assert.deepEqual(
    [grown!.version, grown!.seconds, grown!.bytes],
    [version, Math.round(500 * count) / 1000, count * (artifact?.bytes ?? 0)],
  );
  assert.deepEqual([stepCount(document), stepCount(document, "ran")], [1200, 900]);
  assert.equal(stepCount({ steps }, "skipped"), 300);
  const size = jsonText({ steps: document.steps }).length;
  assert.ok(size > 1_490_000 && size < 1_510_000, `${size}`);
});

Deno.test("what failed, what warns and what is best is listed wherever it stands", () => {
  const steps = many(3000, { cause: long }).map((step, at) => ({
    ...step,
    ...at === 2990 ? { status: "failed" as const } : {},
    ...at === 2980 ? { warnings: ["odd"] } : {},
  }));
  const models = Array.from(
    { length: 3000 },
    (_, at) => model(`s${at}`, { metrics: { [long]: 1 } }),
  );
  const point = (at: number, pareto: boolean) => ({ values: {}, results: [`s${at}`], pareto });
  const points = [point(2970, true), point(2960, false)];
  const expect = Array.from({ length: 3000 }, (_, at) => ({
    ...{ claim: long, left: 1, right: 1, sentence: `${at}`, place: { path: "" } },
    met: at < 2999,
  }));
  const problems = Array.from(
    { length: 3000 },
    (_, at) => ({ code: "step-failed", message: `${at} ${long}`, place: { path: "" } }) as const,
  );
  const document = foldedDocument(
    runDocument({ steps, models, points, result: "s2950", expect, problems }),
  );
  const names = new Set(document.steps.map(({ name }) => name));
  for (const at of [2990, 2980, 2970, 2950, 0]) assert.ok(names.has(`s${at}`), `s${at}`);
  assert.ok(!names.has("s2960"));
  const measured = document.models.map(({ name }) => name);
  assert.deepEqual([measured[0], ...measured.slice(-2)], ["s0", "s2950", "s2970"]);
  const claims = document.expect;
  assert.equal(claims.at(-1)!.met, false);
  assert.deepEqual(document.folded!.expect, { met: 3000 - claims.length, missed: 0 });
  assert.equal(document.problems[0]!.message.slice(0, 2), "0 ");
  assert.equal(document.folded!.problems, 3000 - document.problems.length);
  assert.equal(document.folded!.models, 3000 - measured.length);
  assert.match(closingLine(document), /of 3000 steps ran .* 1 failed\. 1 of 3000 expectations is/);
  const none = foldedDocument(
    runDocument({ steps, expect: expect.map((each) => ({ ...each, met: false })) }),
  );
  assert.equal(none.folded!.expect.missed, 3000 - none.expect.length);
  assert.match(closingLine(none), /3000 of 3000 expectations are not met/);
});

/** A sweep of 500 points of 40 steps that all ended so. */
function large(ended: (op: string) => Partial<StepState>) {
  const { constant, add, score } = fakeOps();
  const steps: FakeStep[] = [];
  const points: Point[] = [];
  for (let at = 0; at < 500; at++) {
    const name = (own: string) => `${own}[ratio=0.35,seed=${at}]`;
    steps.push({ name: name("begun"), op: constant, params: { value: at } });
    for (let step = 1; step < 39; step++) {
      const inputs = { number: name(step === 1 ? "begun" : `trained-${step - 1}`) };
      steps.push({ name: name(`trained-${step}`), op: add, inputs, params: { amount: 1 } });
    }
    const result = name("trained-38");
    steps.push({ name: name("test"), op: score, inputs: { model: result } });
    points.push({ values: { ratio: 0.35, seed: at }, names: { m: result }, result });
  }
  const graph = graphOf(steps, { sweep: { points, pareto: ["result.bytes"] } });
  const states = statesOf(
    graph,
    Object.fromEntries(graph.nodes.map(({ step, op }) => [step.name, ended(op.name)])),
  );
  const document = documentOf({ graph, ending: "done", problems: [] }, states, {
    ...{ date: "2026-11-24T14:05:00.000Z", seconds: 1, environment: nowhere, expect: [] },
  });
  return { graph, states, document };
}

const confusion = Array.from({ length: 10 }, () => new Array(10).fill(100));
const ends: Readonly<Record<string, (op: string) => Partial<StepState>>> = {
  "that ran": (op) =>
    op === "evaluate"
      ? measured({ accuracy: 0.9, samples: 1000, confusion })
      : { key: "0".repeat(64) as never, outcome: outcome(op === "add" ? { training } : {}) },
  "that failed or were skipped": (op) =>
    op === "constant"
      ? { status: "failed", cause: "it does not begin" }
      : { status: "skipped", cause: "not started: what it reads is missing" },
};

for (const [what, ended] of Object.entries(ends)) {
  Deno.test(`reports of 20,000 steps ${what} take less than 5 MB, and say what they leave out`, () => {
    const { graph, states, document } = large(ended);
    assert.equal(document.steps.length, 20_000);
    const written = foldedDocument(document);
    const left = 20_000 - written.steps.length;
    assert.ok(left > 10_000 && written.steps.length > 100);
    const all = subject(graph, {
      ...{ document: written, table: runTable(graph, states) },
      outcomes: new Map(
        [...states].flatMap(([name, { outcome }]) => outcome ? [[name, outcome]] : []),
      ),
    });
    const texts = {
      json: jsonText(written),
      md: reportMarkdown(graph, written, states),
      html: reportHtml(all),
    };
    for (const [name, text] of Object.entries(texts)) {
      const bytes = new TextEncoder().encode(text).byteLength;
      assert.ok(bytes > 50_000 && bytes < 5e6, `${name}: ${bytes}`);
    }
    const [first] = written.folded!.steps;
    assert.ok(texts.md.includes(foldedText(first!)));
    assert.match(texts.html, new RegExp(foldedText(first!).replaceAll("`", ".{1,5}")));
    for (const text of [texts.md, texts.html]) assert.match(text, /of 20000 steps ran/);
  });
}
