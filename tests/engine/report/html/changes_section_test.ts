import assert from "node:assert/strict";
import type { Facts } from "../../../../engine/facts.ts";
import { changesSection } from "../../../../engine/report/html/changes_section.ts";
import { fakeOps, type FakeStep, graphOf } from "../../run/support/fake.ts";
import { texts } from "../support/parse_html.ts";
import { model, shownSection, stepDocument, subject } from "../support/subject.ts";
import { assertLookedAt } from "../support/looked_at.ts";
import { rich } from "../support/rich.ts";

const ops = fakeOps();
const facts = (...established: string[]): Facts => ({
  kind: "model",
  learned: true,
  established,
});
const steps: readonly FakeStep[] = [
  { name: "first", op: ops.constant, params: { value: 1 }, facts: facts() },
  {
    name: "pruned-cut",
    op: ops.add,
    inputs: { number: "first" },
    params: { ratio: 0.5 },
    facts: facts("zeros"),
  },
  { name: "pruned", op: ops.add, inputs: { number: "pruned-cut" }, facts: facts() },
  { name: "measured", op: ops.score, inputs: { model: "pruned" } },
];
const graph = graphOf(steps);
const told = { effect: { formats: { a: "int8" } } };

Deno.test("what neither notes nor warns is left out, and so is what makes no model", () => {
  const quiet = steps.map(({ name }) => stepDocument(name));
  assert.equal(changesSection(subject(graph, { document: { steps: quiet } })), undefined);
  const measured = [stepDocument("measured", { warnings: ["odd"] }), stepDocument("unknown")];
  assert.equal(changesSection(subject(graph, { document: { steps: measured } })), undefined);
});

Deno.test("a training's score is that of the task of the data that the step reads", () => {
  const dataset: Facts = { kind: "dataset", task: "classification" };
  const trained = graphOf([
    ...steps.slice(0, 1),
    { name: "data", op: ops.constant, facts: dataset },
    { name: "student", op: ops.add, inputs: { number: "first", data: "data" } },
    { name: "other", op: ops.add, inputs: { number: "first" } },
  ]);
  const history = [{ epoch: 1, loss: 1, validation: 0.5, terms: [] }];
  const labels = (name: string) => {
    const document = { steps: [stepDocument(name, { notes: { training: { history } } })] };
    return texts(shownSection(changesSection(subject(trained, { document }))), ".measure");
  };
  assert.ok(labels("student").includes("accuracy on validation samples"));
  assert.ok(labels("other").includes("score on validation samples"));
});

Deno.test("a step says what it is called, what it does, how it was made, what it warns of", () => {
  const document = { steps: [stepDocument("pruned-cut", { warnings: ["it was odd"] })] };
  const page = shownSection(changesSection(subject(graph, { document })));
  assert.deepEqual(texts(page, "h3"), ["pruned, just cut add 0.5 · made now in 2.0 s"]);
  assert.deepEqual(texts(page, ".warn"), ["it was odd"]);
});

Deno.test("figures that the step changed are there, before and after, zeros where it makes some", () => {
  const models = [
    model("first", { accuracy: 0.9, parameters: 100, nonzero: 100, macs: 7 }),
    model("pruned-cut", { accuracy: 0.8, parameters: 50, nonzero: 25, macs: 7 }),
    model("pruned", { accuracy: 0.8, parameters: 50, nonzero: 20 }),
  ];
  const moved = (name: string) => {
    const document = { models, steps: [stepDocument(name, { notes: told })] };
    return texts(shownSection(changesSection(subject(graph, { document }))), ".move");
  };
  assert.deepEqual(moved("pruned-cut"), [
    "accuracy 90.0 % → 80.0 % −10.0 pt",
    "parameters 100 → 50 ÷ 2.00",
    "nonzero 100 → 25 ÷ 4.00",
  ]);
  assert.deepEqual(moved("pruned"), []);
  assert.deepEqual(moved("first"), [], "it changed no other");
});

Deno.test("more than a dozen steps are folded, each under its name", () => {
  const many = (count: number) => {
    const names = Array.from({ length: count }, (_, at) => `s${at}`);
    const graph = graphOf(names.map((name) => ({ name, op: ops.constant })));
    const document = { steps: names.map((name) => stepDocument(name, { notes: told })) };
    return shownSection(changesSection(subject(graph, { document })));
  };
  assert.deepEqual(texts(many(12), "summary"), []);
  assert.deepEqual(texts(many(13), "details > summary").slice(0, 2), ["s0", "s1"]);
  assert.equal(texts(many(13), "details > .quiet")[0], "constant · made now in 2.0 s");
});

Deno.test("the section is, letter for letter, the one that was looked at", async () => {
  await assertLookedAt("changes", changesSection(rich)!.body, ["training"]);
});

Deno.test("of a large run as much is told as has room, and how many there are besides", () => {
  const folded = { steps: [], models: 0, expect: { met: 0, missed: 0 }, problems: 0 };
  const long = "x".repeat(400_000);
  const all = ["first", "pruned-cut", "pruned"].map((name) =>
    stepDocument(name, { warnings: [long] })
  );
  const told = (more: object) =>
    texts(
      shownSection(changesSection(subject(graph, { document: { steps: all, ...more } }))),
      "body",
    ).join(
      " ",
    );
  assert.match(told({ folded }), /and 1 more$/);
  assert.doesNotMatch(told({}), /and 1 more$/);
  const few = told({ folded, steps: all.slice(0, 2) });
  assert.doesNotMatch(few, / more$/);
});
