import assert from "node:assert/strict";
import { notebookProgress, progressFold } from "../../../engine/notebook/progress.ts";
import type { RunEvent } from "../../../engine/run/event.ts";
import type { Graph } from "../../../engine/graph/graph.ts";
import { parsed, texts, unpaired } from "../report/support/parse_html.ts";
import { fakeOps, graphOf } from "../run/support/fake.ts";
import { sample } from "../store/contract.ts";
import { events, run } from "./flowers.ts";

Deno.test("progress says how many steps are done, which one goes on, and what came of each", () => {
  const fold = progressFold();
  const lines = events.map((event) => {
    fold.take(...event);
    return fold.bundle()["text/plain"];
  });
  const count = run.steps.length;
  assert.equal(lines[0], `flowers: 0 of ${count} steps`);
  assert.ok(
    lines.some((line) => /^flowers: 2 of \d+ steps, model \d+ % epoch \d/.test(line!)),
    lines.join("\n"),
  );
  assert.equal(lines.at(-1), `flowers: ${count} of ${count} steps`);
  const page = parsed(fold.bundle()["text/html"]!);
  assert.deepEqual(texts(page, ".steps .name"), run.steps.map(({ name }) => name));
  assert.equal(page.querySelector("progress")!.getAttribute("value"), "1");
});

/** A graph that has none of the steps that are named: what is told here needs none. */
const nowhere = { node: () => undefined } as unknown as Graph;

Deno.test("of trials at once the one that was begun last is shown, and what is noticed in any", () => {
  const fold = progressFold();
  const lines = (event: object): string[] => {
    fold.take(event as RunEvent, nowhere);
    return fold.bundle()["text/plain"]!.split("\n");
  };
  for (const number of [1, 2]) lines({ type: "trial", number, values: { width: number } });
  lines({ type: "compiled", recipe: "cats", steps: 4, trial: 2 });
  lines({ type: "compiled", recipe: "dogs", steps: 5, trial: 1 });
  assert.deepEqual(lines({ type: "started", step: "a", trial: 1 })[0], "cats: 0 of 4 steps");
  assert.match(lines({ type: "started", step: "b", trial: 2 })[0]!, /^cats: 0 of 4 steps, b/);
  assert.ok(lines({ type: "noticed", sentence: "slow", trial: 1 }).includes("slow"));
});

Deno.test("trials of a search begin anew, and the best so far stays below them", () => {
  const fold = progressFold();
  const line = (event: unknown) => {
    fold.take(event as RunEvent, nowhere);
    return fold.bundle()["text/plain"]!.split("\n");
  };
  line({ type: "compiled", recipe: "cats", steps: 4 });
  assert.deepEqual(line({ type: "trial", number: 1, values: { width: 8 } }), [
    "cats: 0 of 4 steps",
    "trial 1: width=8",
  ]);
  line({ type: "scored", number: 1, best: true, sentence: "accuracy 0.9" });
  assert.deepEqual(line({ type: "trial", number: 2, values: { width: 16 } }), [
    "cats: 0 of 4 steps",
    "trial 2: width=16",
    "the best so far is trial 1: accuracy 0.9",
  ]);
  line({ type: "scored", number: 2, best: false, sentence: "worse" });
  assert.ok(!line({ type: "noticed", sentence: "slow" }).includes("worse"));
  assert.deepEqual(line({ type: "trial", number: 3, values: { width: 32 } }), [
    "cats: 0 of 4 steps",
    "trial 3: width=32",
    "the best so far is trial 1: accuracy 0.9",
  ]);
  assert.deepEqual(line({ type: "decided", sentence: "trial 1 wins" }), [
    "cats: 0 of 4 steps",
    "trial 1 wins",
  ]);
});

Deno.test("a step that waits says for whom", () => {
  const fold = progressFold();
  fold.take({ type: "compiled", recipe: "cats", steps: 2 } as RunEvent, nowhere);
  fold.take({ type: "waiting", step: "model", holder: "process 7" } as RunEvent, nowhere);
  assert.equal(fold.bundle()["text/plain"], "cats: 0 of 2 steps, model 0 % waits for process 7");
});

Deno.test("progress alone is drawn at most every 150 ms, what happens to a step at once", async () => {
  const shown: string[] = [];
  const { listen, settled } = notebookProgress({
    display: () => Promise.resolve(),
    broadcast: (_type, { data }) => {
      shown.push((data as Record<string, string>)["text/plain"]!);
      return Promise.resolve();
    },
  });
  const tell = (event: unknown) => listen(event as RunEvent, nowhere);
  tell({ type: "compiled", recipe: "cats", steps: 2 });
  tell({ type: "started", step: "a", key: "k", cause: { why: "new" } });
  for (const fraction of [0.25, 0.5, 0.75]) {
    tell({ type: "progress", step: "a", fraction, message: "" });
  }
  await settled();
  assert.deepEqual(shown, [
    "cats: 0 of 2 steps",
    "cats: 0 of 2 steps, a 0 %",
    "cats: 0 of 2 steps, a 75 %",
  ]);
});

const ops = fakeOps();
const graph = graphOf([
  { name: "one", op: ops.constant, params: { value: 1 } },
  { name: "three", op: ops.add, inputs: { number: "one" }, params: { amount: 2 } },
  { name: "three-test", op: ops.score, inputs: { model: "three" } },
]);
const { outcome } = sample();
const compiled = { type: "compiled", recipe: "cats", steps: 4 };

/** What is shown after these events: the text, and the page. */
function shownAfter(...events: unknown[]) {
  const fold = progressFold();
  for (const event of events) fold.take(event as RunEvent, graph);
  const { "text/plain": text, "text/markdown": markdown, "text/html": page } = fold.bundle();
  const html = parsed(page!);
  return {
    text,
    markdown,
    html,
    source: page!,
    bar: html.querySelector("progress")!.getAttribute("value"),
  };
}

Deno.test("each step that ended has a row: its mark, what it did, what came of it, how long it took", () => {
  const made = { ...outcome, notes: { effect: "halved" } };
  const problem = { code: "step-failed", message: "`three` failed: no", place: { path: "" } };
  const { text, html, bar } = shownAfter(
    compiled,
    { type: "hit", step: "one", key: "k", outcome: { ...outcome, notes: {} } },
    { type: "started", step: "three", key: "k", cause: { why: "new" } },
    { type: "ran", step: "three", key: "k", cause: { why: "new" }, outcome: made },
    { type: "failed", step: "three", seconds: 1, problem },
    { type: "skipped", step: "three-test", because: "not started" },
  );
  assert.equal(text, "cats: 4 of 4 steps");
  assert.equal(bar, "1");
  assert.deepEqual(texts(html, ".steps .name"), ["one", "three", "three", "three-test"]);
  assert.deepEqual(texts(html, ".steps .action"), ["constant", "add", "add", "evaluate"]);
  assert.deepEqual(texts(html, ".steps .came"), [
    "",
    "halved",
    "`three` failed: no",
    "not started",
  ]);
  assert.deepEqual(texts(html, ".steps .clock"), ["cached", "1.5 s", "failed", "not done"]);
  assert.deepEqual(
    [...html.querySelectorAll(".steps li")].map((row) => row.getAttribute("class")),
    ["hit", "ran", "failed", "skipped"],
  );
  // What a step read leads into its row.
  assert.match([...html.querySelectorAll(".steps li path")][0]!.getAttribute("d")!, /V40$/);
});

Deno.test("what came of a step is its parts with a point between", () => {
  const notes = { effect: { kept: 3, scheme: "int8" } };
  const { html } = shownAfter(compiled, {
    type: "ran",
    step: "one",
    key: "k",
    cause: { why: "new" },
    outcome: { ...outcome, notes },
  });
  assert.deepEqual(texts(html, ".steps .came"), ["kept 3.00 · scheme int8"]);
});

Deno.test("the step that goes on is told in whole percents, and counts for its part of the bar", () => {
  const going = (fraction: number, message: string) =>
    shownAfter(
      compiled,
      { type: "hit", step: "one", key: "k", outcome },
      { type: "progress", step: "three", fraction, message },
    );
  assert.equal(going(0.999, "epoch 9").text, "cats: 1 of 4 steps, three 99 % epoch 9");
  assert.equal(going(0.5, "").text, "cats: 1 of 4 steps, three 50 %");
  assert.deepEqual([going(0.5, "").bar, going(0.123, "").bar], ["0.375", "0.281"]);
  const { text, bar } = shownAfter(compiled, {
    type: "started",
    step: "one",
    key: "k",
    cause: { why: "new" },
  });
  assert.deepEqual([text, bar], ["cats: 0 of 4 steps, one 0 %", "0"]);
  assert.equal(shownAfter().bar, "0");
  assert.equal(shownAfter().text, ": 0 of 0 steps");
  const done = shownAfter(
    compiled,
    { type: "progress", step: "one", fraction: 0.5, message: "" },
    { type: "hit", step: "one", key: "k", outcome },
  );
  assert.deepEqual([done.text, done.bar], ["cats: 1 of 4 steps", "0.25"]);
});

Deno.test("what is on its way to and from shared stores is told behind the steps", () => {
  const moving = { type: "transferring", text: "fetching 1 MB of 2 MB" } as const;
  assert.equal(shownAfter(compiled, moving).text, "cats: 0 of 4 steps; fetching 1 MB of 2 MB");
  assert.equal(shownAfter(compiled, moving, { ...moving, text: "" }).text, "cats: 0 of 4 steps");
});

Deno.test("notices stand below, in each form", () => {
  const { text, markdown, html, source } = shownAfter(
    compiled,
    { type: "noticed", sentence: "The cache is read-only" },
    { type: "noticed", sentence: "So it is" },
  );
  assert.equal(text, "cats: 0 of 4 steps\nThe cache is read-only\nSo it is");
  assert.equal(markdown, "cats: 0 of 4 steps\n\nThe cache is read-only\n\nSo it is");
  assert.deepEqual(texts(html, "p.quiet"), ["The cache is read-only", "So it is"]);
  assert.deepEqual(unpaired(source), []);
  assert.deepEqual(texts(html, "p"), ["cats: 0 of 4 steps", "The cache is read-only", "So it is"]);
  assert.equal(html.querySelector("progress")!.getAttribute("max"), "1");
});

Deno.test("a new trial, and what has won, begin without the rows of the trial before", () => {
  const hit = { type: "hit", step: "one", key: "k", outcome };
  for (
    const next of [
      { type: "trial", number: 2, values: { width: 8 } },
      { type: "decided", sentence: "trial 1 wins" },
    ]
  ) {
    const { html, text } = shownAfter(compiled, hit, { type: "noticed", sentence: "old" }, next);
    assert.deepEqual(texts(html, ".steps .name"), []);
    assert.ok(!text!.includes("old"));
  }
});

Deno.test("progress is drawn again once 150 ms have passed, and every other event at once", async () => {
  const { now } = performance;
  let time = 1000;
  const shown: string[] = [];
  try {
    performance.now = () => time;
    const { listen, settled } = notebookProgress({
      display: () => Promise.resolve(),
      broadcast: (_type, { data }) => {
        shown.push((data as Record<string, string>)["text/plain"]!);
        return Promise.resolve();
      },
    });
    const at = (when: number, event: unknown) => {
      time = when;
      listen(event as RunEvent, graph);
    };
    const going = (fraction: number) => ({ type: "progress", step: "one", fraction, message: "" });
    at(1000, going(0.1));
    at(1149, going(0.2));
    at(1150, going(0.3));
    at(1151, { type: "transferring", text: "fetching" });
    at(1155, { type: "transferring", text: "" });
    at(1160, { type: "noticed", sentence: "slow" });
    at(1170, { type: "transferring", text: "sending" });
    at(1309, going(0.4));
    at(1310, going(0.5));
    performance.now = now;
    await settled();
  } finally {
    performance.now = now;
  }
  const told = shown.map((text) => /(\d+ %.*)/.exec(text)![1]);
  assert.deepEqual(told, ["10 %", "30 %", "30 %", "30 %", "50 %; sending", "50 %; sending"]);
});
