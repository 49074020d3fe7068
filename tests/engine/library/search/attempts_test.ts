/** One trial of a search after another: what each leaves behind, done, failed or interrupted. */
import assert from "node:assert/strict";
import { DecantError, RecipeError } from "../../../../engine/error.ts";
import {
  attempt,
  type AttemptOptions,
  noAttempts,
  taken,
} from "../../../../engine/library/search/attempts.ts";
import type { SpacePoint } from "../../../../engine/recipe/search/space.ts";
import { nextPoint } from "../../../../engine/recipe/search/strategy.ts";
import type { Lock } from "../../../../engine/run/lock.ts";
import { Interruption } from "../../../../engine/run/problem.ts";
import { searching } from "./searching.ts";

type Searching = ReturnType<typeof searching>;

/** Tries the points in order, as far as they are done. */
async function tried(it: Searching, count: number, more: Partial<AttemptOptions> = {}) {
  const attempts = noAttempts();
  for (let number = 0; number < count; number++) {
    const point: SpacePoint = nextPoint(it.search, attempts.trials)!;
    const options = { ...it.options, fresh: attempts.fresh, ...more };
    const attempted = await attempt(it.search, point, number + 1, options);
    if (taken(attempts, attempted, more.lock) === undefined) break;
  }
  return attempts;
}

Deno.test("nothing is tried yet where a search begins", () => {
  assert.deepEqual(noAttempts(), {
    trials: [],
    problems: [],
    ending: "done",
    unfit: [],
    fresh: new Map(),
  });
});

Deno.test("a trial is told of before it runs, with its number, its values and the plan of the search", async () => {
  const it = searching([3, 1]);
  const { trials, ending, problems, broken } = await tried(it, 2);
  const told = it.events.flatMap((event) => event.type === "trial" ? [event] : []);
  assert.deepEqual(told.map(({ number, values, recipe }) => [number, values, recipe]), [
    [1, { x: 3 }, "numbers"],
    [2, { x: 1 }, "numbers"],
  ]);
  assert.equal(it.events[0], told[0]);
  const { recipe: _recipe, trial: _trial, probes: _probes, ...plan } = it.search;
  assert.deepEqual(told[0]!.search, plan);
  assert.deepEqual(trials.map(({ values, value }) => [values, value]), [
    [{ x: 3 }, 3000],
    [{ x: 1 }, 1000],
  ]);
  assert.deepEqual([ending, problems, broken], ["done", [], undefined]);
});

Deno.test("what a trial computed is kept by its key for the others, and measured on validation", async () => {
  const it = searching([3, 1]);
  const { fresh } = await tried(it, 2);
  assert.deepEqual([...fresh.values()].map(({ type, step }) => `${type} ${step}`), [
    ...["ran samples", "ran n", "ran m", "ran m-test"],
    ...["ran n", "ran m", "ran m-test"],
  ]);
  for (const [key, event] of fresh) assert.equal(event.key, key);
  assert.ok(it.log.includes("evaluate on validation") && !it.log.includes("evaluate on test"));
});

Deno.test("a trial that fails is the worst, and its problem names it and its values", async () => {
  const it = searching([1, 3], {}, 3);
  const { trials, ending, problems, broken, unfit } = await tried(it, 2);
  assert.deepEqual(trials.map(({ failed }) => failed), [
    undefined,
    "`m` failed: 3 does not grow",
  ]);
  assert.equal(trials[1]!.violation, Infinity);
  assert.equal(ending, "failed");
  assert.deepEqual(problems.map(({ code, message }) => [code, message]), [
    ["step-failed", "`m` failed: 3 does not grow (trial 2: x=3)"],
  ]);
  assert.equal(broken!.execution.ending, "failed");
  assert.equal(broken!.states.get("m")!.status, "failed");
  assert.deepEqual(unfit, []);
});

Deno.test("an aim that nothing measures fails its trial, at the place of the aim", async () => {
  const it = searching([1], { minimize: "result.loss" });
  const { trials, ending, problems, broken } = await tried(it, 1);
  assert.equal(trials[0]!.failed, "`result.loss` was not measured");
  assert.equal(ending, "failed");
  assert.deepEqual(problems, [{
    code: "claim",
    message: "`result.loss` was not measured (trial 1: x=1)",
    place: { path: "search.minimize" },
  }]);
  assert.equal(broken!.execution.ending, "done");
});

Deno.test("values that do not go together end the search, or with keepGoing fail their trial", async () => {
  const over = [...Array.from({ length: 120 }, (_, at) => at), "many"];
  const last = async (keepGoing?: boolean) => {
    const it = searching(over);
    const attempts = noAttempts();
    attempts.trials.push(...Array(120));
    const space = it.search.space;
    const point = nextPoint({ strategy: "grid", space, seed: 0 }, attempts.trials)!;
    const more = keepGoing === undefined ? {} : { keepGoing };
    const options = { ...it.options, fresh: attempts.fresh, ...more };
    const trial = taken(attempts, await attempt(it.search, point, 121, options), undefined);
    return { attempts, trial };
  };
  for (const keepGoing of [undefined, false]) {
    await assert.rejects(last(keepGoing), (error) => {
      assert.ok(error instanceof RecipeError);
      for (const { message } of error.diagnostics) assert.match(message, / \(trial 121: x=many\)$/);
      return true;
    });
  }
  const { attempts, trial } = await last(true);
  assert.match(trial!.failed!, /\(trial 121: x=many\)$/);
  assert.equal(attempts.ending, "failed");
  assert.equal(attempts.problems.length, 1);
  assert.equal(trial!.failed, attempts.problems[0]!.message);
  assert.deepEqual(attempts.unfit.map(({ message }) => message), [trial!.failed]);
  assert.equal(attempts.broken, undefined);
});

Deno.test("what goes wrong besides is thrown, also with keepGoing", async () => {
  const it = searching([1]);
  const wrong = new Error("no graph");
  const bind = (): never => {
    throw wrong;
  };
  await assert.rejects(tried(it, 1, { bind, keepGoing: true }), wrong);
});

Deno.test("an interrupted trial is none, and says how the search ends", async () => {
  for (const name of ["interrupted", "terminated"] as const) {
    const it = searching([1, 2]);
    const stop = new AbortController();
    const onEvent = (event: { type: string; step?: string }) => {
      if (event.type === "ran" && event.step === "m") stop.abort(new Interruption(name));
    };
    const { trials, ending, problems, broken } = await tried(it, 2, {
      onEvent,
      signal: stop.signal,
    });
    assert.deepEqual([trials, ending, problems], [[], name, []]);
    assert.equal(broken!.execution.ending, name);
  }
});

Deno.test("a trial that is not what the lock says is refused", async () => {
  const it = searching([1, 2]);
  const { trials } = await tried(it, 2);
  const results = trials.map(({ values, result = "" }) => ({ values, result }));
  const lockOf = (trials: object) => ({
    lock: { search: { trials, winner: 0 } } as unknown as Lock,
  });
  const again = await tried(searching([1, 2]), 2, {
    ...lockOf(results),
    lock: { ...lockOf(results).lock, steps: [], sources: [] },
  }).catch((error) => error);
  assert.ok(again instanceof DecantError || again.trials.length === 2, String(again));
  const other = [results[0], { ...results[1], result: "0".repeat(64) }];
  await assert.rejects(
    tried(searching([1, 2]), 2, lockOf(other)),
    (error) =>
      error instanceof DecantError && error.code === "locked" &&
      /^trial 2 made [0-9a-f]{12}, the lock says 0{12}$/.test(error.message),
  );
});
