import assert from "node:assert/strict";
import type { Expectation } from "../../../../engine/report/expectations.ts";
import { searchDocument } from "../../../../engine/report/search/search_document.ts";
import {
  aimSentence,
  documentSentence,
  planSentence,
  searchLines,
  trialSentence,
  trialsText,
} from "../../../../engine/report/search/search_text.ts";
import { claimed } from "../support/subject.ts";
import { plan, trial } from "./plans.ts";

const where = [claimed("result.loss < 1"), claimed("result.accuracy > 50 %")];
const missed = (claim: string): Expectation => ({
  claim,
  met: false,
  left: 2,
  right: 1,
  sentence: "2 is 1 above 1",
  place: undefined,
} as never);

Deno.test("a plan says how, over what, how many at most, and until when", () => {
  assert.equal(planSentence(plan()), "grid over x, 3 points: at most 2 trials");
  assert.equal(
    planSentence(plan({ budget: { trials: 9 } })),
    "grid over x, 3 points: at most 3 trials",
  );
  const timed = plan({
    budget: { seconds: 90 },
    variables: [...plan().variables, { name: "y", values: [1] }],
  });
  assert.equal(
    planSentence(timed),
    "grid over x × y, 3 points: at most 3 trials, none begun after 1 min 30 s",
  );
  assert.deepEqual([1, 0, 1500].map(trialsText), ["1 trial", "0 trials", "1 500 trials"]);
});

Deno.test("an aim says what is made small or large, and what must hold", () => {
  assert.equal(aimSentence(plan()), "minimize result.bytes");
  assert.equal(
    aimSentence(plan({ direction: "maximize", where })),
    "maximize result.bytes where result.loss < 1 and result.accuracy > 50 %",
  );
});

Deno.test("a trial says what it came to, and the first claim that it misses", () => {
  const said = (more: Parameters<typeof trial>[0]) => trialSentence(plan(), trial(more));
  assert.equal(said({}), "result.bytes 2 kB");
  assert.equal(said({ failed: "it broke" }), "failed: it broke");
  assert.equal(
    said({ where: [missed("a < b")] }),
    "result.bytes 2 kB, but a < b: 2 is 1 above 1",
  );
  assert.equal(
    said({ where: [{ ...missed("x"), met: true }, missed("a < b"), missed("c"), missed("d")] }),
    "result.bytes 2 kB, but a < b: 2 is 1 above 1, and 2 more",
  );
});

Deno.test("a search that ended says why, and which trial is the best of those that satisfy or the nearest", () => {
  const said = (
    ...args: Parameters<typeof searchDocument> extends [unknown, ...infer Rest] ? Rest : never
  ) => documentSentence(searchDocument(plan(), ...args));
  assert.equal(
    said([trial(), trial({ values: { x: 20 }, score: 1 })], "trials"),
    "2 trials of 3 points by grid (the trials of its budget); the best is trial 2: x=20.",
  );
  assert.equal(
    said([trial({ violation: 1 })], "time"),
    "1 trial of 3 points by grid (the time of its budget is over); " +
      "none satisfies what it must; the least violating is trial 1: x=10.",
  );
  assert.equal(
    said([trial({ violation: Infinity })], "points"),
    "1 trial of 3 points by grid (nothing is left to try); none came to anything.",
  );
  assert.match(said([trial()], "failed"), /\(a trial failed\)/);
  assert.match(said([trial()], "interrupted"), /\(interrupted after 1 of at most 2 trials\)/);
});

Deno.test("before a search goes on it says what is recorded, what comes next and what is open", () => {
  const lines = (
    trials: readonly ReturnType<typeof trial>[],
    ahead: readonly object[],
    budget = {},
  ) => {
    const planned = plan({ budget });
    const document = searchDocument(planned, trials, "trials");
    return searchLines({ search: { plan: planned, document, ahead } } as never).slice(2);
  };
  assert.deepEqual(searchLines({} as never), []);
  assert.deepEqual(lines([], [{ x: 10 }], { trials: 2 }), [
    "trial 1  x=10",
    "what follows is open: it depends on what these come to, or on the time",
    "the steps of trial 1:",
  ]);
  assert.deepEqual(lines([trial()], [{ x: 20 }], { trials: 2 }), [
    "1 trial is recorded, the best is x=10",
    "trial 2  x=20",
    "that is all",
    "the steps of trial 2:",
  ]);
  assert.deepEqual(
    lines([trial({ violation: Infinity }), trial({ violation: Infinity })], [{ x: 20 }]),
    [
      "2 trials are recorded",
      "trial 3  x=20",
      "what follows is open: it depends on what these come to, or on the time",
      "the steps of trial 3:",
    ],
  );
  const done = lines([trial()], []);
  assert.match(done[0]!, /^1 trial of 3 points/);
  assert.equal(done[1], "the steps of the winner:");
});
