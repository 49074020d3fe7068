import assert from "node:assert/strict";
import type { RunDocument } from "../../../../engine/report/document.ts";
import { outcomeSection, pageHeader, sizePart } from "../../../../engine/report/html/headline.ts";
import { fakeOps, graphOf } from "../../run/support/fake.ts";
import { texts } from "../support/parse_html.ts";
import {
  model,
  runDocument,
  shown,
  shownSection,
  stepDocument,
  subject,
} from "../support/subject.ts";
import { assertLookedAt } from "../support/looked_at.ts";
import { rich } from "../support/rich.ts";

type Row = Parameters<typeof sizePart>[0];

const row = (encoded: number): Row =>
  ({ name: "teacher", bytes: { raw: 1, encoded, gzip: 1, format: "tfjs" } }) as Row;

Deno.test("a size is so many times less, or more, or the same", () => {
  assert.equal(
    sizePart(row(1000), row(4000)),
    "takes 1.00 kB as tfjs, 4.0 times less than teacher",
  );
  assert.equal(
    sizePart(row(4000), row(1000)),
    "takes 4.00 kB as tfjs, 4.0 times more than teacher",
  );
  assert.equal(sizePart(row(1000), row(1000)), "takes 1.00 kB as tfjs, as much as teacher");
});

const ops = fakeOps();
const graph = graphOf(
  [{ name: "teacher", op: ops.constant }, { name: "small", op: ops.constant }],
  { reference: "teacher", result: "small" },
);
const head = (document: Partial<RunDocument>) => shown(pageHeader(subject(graph, { document })));
const claim = (...models: ReturnType<typeof model>[]) => texts(head({ models }), ".claim")[0];
const bytes = (encoded: number, more = {}) => ({
  raw: 1,
  encoded,
  gzip: 1,
  format: "onnx",
  ...more,
});

Deno.test("the claim says how large the result is, how good, and how often both answer alike", () => {
  assert.equal(claim(), "No result was measured.");
  assert.equal(claim(model("small")), "small was made.");
  assert.equal(
    claim(
      model("small", { accuracy: 0.95, samples: 100, agreement: 0.5, bytes: bytes(1000) }),
      model("teacher", { accuracy: 0.97, bytes: bytes(2000) }),
    ),
    "small takes 1.00 kB as onnx, 2.0 times less than teacher and is right on 95.0 ±4.5 % of " +
      "100 samples, 2 points less than teacher. They answer alike on 50.0 %.",
  );
  assert.equal(claim(model("small", { agreement: 0.5, loss: 0.25 })), "small has agrees 50.0 %.");
  assert.equal(claim(model("small", { loss: 0.25 })), "small has loss 0.250.");
});

Deno.test("a difference of accuracy is one point or several, more or less, or none", () => {
  const against = (accuracy: number) =>
    claim(model("small", { accuracy }), model("teacher", { accuracy: 0.5 }));
  assert.equal(against(0.51), "small is right on 51.0 %, 1 point more than teacher.");
  assert.equal(against(0.488), "small is right on 48.8 %, 1.2 points less than teacher.");
  assert.equal(against(0.5004), "small is right on 50.0 %, as often as teacher.");
});

Deno.test("a model as it was loaded takes what its own files take", () => {
  assert.equal(
    claim(model("small", { bytes: bytes(1000, { own: true }) })),
    "small takes 1.00 kB in the files it was loaded from.",
  );
});

Deno.test("a sweep says how many points were tried and how many of them are the best", () => {
  const swept = (...best: boolean[]) => {
    const points = best.map((pareto) => ({ values: {}, results: [], pareto }));
    return texts(head({ points }), ".claim")[0];
  };
  assert.equal(swept(false), "1 point was tried.");
  assert.equal(
    swept(true, false, true),
    "3 points were tried. No other is as good in every respect as the 2 marked ◆.",
  );
});

Deno.test("the first figures stand apart, each against the reference where it has it", () => {
  const models = [
    model("teacher", { accuracy: 0.5, parameters: 10 }),
    model("small", { accuracy: 0.6, parameters: 10, latency: 2 }),
  ];
  const tiles = (document: Partial<RunDocument>) => texts(head(document), ".tiles div");
  assert.deepEqual(tiles({ models }), [
    "accuracy60.0 %+10.0 pt from 50.0 %",
    "parameters10same from 10",
    "latency2.00 ms",
  ]);
  assert.deepEqual(tiles({ models: models.slice(0, 1) }), []);
});

Deno.test("numbers that were recalled are said to be, and from when", () => {
  const line = (...steps: RunDocument["steps"]) => texts(head({ steps }), ".quiet").at(-1)!;
  const hit = (name: string, date: string) =>
    stepDocument(name, { status: "hit", recalled: { date, host: "vm" } });
  assert.match(line(stepDocument("a")), /Every number was measured in this run\.$/);
  assert.match(
    line(hit("a", "2026-01-01T00:00:00Z")),
    /1 was recalled from 2026-01-01 00:00 UTC; each number says which\.$/,
  );
  assert.match(
    line(hit("a", "2026-01-02T00:00:00Z"), hit("b", "2026-01-01T00:00:00Z")),
    /2 were recalled from 2026-01-01 00:00 UTC to 2026-01-02 00:00 UTC; each number says which\.$/,
  );
});

Deno.test("what went wrong stands above what was expected, and what was odd below", () => {
  const expectation = { left: 1, right: 2, place: undefined } as never as RunDocument["expect"][0];
  const page = shownSection(outcomeSection(runDocument({
    problems: [
      { code: "failed", message: "it broke" },
      { code: "failed", message: "it broke again", help: "mend it" },
    ] as never,
    expect: [
      { ...expectation, claim: "a > b", met: true, sentence: "so it is" },
      { ...expectation, claim: "a < b", met: false, sentence: "so it is not" },
    ],
    steps: [stepDocument("one", { warnings: ["odd"] })],
  })));
  assert.deepEqual(texts(page, "li"), [
    "✗it brokefailed",
    "✗it broke againmend it",
    "✓a > bso it is",
    "✗a < bso it is not",
    "!oddone",
  ]);
  assert.deepEqual(
    [...page.querySelectorAll("li")].map((each) => each.getAttribute("class")),
    ["bad", "bad", "good", "bad", "warn"],
  );
});

Deno.test("the section is, letter for letter, the one that was looked at", async () => {
  await assertLookedAt("head", pageHeader(rich));
  await assertLookedAt("claims", outcomeSection(rich.document).body);
});

Deno.test("what a large run does not list is counted with what it lists", () => {
  const left = { op: "add", version: 1, status: "hit", count: 7, seconds: 1, bytes: 1 } as const;
  const folded = { steps: [left], models: 0, expect: { met: 2, missed: 1 }, problems: 4 };
  const section = shownSection(outcomeSection(runDocument({ folded, problems: [problem] })));
  assert.ok(texts(section, "body").join(" ").includes("7 more are not listed."));
  const words = (document: Partial<RunDocument>) =>
    texts(shown(pageHeader(subject(graph, { document }))), "body").join(" ");
  assert.match(words({ folded }), /7 were recalled\./);
  const recalled = { date: "2026-01-01T00:00:00Z", host: "vm" };
  const steps = [stepDocument("a", { status: "hit", recalled })];
  assert.match(words({ folded, steps }), /8 were recalled from 2026-01-01/);
});

const problem = { code: "step-failed", message: "no", place: { path: "" } } as const;
