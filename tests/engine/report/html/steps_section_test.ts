import assert from "node:assert/strict";
import type { StepDocument } from "../../../../engine/report/document.ts";
import { stepRows, stepsSection } from "../../../../engine/report/html/steps_section.ts";
import { fakeOps, graphOf } from "../../run/support/fake.ts";
import { texts } from "../support/parse_html.ts";
import { outcome, shownSection, stepDocument, subject } from "../support/subject.ts";
import { assertLookedAt } from "../support/looked_at.ts";
import { rich } from "../support/rich.ts";

const ops = fakeOps();
const graph = graphOf([
  { name: "one", op: ops.constant, params: { value: 1 } },
  { name: "two", op: ops.add, inputs: { number: "one" }, params: { epochs: 3 } },
]);
const rowsOf = (...steps: StepDocument[]) =>
  stepRows(
    subject(graph, {
      document: { steps },
      outcomes: new Map([["two", outcome({ effect: "nothing much" })]]),
    }),
  );

Deno.test("a row says what a step read, does, came to, and its share of the longest", () => {
  const steps = [
    stepDocument("one", {
      status: "hit",
      seconds: 1,
      recalled: { date: "2026-01-02T03:04:05Z", host: "vm" },
    }),
    stepDocument("two", { seconds: 4 }),
  ];
  assert.deepEqual(rowsOf(...steps), [
    {
      name: "one",
      reads: [],
      mark: "hit",
      action: "constant",
      came: "",
      clock: "1.0 s",
      share: 0.25,
      title: "recalled from 2026-01-02 03:04, vm; it took 1.0 s",
    },
    {
      name: "two",
      reads: ["one"],
      mark: "ran",
      action: "add 3 epochs",
      came: "nothing much",
      clock: "4.0 s",
      share: 1,
      title: "made now in 4.0 s",
    },
  ]);
});

Deno.test("a step that was not done has no time, and where all took none there is no longest", () => {
  const { seconds: _, ...skipped } = stepDocument("one", {
    status: "skipped",
    cause: "one failed",
  });
  const [row] = rowsOf(skipped);
  assert.deepEqual([row!.clock, row!.share, row!.title], ["not done", 0, "one failed"]);
  assert.deepEqual(rowsOf(), [], "steps of which no document says anything");
});

Deno.test("many steps are folded, and the marks are explained", () => {
  const many = (count: number) => {
    const names = Array.from({ length: count }, (_, at) => `s${at}`);
    const graph = graphOf(names.map((name) => ({ name, op: ops.constant })));
    const steps = names.map((name) => stepDocument(name));
    return shownSection(stepsSection(subject(graph, { document: { steps } })));
  };
  assert.deepEqual(texts(many(60), "summary"), []);
  assert.deepEqual(texts(many(61), "summary"), ["61 steps"]);
  assert.match(texts(many(1), "p")[0]!, /^ran now recalled: the seconds are those of the run/);
  assert.equal(stepsSection(subject(graph)), undefined);
});

Deno.test("the section is, letter for letter, the one that was looked at", async () => {
  await assertLookedAt("steps", stepsSection(rich)!.body);
});

Deno.test("steps that are not listed are counted below those that are", () => {
  const left = { op: "add", version: 1, status: "ran", count: 7, seconds: 1, bytes: 1 } as const;
  const folded = { steps: [left], models: 0, expect: { met: 0, missed: 0 }, problems: 0 };
  const text = texts(
    shownSection(stepsSection(subject(graph, {
      document: { steps: [stepDocument(graph.nodes[0]!.step.name)], folded },
    }))),
    "body",
  ).join(" ");
  assert.match(text, /7 more of `add` ran/);
});
