import assert from "node:assert/strict";
import type { PointDocument } from "../../../../engine/report/document.ts";
import { tableSection } from "../../../../engine/report/html/table_section.ts";
import { fakeOps, graphOf } from "../../run/support/fake.ts";
import { rows, texts } from "../support/parse_html.ts";
import { model, shownSection, stepDocument, subject } from "../support/subject.ts";
import { assertLookedAt } from "../support/looked_at.ts";
import { rich, sweptAndSearched } from "../support/rich.ts";

const ops = fakeOps();
const names = ["a", "b", "c", "d"];
const graph = graphOf(
  names.flatMap((name) => [
    { name, op: ops.constant },
    { name: `${name}-test`, op: ops.score, inputs: { model: name } },
  ]),
  { result: "b" },
);
const recalled = (date: string) => ({ recalled: { date, host: "vm" } });
const steps = [
  stepDocument("a-test", { metrics: model("a") }),
  stepDocument("b-test", { metrics: model("b"), ...recalled("2026-01-01T00:00:00Z") }),
  stepDocument("c-test", { metrics: model("c"), ...recalled("2026-01-02T00:00:00Z") }),
];

Deno.test("without a measured model there is no table", () => {
  assert.equal(tableSection(subject(graph, { document: { steps } })), undefined);
});

Deno.test("each model says when it was measured, and the result is marked once", () => {
  const table = {
    head: ["model", "accuracy"],
    rows: [["a", "1 %"], ["b  result", "2 %"], ["d", "3 %"]],
    notes: ["as measured"],
  };
  const models = ["a", "b", "d"].map((name) => model(name));
  const section = tableSection(subject(graph, { table, document: { steps, models } }))!;
  assert.equal(section.title, "Models");
  const page = shownSection(section);
  assert.deepEqual(texts(page, "th"), ["model", "accuracy", "measured (UTC)"]);
  assert.deepEqual(rows(page, "table"), [
    "a | 1 % | now",
    "b result | 2 % | 2026-01-01 00:00, vm",
    "d | 3 % | –",
  ]);
  assert.deepEqual(texts(page, "mark"), ["result"]);
  assert.deepEqual(texts(page, "p"), ["as measured"]);
});

Deno.test("a point of a sweep says when its repeats were measured; the models are folded below", () => {
  const point = (...results: string[]): PointDocument => ({ values: {}, results, pareto: false });
  const table = { head: ["width"], rows: [["1"], ["2"], ["3"], ["4"]], notes: [], left: 1 };
  const points = [point("a"), point("a", "b"), point("a", "b", "c"), point("d")];
  const models = ["a", "b"].map((name) => model(name, { loss: 1 }));
  const section = tableSection(subject(graph, { table, document: { steps, models, points } }))!;
  assert.equal(section.title, "Points");
  const page = shownSection(section);
  const written = [...page.querySelectorAll("main > .scroll")].length;
  assert.equal(written, 1);
  assert.deepEqual(rows(page, "main > .scroll table"), [
    "1 | now",
    "2 | now; 2026-01-01 00:00, vm",
    "3 | now and 2 others",
    "4 | ",
  ]);
  assert.deepEqual(texts(page, "summary"), ["all 2 models"]);
  assert.deepEqual(rows(page, "details table"), [
    "a | 1.00 | now",
    "b result | 1.00 | 2026-01-01 00:00, vm",
  ]);
});

Deno.test("the section is, letter for letter, the one that was looked at", async () => {
  await assertLookedAt("models", tableSection(rich)!.body);
  await assertLookedAt("points", tableSection(sweptAndSearched)!.body, ["models"]);
});

Deno.test("how many models of a large run are listed is said", () => {
  const folded = { steps: [], models: 9, expect: { met: 0, missed: 0 }, problems: 0 };
  const models = [model("a"), model("b")];
  const told = (more: object) =>
    texts(
      shownSection(tableSection(subject(graph, {
        document: { steps, models, points: [], ...more },
      }))),
      "body",
    ).join(" ");
  assert.match(told({}), /all 2 models/);
  assert.match(told({ folded }), /2 of 11 models/);
});
