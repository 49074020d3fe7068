/** Searches over numbers whose best point is known by hand: what is run, in which order, and what comes of it. */
import assert from "node:assert/strict";
import { memoryStore, RecipeError, type RunEvent } from "../../../../mod.ts";
import { Interruption } from "../../../../engine/run/problem.ts";
import { verifyOut } from "../../../../engine/library/out/verify_out.ts";
import { runSearch } from "../../../../engine/library/search/run_search.ts";
import { numbers, searchRun, triedBy } from "../../run/search/numbers.ts";
import { searching } from "./searching.ts";

/** Whether a search has ended and its best is being finished. */
let decided = false;

const range = { min: 1, max: 20, step: 1 };
// 1 − 1 / (m + 10) ≥ 0.95 ⇔ m ≥ 10, so the smallest m that holds is 10.
const smallest = {
  over: { x: range },
  minimize: "result.bytes",
  where: "result.accuracy >= 95 %",
  budget: { trials: 20 },
};

for (const strategy of ["grid", "random", "tpe", "bisect"]) {
  Deno.test(`${strategy} finds the smallest number that satisfies a claim`, async () => {
    const run = await searchRun(numbers({ ...smallest, strategy }));
    const { trials, winner, ended } = run.report.search!;
    const { values, value, satisfied, where, metrics, result } = trials[winner!]!;
    assert.deepEqual([values, value, satisfied], [{ x: 10 }, 10_000, true]);
    assert.deepEqual(where[0], {
      claim: "result.accuracy >= 95 %",
      met: true,
      left: 0.95,
      right: 0.95,
    });
    assert.equal(metrics!.accuracy, 0.95);
    assert.equal(ended, strategy === "bisect" ? "points" : "trials");
    assert.ok(strategy !== "bisect" || trials.length <= 2 + 5);
    // The run is that of the winner, under its own names.
    assert.equal(run.ending, "done");
    assert.deepEqual(run.steps.map(({ name }) => name), [
      "samples",
      "n",
      "m",
      "m-test",
      "export-text",
    ]);
    assert.equal(run.steps[2]!.artifact!.digest, result);
    assert.equal(await run.model("result").value(), 10);
    assert.equal(run.models[0]!.accuracy, 1 - 1 / 19, "measured on test");
    assert.deepEqual(run.expect.map(({ claim, met }) => [claim, met]), [[
      "result.accuracy >= 95 %",
      true,
    ]]);
  });
}

Deno.test("`maximize` makes the trial with the largest value the winner", async () => {
  const search = { over: { x: range }, maximize: "result.accuracy", budget: { trials: 20 } };
  const { report } = await searchRun(numbers({ ...search, strategy: "grid" }));
  assert.deepEqual(report.search!.trials[report.search!.winner!]!.values, { x: 20 });
  assert.equal(report.search!.maximize, "result.accuracy");
});

Deno.test("the order of trials is a function of the recipe: another run repeats it, from the cache", async () => {
  const cache = memoryStore();
  const search = { ...smallest, over: { x: range, amount: [0, 2, 5] }, strategy: "tpe" };
  const first = await searchRun(numbers(search), {}, cache);
  const again = numbers(search);
  const second = await searchRun(again, {}, cache);
  assert.deepEqual(triedBy(second), triedBy(first));
  assert.equal(new Set(triedBy(first).map((values) => JSON.stringify(values))).size, 20);
  assert.deepEqual(again.log, [], "nothing ran");
  assert.ok(second.steps.every(({ status }) => status === "hit"));
  assert.deepEqual(second.lock, first.lock);
  const other = await searchRun(numbers(search, { seed: 1 }));
  assert.notDeepEqual(triedBy(other), triedBy(first));
});

Deno.test("steps that trials share run once, and only the winner is exported", async () => {
  const search = { ...smallest, over: { amount: { min: 1, max: 20, step: 1 } }, strategy: "grid" };
  const counted = numbers(search);
  const run = await searchRun(counted);
  const times = (name: string) => counted.log.filter((each) => each === name).length;
  assert.deepEqual([times("constant"), times("grow"), times("export")], [2, 20, 1]);
  assert.deepEqual([times("evaluate on validation"), times("evaluate on test")], [20, 1]);
  // What a trial of this run computed is no recollection of another run.
  assert.ok(run.steps.every(({ status }) => status === "ran"));
});

Deno.test("--force computes everything once more, and not once for each trial", async () => {
  const cache = memoryStore();
  const search = { ...smallest, over: { amount: { min: 1, max: 5, step: 1 } }, strategy: "grid" };
  await searchRun(numbers(search), {}, cache);
  const counted = numbers(search);
  await searchRun(counted, { force: true }, cache);
  const times = (name: string) => counted.log.filter((each) => each === name).length;
  assert.deepEqual([times("constant"), times("grow"), times("evaluate on validation")], [2, 5, 5]);
});

Deno.test("where nothing satisfies its claims the least violating has won, and the run says so", async () => {
  const search = { ...smallest, where: "result.accuracy >= 99 %", strategy: "grid" };
  const run = await searchRun(numbers(search));
  const { trials, winner } = run.report.search!;
  assert.deepEqual(trials[winner!]!.values, { x: 20 });
  assert.equal(trials[winner!]!.satisfied, false);
  // By hand: 1 − 1/30 against 0.99, of the greater.
  assert.ok(Math.abs(trials[winner!]!.violation! - (0.99 - 29 / 30) / 0.99) < 1e-12);
  assert.deepEqual([run.ending, run.ok], ["expectation", false]);
  assert.equal(await run.model("result").value(), 20);
  assert.ok(run.lock, "it can be repeated all the same");
});

Deno.test("what a recipe expects is expected of the winner", async () => {
  const run = await searchRun(numbers({ ...smallest, strategy: "grid" }, {
    expect: ["result.bytes <= 9 kB", "result.accuracy >= 90 %"],
  }));
  assert.deepEqual(run.expect.map(({ met }) => met), [true, false, true]);
  assert.equal(run.ending, "expectation");
});

Deno.test("time cuts a search off between trials; the lock repeats as many without a clock", async () => {
  const search = { ...smallest, budget: { time: "0.001 ms" }, strategy: "random" };
  const run = await searchRun(numbers(search));
  assert.deepEqual([triedBy(run).length, run.report.search!.ended], [1, "time"]);
  const four = await searchRun(numbers(search), { trials: 4 });
  assert.deepEqual([triedBy(four).length, four.report.search!.ended], [4, "trials"]);
  assert.deepEqual(triedBy(four)[0], triedBy(run)[0]);
  const lock = four.lock!;
  assert.deepEqual(lock.search!.trials.map(({ values }) => values), triedBy(four));
  const locked = await searchRun(numbers(search), { trials: lock.search!.trials.length, lock });
  assert.deepEqual(locked.lock, lock);
});

Deno.test("a trial that is not what the lock says stops the run", async () => {
  const search = { ...smallest, strategy: "grid" };
  const { lock } = await searchRun(numbers(search));
  const { trials, winner } = lock!.search!;
  const changed = (at: number, what: object) => ({
    ...lock!,
    search: { winner, trials: trials.map((each, i) => i === at ? { ...each, ...what } : each) },
  });
  for (
    const [broken, sentence] of [
      [changed(2, { result: "00" }), /trial 3 made \w{12}, the lock says 00$/],
      [changed(1, { values: { x: 7 } }), /trial 2 is at another point than the lock says/],
      [
        { ...lock!, search: { winner: 0, trials: trials.slice(0, 1) } },
        /trial 2 is not in the lock/,
      ],
    ] as const
  ) {
    await assert.rejects(searchRun(numbers(search), { lock: broken }), sentence);
  }
});

Deno.test("a trial that fails ends the search: what was best until then is finished, and nothing is locked", async () => {
  const search = { ...smallest, where: "result.accuracy >= 92 %", strategy: "grid" };
  const run = await searchRun(numbers(search, { broken: 5 }));
  const { trials, winner, ended } = run.report.search!;
  assert.deepEqual([trials.length, trials[winner!]!.values, ended], [5, { x: 3 }, "failed"]);
  assert.match(trials[4]!.failed!, /^`m` failed in `grow`, an op \(.*:\d+:\d+\): 5 does not grow$/);
  assert.deepEqual([run.ending, run.lock], ["failed", undefined]);
  assert.match(run.problems[0]!.message, /5 does not grow \(trial 5: x=5/);
  assert.equal(await run.model("result").value(), 3);
});

Deno.test("told to keep going, a search counts a failed trial as the worst and goes on", async () => {
  const run = await searchRun(numbers({ ...smallest, strategy: "tpe" }, { broken: 10 }), {
    keepGoing: true,
  });
  const { trials, winner } = run.report.search!;
  assert.deepEqual([trials.length, trials[winner!]!.values], [20, { x: 11 }]);
  assert.deepEqual([run.ending, run.lock], ["failed", undefined]);
});

Deno.test("a search whose trials had failed when it was asked to end is that failure", async () => {
  const controller = new AbortController();
  const run = await searchRun(numbers({ ...smallest, strategy: "grid" }, { broken: 1 }), {
    keepGoing: true,
    signal: controller.signal,
    onEvent(event) {
      if (event.type === "scored") controller.abort(new Interruption("terminated"));
    },
  });
  assert.deepEqual([run.ending, triedBy(run).length], ["failed", 1]);
  assert.deepEqual([run.report.search!.winner, run.report.search!.ended], [null, "interrupted"]);
});

Deno.test("a search that begins with a failure is that failure", async () => {
  const run = await searchRun(numbers({ ...smallest, strategy: "grid" }, { broken: 1 }));
  assert.deepEqual([run.ending, run.report.search!.winner], ["failed", null]);
  assert.equal(run.steps.find(({ name }) => name === "m")!.status, "failed");
});

Deno.test("an aim that no evaluation measures is a failure with its place, not a search without a winner", async () => {
  const run = await searchRun(numbers({ ...smallest, minimize: "result.loss", strategy: "grid" }));
  assert.deepEqual([run.ending, run.report.search!.winner], ["failed", null]);
  const [problem] = run.problems;
  assert.match(problem!.message, /^`result.loss` was not measured \(trial 1: x=1\)$/);
  assert.deepEqual(problem!.place, { path: "search.minimize" });
});

Deno.test("interrupted, a search keeps what was tried; the next run goes on in the same order", async () => {
  const cache = memoryStore();
  const search = { ...smallest, strategy: "random" };
  const controller = new AbortController();
  const cut = await searchRun(numbers(search), {
    signal: controller.signal,
    onEvent(event) {
      if (event.type === "trial" && event.number === 4) {
        controller.abort(new Interruption("interrupted"));
      }
    },
  }, cache);
  assert.equal(cut.ending, "interrupted");
  assert.equal(cut.lock, undefined);
  assert.deepEqual(cut.report.search!.ended, "interrupted");
  assert.equal(triedBy(cut).length, 3, "the trial that was not finished is none");
  const rest = numbers(search);
  const whole = await searchRun(rest, {}, cache);
  assert.deepEqual(triedBy(whole).slice(0, 3), triedBy(cut));
  assert.equal(rest.log.filter((name) => name === "grow").length, 17);
  const once = await searchRun(numbers(search));
  assert.deepEqual(triedBy(whole), triedBy(once));
});

Deno.test("asked to end between two trials, a search ends as asked, with its best exported and no lock", async () => {
  const controller = new AbortController();
  const out = await Deno.makeTempDir();
  const cut = await searchRun(numbers({ ...smallest, strategy: "grid" }), {
    out,
    signal: controller.signal,
    onEvent(event) {
      if (event.type === "scored" && event.number === 12) {
        controller.abort(new Interruption("terminated"));
      }
    },
  });
  assert.deepEqual([cut.ending, cut.ok, cut.lock], ["terminated", false, undefined]);
  assert.deepEqual([triedBy(cut).length, cut.report.search!.winner], [12, 9]);
  assert.deepEqual(cut.problems, []);
  assert.equal(await Deno.readTextFile(`${out}/text/number.txt`), "10");
  assert.match(
    await Deno.readTextFile(`${out}/report.md`),
    /12 trials of 20 points by grid \(interrupted after 12 of at most 20 trials\)/,
  );
  await Deno.remove(out, { recursive: true });
});

Deno.test("the best of an interrupted search replaces what a run before exported, as a whole", async () => {
  const controller = new AbortController();
  const out = await Deno.makeTempDir();
  await searchRun(numbers({ ...smallest, over: { x: { ...range, min: 11 } }, strategy: "grid" }), {
    out,
  });
  assert.equal(await Deno.readTextFile(`${out}/text/number.txt`), "11");
  const cut = await searchRun(numbers({ ...smallest, strategy: "grid" }), {
    out,
    signal: controller.signal,
    onEvent(event) {
      if (event.type === "scored" && event.number === 12) {
        controller.abort(new Interruption("interrupted"));
      }
    },
  });
  assert.equal(cut.ending, "interrupted");
  assert.equal(await Deno.readTextFile(`${out}/text/number.txt`), "10");
  const found = await verifyOut(out);
  assert.deepEqual(
    [found?.files, found?.locked, found?.differences, found?.added],
    [1, false, [], []],
  );
  const names = await Array.fromAsync(Deno.readDir(out), ({ name }) => name);
  assert.deepEqual(names.sort(), ["report.html", "report.json", "report.md", "text"]);
  await Deno.remove(out, { recursive: true });
});

for (
  const [when, asked] of Object.entries<(event: RunEvent) => boolean>({
    "as its best is decided": ({ type }) => type === "decided",
    "as its best is measured": (event) =>
      event.type === "started" && event.step === "m-test" && decided,
    "as its best is exported": (event) => event.type === "ran" && event.step === "export-text",
  })
) {
  Deno.test(`interrupted ${when}, a search writes it with its reports, and no lock`, async () => {
    decided = false;
    const controller = new AbortController();
    const out = await Deno.makeTempDir();
    const said: string[] = [];
    const run = await searchRun(numbers({ ...smallest, strategy: "grid" }), {
      out,
      signal: controller.signal,
      onEvent(event) {
        decided ||= event.type === "decided";
        if (asked(event)) controller.abort(new Interruption("interrupted"));
        if (event.type === "noticed") said.push(event.sentence);
      },
    });
    assert.deepEqual([run.ending, run.ok, run.lock], ["interrupted", false, undefined]);
    assert.deepEqual(said, ["the best is measured and written before the run ends"]);
    assert.ok(run.steps.every(({ status }) => status !== "skipped"));
    assert.equal(await Deno.readTextFile(`${out}/text/number.txt`), "10");
    const { differences, locked } = (await verifyOut(out))!;
    assert.deepEqual([differences, locked], [[], false]);
    await Deno.remove(out, { recursive: true });
  });
}

Deno.test("interrupted while it writes, a search that is done writes to the end", async () => {
  const controller = new AbortController();
  const out = await Deno.makeTempDir();
  const cache = memoryStore();
  const said: string[] = [];
  const run = await searchRun(numbers({ ...smallest, strategy: "grid" }), {
    out,
    signal: controller.signal,
    onEvent(event) {
      if (event.type === "noticed") said.push(event.sentence);
      if (event.type !== "ran" || event.step !== "export-text") return;
      // The value of the export is read to be written.
      const read = cache.read.bind(cache);
      cache.read = (digest) => {
        controller.abort(new Interruption("interrupted"));
        return read(digest);
      };
    },
  }, cache);
  assert.ok(controller.signal.aborted);
  assert.deepEqual([run.ending, run.ok, said], ["done", true, []]);
  assert.equal(await Deno.readTextFile(`${out}/text/number.txt`), "10");
  assert.equal((await verifyOut(out))!.locked, true);
  await Deno.remove(out, { recursive: true });
});

Deno.test("interrupted in its first trial, a search has tried nothing and says so", async () => {
  const signal = AbortSignal.abort(new Interruption("interrupted"));
  const cut = await searchRun(numbers(smallest), { signal });
  assert.deepEqual([cut.ending, triedBy(cut)], ["interrupted", []]);
});

Deno.test("a value that only its own trial finds wrong names the trial", async () => {
  // More values than are looked at before a run, the last of them no number.
  const values = [...Array.from({ length: 120 }, (_, at) => at), "many"];
  const wrong = numbers({
    ...smallest,
    over: { x: values },
    budget: { trials: 121 },
    strategy: "grid",
  });
  await assert.rejects(
    searchRun(wrong),
    (error) => error instanceof RecipeError && /\(trial 121: x=many\)/.test(error.message),
  );
});

Deno.test("the plan says which trials come, as far as that is known, and plans the steps of the next", async () => {
  const cache = memoryStore();
  const { recipe } = numbers({ ...smallest, strategy: "tpe", budget: { trials: 12 } });
  const before = (await recipe.plan({ cache })).search!;
  const run = await recipe.run({ cache, trials: 3 });
  const { search, steps } = await recipe.plan({ cache });
  const tried = triedBy(run);
  assert.deepEqual(before.ahead.slice(0, 3), tried);
  assert.deepEqual(search!.document.trials.map(({ values }) => values), tried);
  assert.deepEqual(search!.ahead.slice(0, 2), before.ahead.slice(3, 5));
  assert.ok(steps.some(({ state }) => state === "run"));
  const whole = await recipe.run({ cache });
  const after = await recipe.plan({ cache });
  assert.deepEqual(after.search!.ahead, []);
  assert.deepEqual(
    after.search!.document.trials,
    whole.report.search!.trials.map((trial) => ({
      ...trial,
      seconds: 0,
    })),
  );
  assert.ok(after.steps.every(({ state }) => state === "hit"));
});

Deno.test("called itself, a search tells each trial, who is the best so far, and what has won", async () => {
  const it = searching([2, 3, 1]);
  const run = await runSearch(it.search, it.options);
  const told = it.events.flatMap((event) =>
    event.type === "scored"
      ? [`${event.number} ${event.best} ${event.sentence}`]
      : event.type === "decided"
      ? [event.sentence]
      : []
  );
  assert.deepEqual(told, [
    "1 true result.bytes 2 kB",
    "2 false result.bytes 3 kB",
    "3 true result.bytes 1 kB",
    "3 trials of 3 points by grid (the trials of its budget); the best is trial 3: x=1.",
  ]);
  assert.deepEqual([run.ok, run.ending, run.report.search!.ended], [true, "done", "trials"]);
  assert.deepEqual([run.lock!.search!.winner, run.lock!.search!.trials.length], [2, 3]);
  assert.ok(run.report.seconds >= 0 && run.report.seconds < 60);
  assert.deepEqual(run.written, []);
});

Deno.test("a search without a listener runs all the same, as many trials as are wanted", async () => {
  const it = searching([2, 3, 1]);
  const { onEvent: _onEvent, ...options } = it.options;
  const run = await runSearch(it.search, { ...options, trials: 2 });
  assert.deepEqual([run.report.search!.most, run.report.search!.winner], [2, 0]);
  assert.deepEqual(it.events, []);
});

Deno.test("a search none of whose trials could be begun throws what is wrong with them", async () => {
  const it = searching([1, 2]);
  const wrong = { code: "order", severity: "error", message: "no", path: "x" } as const;
  const bind = (): never => {
    throw new RecipeError([wrong]);
  };
  await assert.rejects(
    runSearch(it.search, { ...it.options, bind, keepGoing: true }),
    (error) =>
      error instanceof RecipeError &&
      error.diagnostics.map(({ message }) => message).join() ===
        "no (trial 1: x=1),no (trial 2: x=2)",
  );
});

for (
  const [what, search] of [
    ["tpe, one after another", { strategy: "tpe" }],
    ["tpe in batches", { strategy: "tpe", batch: 3 }],
    ["random", { strategy: "random" }],
    ["bisection", { strategy: "bisect", over: { x: range } }],
  ] as const
) {
  Deno.test(`how many trials run at once changes neither trials nor lock: ${what}`, async () => {
    const over = { x: range, amount: [0, 2, 5] };
    const run = (jobs: number) => searchRun(numbers({ ...smallest, over, ...search }), { jobs });
    const [alone, ...others] = await Promise.all([1, 2, 7].map(run));
    assert.ok(alone!.lock!.search!.trials.length > 4);
    for (const other of others) {
      assert.deepEqual(other.lock, alone!.lock);
      assert.deepEqual(triedBy(other), triedBy(alone!));
    }
  });
}

Deno.test("a batch is other trials than one after another, and alike again in another run", async () => {
  const over = { x: range, amount: [0, 2, 5] };
  const tried = async (more: object) =>
    triedBy(await searchRun(numbers({ ...smallest, over, strategy: "tpe", ...more })));
  const [plain, one, batched, again] = [
    await tried({}),
    await tried({ batch: 1 }),
    await tried({ batch: 5 }),
    await tried({ batch: 5 }),
  ];
  assert.deepEqual(one, plain);
  assert.deepEqual(again, batched);
  assert.deepEqual(batched.slice(0, 11), plain.slice(0, 11), "the first of a batch knows as much");
  assert.notDeepEqual(batched, plain);
});

Deno.test("of trials at once a failed one ends the search as it would alone, and later ones are none", async () => {
  const search = { ...smallest, where: "result.accuracy >= 92 %", strategy: "grid" };
  const run = await searchRun(numbers(search, { broken: 5 }), { jobs: 4 });
  const { trials, winner, ended } = run.report.search!;
  assert.deepEqual([trials.length, trials[winner!]!.values, ended], [5, { x: 3 }, "failed"]);
  assert.deepEqual([run.ending, run.lock], ["failed", undefined]);
  assert.deepEqual(run.problems.map(({ message }) => /trial \d+/.exec(message)?.[0]), ["trial 5"]);
});

Deno.test("when time is over nothing is begun, and what was begun is taken", async () => {
  const search = { ...smallest, budget: { time: "0.001 ms" }, strategy: "random" };
  const run = await searchRun(numbers(search), { jobs: 4 });
  assert.deepEqual([triedBy(run).length, run.report.search!.ended], [4, "time"]);
});

Deno.test("of trials at once steps that are shared run once, also with --force", async () => {
  const cache = memoryStore();
  const search = { ...smallest, over: { amount: { min: 1, max: 5, step: 1 } }, strategy: "grid" };
  for (const force of [false, true]) {
    const counted = numbers(search);
    await searchRun(counted, { jobs: 5, ...force && { force } }, cache);
    const times = (name: string) => counted.log.filter((each) => each === name).length;
    assert.deepEqual([times("constant"), times("grow")], [2, 5]);
  }
});
