/** How a graph becomes a run: what is claimed of it, what is written, and how it has ended. */
import assert from "node:assert/strict";
import { opSet } from "../../../engine/op.ts";
import { recipeOf } from "../../../engine/library/open_recipe.ts";
import { beginning, finishRun, runGraph } from "../../../engine/library/run_graph.ts";
import type { RunGraphOptions } from "../../../engine/library/run.ts";
import { memoryStore } from "../../../engine/store/memory_store.ts";
import { execute } from "../../../engine/run/execute.ts";
import { Interruption } from "../../../engine/run/problem.ts";
import { stepStates } from "../../../engine/run/step_state.ts";
import { writeVersion } from "../../faults/out_driver.ts";
import { filesUnder } from "../../faults/small_cache.ts";
import { fakeOps, nowhere } from "../run/support/fake.ts";

const ops = opSet(Object.values(fakeOps()));
const STEPS = [
  { op: "constant", as: "one", value: 1 },
  { op: "add", as: "three", number: "one", amount: 2 },
  { op: "evaluate", as: "three-test", model: "three" },
];
const FAILING = [STEPS[0], { op: "fail", as: "lost", number: "one" }, {
  op: "evaluate",
  model: "lost",
}];

/** Runs steps of numbers in a store of their own. */
async function ran(steps: unknown, more: object = {}, options: Partial<RunGraphOptions> = {}) {
  const recipe = recipeOf({ name: "numbers", steps, ...more }, "/", ops);
  const graph = await recipe.compile();
  return await runGraph(graph, {
    store: memoryStore(),
    environment: nowhere,
    ops,
    ...options,
  });
}

Deno.test("a run that is done has its steps, models, table and lock", async () => {
  const types: string[] = [];
  const before = new Date().toISOString();
  const run = await ran(STEPS, { expect: ["three.bytes <= 3 kB"] }, {
    onEvent: ({ type }) => void types.push(type),
  });
  assert.deepEqual([run.ok, run.ending, run.problems, run.written], [true, "done", [], []]);
  assert.deepEqual(run.steps.map(({ name, status }) => `${name} ${status}`), [
    "one ran",
    "three ran",
    "three-test ran",
  ]);
  assert.equal(run.steps, run.report.steps);
  assert.equal(run.models, run.report.models);
  assert.deepEqual(run.expect.map(({ claim, met }) => [claim, met]), [
    ["three.bytes <= 3 kB", true],
  ]);
  assert.deepEqual(run.lock?.steps.map(({ name }) => name), ["one", "three", "three-test"]);
  assert.equal(run.lock?.settings, undefined);
  assert.equal(await run.model("result").value(), 3);
  assert.equal(run.table.rows.length, 1);
  assert.ok(run.report.date >= before && run.report.date <= new Date().toISOString());
  assert.ok(run.report.seconds >= 0 && run.report.seconds < 60);
  assert.equal(run.report.environment, nowhere);
  assert.deepEqual([types[0], types.filter((type) => type === "ran").length], ["compiled", 3]);
  assert.ok(!("search" in run.report));
});

Deno.test("the seconds of a run are those since it began, to the millisecond", async () => {
  const graph = await recipeOf({ name: "numbers", steps: STEPS }, "/", ops).compile();
  const store = memoryStore();
  const { states, take } = stepStates();
  const execution = await execute(graph, { store, environment: nowhere, onEvent: take });
  const begun = { ...beginning(), at: performance.now() - 5000.25 };
  const { report } = await finishRun(execution, states(), { begun, store, environment: nowhere });
  assert.ok(report.seconds >= 5 && report.seconds < 60, `${report.seconds}`);
  assert.equal(report.seconds, Math.round(1000 * report.seconds) / 1000);
  assert.equal(report.date, begun.date);
});

Deno.test("a claim that is not met ends a run as an unmet expectation, and it is locked all the same", async () => {
  const run = await ran(STEPS, { expect: ["three.bytes <= 2 kB"] });
  assert.deepEqual([run.ok, run.ending, run.expect[0]!.met], [false, "expectation", false]);
  assert.ok(run.lock);
});

Deno.test("a run until a step claims nothing and is not locked", async () => {
  const run = await ran(STEPS, { expect: ["three.bytes <= 2 kB"] }, { until: "three" });
  assert.deepEqual([run.ok, run.ending, run.expect, run.lock], [true, "done", [], undefined]);
});

Deno.test("a run that failed says why, claims nothing and is not locked", async () => {
  const run = await ran(FAILING);
  assert.deepEqual([run.ok, run.ending, run.expect, run.lock], [false, "failed", [], undefined]);
  assert.deepEqual(run.problems.map(({ message }) => message), [
    "`lost` failed: numbers are not everything",
  ]);
  assert.deepEqual(run.report.problems, run.problems);
});

Deno.test("what was set stands in report and lock", async () => {
  const run = await ran(STEPS, {}, { origin: { set: { seed: 3 } } });
  assert.deepEqual([run.report.settings, run.lock?.settings], [{ seed: 3 }, { seed: 3 }]);
});

Deno.test("reports and lock are written in this order, and the lock only of a complete run", async () => {
  const home = await Deno.makeTempDir();
  const out = `${home}/out`;
  const run = await ran(STEPS, {}, { out });
  assert.deepEqual(run.written, ["report.html", "report.md", "report.json", "recipe.lock.json"]);
  assert.deepEqual(await filesUnder(out), [...run.written].sort());
  const text = (name: string) => Deno.readTextFile(`${out}/${name}`);
  assert.deepEqual(JSON.parse(await text("report.json")), JSON.parse(JSON.stringify(run.report)));
  assert.match(await text("report.json"), /^\{\n {2}"format": 1,[^]*\}\n$/);
  assert.deepEqual(
    JSON.parse(await text("recipe.lock.json")),
    JSON.parse(JSON.stringify(run.lock)),
  );
  assert.match(await text("report.md"), /^# numbers/);
  assert.match((await text("report.html")).slice(0, 1000), /<title>numbers · Decant report/);
  const part = await ran(STEPS, {}, { out: `${home}/part`, until: "three" });
  assert.deepEqual(part.written, ["report.html", "report.md", "report.json"]);
  await Deno.remove(home, { recursive: true });
});

Deno.test("a folder that cannot be written is thrown, and is not the run's failure", async () => {
  const file = await Deno.makeTempFile();
  await assert.rejects(ran(STEPS, {}, { out: file }), {
    code: "out",
    message: `\`${file}\` cannot be written: there is a file in the way. Move it away, or give ` +
      "another folder",
  });
  await Deno.remove(file);
});

Deno.test("asked to end once its steps are done, a run has ended so, and its folder is as it was", async () => {
  const home = await Deno.makeTempDir();
  const stop = new AbortController();
  const said: string[] = [];
  const run = await ran(STEPS, {}, {
    out: `${home}/out`,
    signal: stop.signal,
    onEvent: (event) => {
      if (event.type === "noticed") said.push(event.sentence);
      if (event.type === "ran" && event.step === "three-test") {
        stop.abort(new Interruption("terminated"));
      }
    },
  });
  assert.deepEqual([run.ending, run.ok, run.report.ok, run.written], [
    "terminated",
    false,
    false,
    [],
  ]);
  assert.deepEqual(said, [`${home}/out is not written: the run was interrupted`]);
  await assert.rejects(Deno.stat(`${home}/out`), Deno.errors.NotFound);
  await Deno.remove(home, { recursive: true });
});

Deno.test("two runs are compared, and a chart is of what was measured", async () => {
  const run = await ran(STEPS);
  const other = await ran([STEPS[0], { ...STEPS[1], amount: 4 }, STEPS[2]]);
  const { steps } = run.compare(other);
  assert.deepEqual(steps.map(({ step, why }) => [step, why]), [
    ["three", ["amount 2 → 4"]],
    ["three-test", ["three differs"]],
  ]);
  assert.deepEqual(run.chart("bytes", "loss").points.map(({ x, y }) => [x, y]), [[3000, 1 / 3]]);
  assert.throws(() => run.chart("bytes", "beauty"), RangeError);
});

Deno.test("exports of the run before stay, and are reported, where a run is not whole; a whole one has its own", async () => {
  const home = await Deno.makeTempDir();
  const out = `${home}/out`;
  await writeVersion(out, "a");
  const before = (await filesUnder(out)).filter((path) => path.includes("/"));
  assert.ok(before.length > 0);
  const part = await ran(STEPS, {}, { out, until: "three" });
  assert.deepEqual((await filesUnder(out)).filter((path) => path.includes("/")), before);
  const listed = (part.report.exports ?? []).flatMap(({ folder, files }) =>
    files.map(({ path }) => `${folder}/${path}`)
  );
  assert.deepEqual(listed.sort(), before);
  const whole = await ran(STEPS, {}, { out });
  assert.deepEqual(await filesUnder(out), [...whole.written].sort());
  assert.equal(whole.report.exports, undefined);
  await Deno.remove(home, { recursive: true });
});
