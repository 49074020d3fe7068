import assert from "node:assert/strict";
import type { Digest } from "../../../../engine/digest.ts";
import {
  lockedSearch,
  searchDocument,
  winnerOf,
} from "../../../../engine/report/search/search_document.ts";
import { claimed } from "../support/subject.ts";
import { plan, trial } from "./plans.ts";

Deno.test("a document says how it searched, for what, and how many trials there might have been", () => {
  const where = [claimed("result.loss < 1")];
  const { trials: _, ...document } = searchDocument(plan({ where }), [], "time");
  assert.deepEqual(document, {
    strategy: "grid",
    points: 3,
    most: 2,
    minimize: "result.bytes",
    where: ["result.loss < 1"],
    winner: null,
    ended: "time",
  });
  const most = (budget: object, wanted?: number) =>
    searchDocument(plan({ budget }), [], "time", wanted).most;
  assert.deepEqual([most({}), most({ trials: 9 }), most({ trials: 2 }, 1)], [3, 3, 1]);
  const large = searchDocument(plan({ direction: "maximize" }), [], "time");
  assert.deepEqual([large.maximize, large.minimize], ["result.bytes", undefined]);
});

Deno.test("what JSON cannot say is null, and what is not known is left out", () => {
  const metrics = { loss: 1, metrics: {} };
  const claim = { claim: "a < b", met: false, left: 1, right: null };
  const whole = { ...claim, sentence: "so it is", place: undefined } as never;
  const { value: _, ...failed } = trial({ violation: Infinity, failed: "it broke" });
  const { trials } = searchDocument(
    plan(),
    [trial({ violation: 0.5, where: [whole], metrics, result: "ab" as Digest }), failed],
    "failed",
  );
  assert.deepEqual(trials, [
    {
      values: { x: 10 },
      value: 2000,
      satisfied: false,
      where: [claim],
      violation: 0.5,
      metrics,
      result: "ab",
      seconds: 1,
    },
    {
      values: { x: 10 },
      value: null,
      satisfied: false,
      where: [],
      violation: null,
      seconds: 1,
      failed: "it broke",
    },
  ]);
});

Deno.test("the winner satisfies before it scores, and none wins where all failed", () => {
  assert.equal(winnerOf([trial({ score: 1, violation: 1 }), trial({ score: 9 })]), 1);
  assert.equal(winnerOf([trial({ score: 2 }), trial({ score: 1 }), trial({ score: 1 })]), 1);
  assert.equal(winnerOf([trial({ violation: Infinity })]), undefined);
  assert.equal(winnerOf([]), undefined);
});

Deno.test("a lock keeps the values and results of all trials where one has won", () => {
  const document = searchDocument(plan(), [trial({ result: "ab" as Digest }), trial()], "trials");
  assert.deepEqual(lockedSearch(document), {
    trials: [{ values: { x: 10 }, result: "ab" }, { values: { x: 10 }, result: "" }],
    winner: 0,
  });
  assert.equal(lockedSearch(searchDocument(plan(), [], "time")), undefined);
});
