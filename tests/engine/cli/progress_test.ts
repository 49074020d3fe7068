import assert from "node:assert/strict";
import { progress, runListener, warnings } from "../../../engine/cli/progress.ts";
import type { Terminal } from "../../../engine/cli/terminal.ts";
import type { Key } from "../../../engine/digest.ts";
import type { RunEvent } from "../../../engine/run/event.ts";
import { fakeOps, graphOf } from "../run/support/fake.ts";
import { numbers } from "../run/search/numbers.ts";
import { sample } from "../store/contract.ts";

function screen(live: boolean) {
  const lines: string[] = [];
  const rewritten: string[] = [];
  const terminal: Terminal = {
    out: () => assert.fail("progress is no result"),
    err: (text) => void lines.push(text),
    rewrite: (line) => void rewritten.push(line),
    live,
    columns: 80,
  };
  return { lines, rewritten, terminal, show: progress(terminal) };
}

const ops = fakeOps();
const graph = graphOf([
  { name: "one", op: ops.constant, params: { value: 1 } },
  { name: "three", op: ops.add, inputs: { number: "one" }, params: { amount: 2 } },
]);
const compiled = { type: "compiled", recipe: "numbers", steps: 2 } as const;
const key = sample().key as Key;
const outcome = { ...sample().outcome, warnings: ["mind the gap"] };

Deno.test("each step that ended has one line, with its warnings, whether it ran or was recalled", () => {
  const { lines, rewritten, show } = screen(false);
  show(compiled, graph);
  show({ type: "hit", step: "one", key, outcome: { ...outcome, warnings: ["it is thin"] } }, graph);
  show({ type: "started", step: "three", key, cause: { why: "new" } }, graph);
  show({ type: "progress", step: "three", fraction: 0.5, message: "half" }, graph);
  show({ type: "ran", step: "three", key, cause: { why: "new" }, outcome }, graph);
  show(compiled, graph);
  assert.equal(
    lines.join(""),
    `numbers  seed 0  ·  2 steps
  = one    constant  cached, saved 1.5 s
    warning: it is thin
  ✓ three  add       1.5 s
    warning: mind the gap
`,
  );
  assert.deepEqual(rewritten, []);
});

Deno.test("warnings about the recipe are said once, at their place", () => {
  const { lines, show } = screen(false);
  const place = { source: "r.yaml", line: 3, column: 5, length: 1, path: "x" };
  const warned = {
    ...graph,
    diagnostics: [
      { code: "order", severity: "warning", message: "this comes late", path: "x", place },
      { code: "order", severity: "note", message: "never mind", path: "x" },
    ],
  } as const;
  show(compiled, warned);
  show(compiled, warned);
  assert.deepEqual(lines.slice(1), ["  warning: this comes late (r.yaml:3:5)\n"]);
});

Deno.test("what a trial of a search is warned of is said, once for all trials", () => {
  const { lines, show } = screen(false);
  const late = {
    code: "order",
    severity: "warning",
    message: "this comes late",
    path: "x",
  } as const;
  const { recipe } = numbers({
    over: { x: [1, 2] },
    minimize: "result.bytes",
    budget: { trials: 2 },
    strategy: "grid",
  });
  const search = recipe.expand().search!;
  for (const number of [1, 2]) {
    show({ type: "trial", search, recipe: "numbers", number, values: { x: number } }, graph);
    show(compiled, { ...graph, diagnostics: [late] });
    show({ type: "hit", step: "three", key, outcome }, graph);
  }
  const said = lines.filter((line) => line.includes("warning"));
  assert.deepEqual(said, ["  warning: this comes late\n", "    warning: mind the gap\n"]);
});

Deno.test("quiet hides progress and no warning; a document says all itself", () => {
  const said: string[] = [];
  const terminal = { ...screen(true).terminal, err: (text: string) => void said.push(text) };
  const late = {
    code: "order",
    severity: "warning",
    message: "this comes late",
    path: "x",
  } as const;
  const { onEvent } = runListener({ terminal, options: { quiet: [""] } });
  onEvent!(compiled, { ...graph, diagnostics: [late] });
  onEvent!(compiled, { ...graph, diagnostics: [late] });
  onEvent!({ type: "started", step: "three", key, cause: { why: "new" } }, graph);
  onEvent!({ type: "hit", step: "one", key, outcome }, graph);
  onEvent!({ type: "ran", step: "three", key, cause: { why: "new" }, outcome }, graph);
  onEvent!(
    { type: "skipped", step: "three", because: "not started: an earlier step failed" },
    graph,
  );
  assert.deepEqual(said, [
    "warning: this comes late\n",
    "warning: one: mind the gap\n",
    "warning: three: mind the gap\n",
  ]);
  assert.deepEqual(runListener({ terminal, options: { quiet: [""], json: [""] } }), {});
});

Deno.test("on a terminal the running step is shown in place, not at every event", () => {
  const { rewritten, show } = screen(true);
  show(compiled, graph);
  show({ type: "started", step: "three", key, cause: { why: "new" } }, graph);
  for (let i = 0; i < 1000; i++) {
    show({ type: "progress", step: "three", fraction: i / 1000, message: "going" }, graph);
  }
  const shown = rewritten.filter((line) => line !== "");
  assert.match(shown[0]!, /▸ three {2}add/);
  assert.ok(shown.length < 50, `${shown.length} of 1001 events were drawn`);
});

Deno.test("what failed, was skipped, waits or is noticed has a line too", () => {
  const { lines, show } = screen(false);
  const problem = { code: "source" as const, message: "m", place: { path: "" } };
  show({ type: "waiting", step: "one", holder: "process 7, which is computing it" }, graph);
  show({ type: "failed", step: "one", seconds: 2, problem }, graph);
  show({ type: "skipped", step: "three", because: "not started: an earlier step failed" }, graph);
  show({ type: "noticed", sentence: "the cache is read-only" }, graph);
  assert.equal(
    lines.join(""),
    `  … one  waits for process 7, which is computing it
  ✗ one  failed after 2.0 s
  · three  not started: an earlier step failed
  note: the cache is read-only
`,
  );
});

Deno.test("of trials at once each line says which it is of, and where each runs is known apart", () => {
  const { lines, rewritten, show } = screen(true);
  const { recipe } = numbers({
    over: { x: [1, 2] },
    minimize: "result.bytes",
    budget: { trials: 2 },
    strategy: "grid",
  });
  const search = recipe.expand().search!;
  const quiet = { ...outcome, warnings: [] };
  for (const number of [1, 2]) {
    show({ type: "trial", search, recipe: "numbers", number, values: { x: number } }, graph);
    show({ ...compiled, trial: number }, graph);
  }
  const [one, made] = ["one", { cause: { why: "new" }, outcome: quiet }] as const;
  const progress = (trial: number, host: string) =>
    ({ type: "progress", step: one, fraction: 0.5, message: "half", trial, host }) as const;
  lines.length = 0;
  show(progress(1, "mill"), graph);
  assert.match(rewritten.at(-1)!, /▸ trial 1: one .* on mill$/);
  lines.length = 0;
  show({ type: "waiting", step: "three", holder: "another", trial: 2 }, graph);
  show(progress(2, "anvil"), graph);
  assert.match(rewritten.at(-1)!, /▸ trial 2: one .* on anvil, 2 run on 2 machines$/);
  show({ type: "ran", step: one, key, trial: 2, ...made }, graph);
  show(progress(1, "mill"), graph);
  assert.match(rewritten.at(-1)!, /▸ trial 1: one .* on mill$/);
  const problem = { code: "step-failed", message: "no" };
  show({ type: "failed", step: one, seconds: 2, problem, trial: 1 } as RunEvent, graph);
  show({ type: "skipped", step: "three", because: "not now", trial: 1 }, graph);
  show({ type: "scored", number: 1, sentence: "failed: no", best: false }, graph);
  // One is left: it needs no name.
  show({ type: "hit", step: "three", key: "k" as Key, outcome: quiet, trial: 2 }, graph);
  show({ type: "scored", number: 2, sentence: "result.bytes 6 kB", best: true }, graph);
  assert.equal(
    lines.join(""),
    `  … trial 2: three  add       waits for another
  ✓ trial 2: one    constant  1.5 s
  ✗ trial 1: one    constant  failed after 2.0 s
  · trial 1: three  add       not now
    trial 1: failed: no
  = three  add       cached, saved 1.5 s
  ◆ result.bytes 6 kB
`,
  );
});

Deno.test("what was given up when the best is decided is not named any more", () => {
  const { lines, show } = screen(false);
  const search = numbers({ over: { x: [1, 2] }, minimize: "result.bytes", budget: { trials: 2 } })
    .recipe.expand().search!;
  for (const number of [1, 2]) {
    show({ type: "trial", search, recipe: "numbers", number, values: { x: number } }, graph);
  }
  show({ type: "decided", sentence: "the best is trial 1" }, graph);
  show({ type: "trial", search, recipe: "numbers", number: 3, values: { x: 3 } }, graph);
  lines.length = 0;
  show({ type: "scored", number: 3, sentence: "good", best: true }, graph);
  assert.deepEqual(lines, ["  ◆ good\n"]);
});

Deno.test("a search is headed by what it is for, each trial by its values, and the best is marked", () => {
  const { lines, show } = screen(false);
  const { recipe } = numbers({
    over: { x: [1, 2] },
    minimize: "result.bytes",
    budget: { trials: 2 },
    strategy: "grid",
  }, { seed: 4 });
  const search = recipe.expand().search!;
  const trial = (number: number, x: number) =>
    ({ type: "trial", search, recipe: "numbers", number, values: { x } }) as const;
  const quiet = { ...outcome, warnings: [] };
  show(trial(1, 5), graph);
  show(compiled, graph);
  show({ type: "ran", step: "one", key, cause: { why: "new" }, outcome: quiet }, graph);
  show({ type: "scored", number: 1, sentence: "result.bytes 5 kB", best: true }, graph);
  show(trial(2, 6), graph);
  show(compiled, graph);
  show({ type: "hit", step: "one", key, outcome: quiet }, graph);
  show({ type: "hit", step: "three", key: "k" as Key, outcome: quiet }, graph);
  show({ type: "hit", step: "three", key: "k" as Key, outcome: quiet }, graph);
  show({ type: "scored", number: 2, sentence: "result.bytes 6 kB", best: false }, graph);
  show({ type: "decided", sentence: "the best is trial 1" }, graph);
  assert.equal(
    lines.join(""),
    `numbers  seed 4  ·  minimize result.bytes
  grid over x, 2 points: at most 2 trials
trial 1  x=5
  ✓ one    constant  1.5 s
  ◆ result.bytes 5 kB
trial 2  x=6
  = three  add       cached, saved 1.5 s
    result.bytes 6 kB
the best is trial 1
`,
  );
});

Deno.test("what runs is rewritten at most every 100 ms, with a bar and what is left, and cleared for a line", () => {
  const { now } = performance;
  let time = 5000;
  const drawn: string[] = [];
  const terminal: Terminal = {
    out: () => assert.fail("progress is no result"),
    err: (text) => void drawn.push(text),
    rewrite: (line) => void drawn.push(`<${line}>`),
    live: true,
    columns: 80,
  };
  const show = progress(terminal, () => 64e6);
  try {
    performance.now = () => time;
    const at = (when: number, event: unknown) => {
      time = when;
      show(event as RunEvent, graph);
    };
    const going = (fraction: number, more: object = {}) => ({
      type: "progress",
      step: "three",
      fraction,
      message: "epoch 1",
      ...more,
    });
    show(compiled, graph);
    at(5000, { type: "started", step: "three", key, cause: { why: "new" } });
    at(5099, going(0.1));
    at(5100, going(0.15));
    at(6100, going(0.25, { samples: 800 }));
    at(9000, going(1.2));
    at(9001, { type: "noticed", sentence: "odd" });
    at(9102, going(-1));
    at(9210, { type: "transferring", text: "fetching 1 MB of 2 MB" });
    at(9320, going(0.5));
    at(9430, { type: "transferring", text: "" });
    // A step goes on of whose beginning nothing was told, and that somebody knows.
    at(10300, { type: "expected", step: "one", seconds: 40 });
    at(10401, { ...going(0.1), step: "one" });
  } finally {
    performance.now = now;
  }
  const three = "  ▸ three  add       ";
  const one = "  ▸ one    constant  ";
  const bar = (full: number) => "█".repeat(full) + "·".repeat(20 - full);
  assert.deepEqual(drawn, [
    "<>",
    "numbers  seed 0  ·  2 steps\n",
    `<${three}>`,
    `<${three}epoch 1 ${bar(3)}  15 %  64.0 MB>`,
    `<${three}epoch 1 ${bar(5)}  25 %  7.5 s left  80 samples/s  64.0 MB>`,
    `<${three}epoch 1 ${bar(20)} 120 %  0.00 s left  262 samples/s  64.0 MB>`,
    "<>",
    "  note: odd\n",
    `<${three}epoch 1 ${bar(0)} -100 %  64.0 MB>`,
    `<${three}epoch 1 ${bar(0)} -100 %  64.0 MB  ⇅ fetching 1 MB of 2 MB>`,
    `<${three}epoch 1 ${bar(10)}  50 %  64.0 MB  ⇅ fetching 1 MB of 2 MB>`,
    `<${three}epoch 1 ${bar(10)}  50 %  64.0 MB>`,
    `<${one}epoch 1 ${bar(2)}  10 %  36 s left  64.0 MB>`,
  ]);
});

Deno.test("a step that runs elsewhere is shown with its machine, and how many others do", () => {
  const { rewritten, show } = screen(true);
  const { now } = performance;
  let time = 0;
  try {
    performance.now = () => time += 1000;
    const going = (step: string, host: string) =>
      show({ type: "progress", step, fraction: 0.01, message: "half", host }, graph);
    show(compiled, graph);
    going("one", "anvil");
    going("three", "anvil");
    going("three", "forge");
    show({ type: "ran", step: "one", key, cause: { why: "new" }, outcome }, graph);
    going("three", "forge");
  } finally {
    performance.now = now;
  }
  const shown = rewritten.filter((line) => line !== "").map((line) => line.split("%")[1]);
  assert.deepEqual(shown, [
    "  on anvil",
    "  on anvil, 2 run on it",
    "  on forge, 2 run on 2 machines",
    "  on forge",
  ]);
});

Deno.test("a step that came to nothing but a guess is told once, as what it measured", () => {
  const { lines, show } = screen(false);
  const problem = { code: "at-chance" as const, message: "m", place: { path: "" } };
  show({ type: "failed", step: "one", seconds: 2, problem }, graph);
  assert.deepEqual(lines, []);
});

Deno.test("a warning of the recipe without a place is said without one, also to the quiet", () => {
  const said: string[] = [];
  const terminal = { ...screen(true).terminal, err: (text: string) => void said.push(text) };
  const late = { code: "order", severity: "warning", message: "late", path: "x" } as const;
  const place = { source: "r.yaml", line: 3, column: 5, length: 1, path: "x" };
  const listen = warnings(terminal);
  listen(compiled, {
    ...graph,
    diagnostics: [late, { ...late, message: "there", place }, { ...late, severity: "error" }],
  });
  assert.deepEqual(said, ["warning: late\n", "warning: there (r.yaml:3:5)\n"]);
});
