import assert from "node:assert/strict";
import { notebookProgress, progressFold } from "../../../engine/notebook/progress.ts";
import type { RunEvent } from "../../../engine/run/event.ts";
import type { Graph } from "../../../engine/graph/graph.ts";
import { parsed, texts } from "../report/parse_html.ts";
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
