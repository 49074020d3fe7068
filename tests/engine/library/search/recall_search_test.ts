/** How far a search is recorded, and which trials come. */
import assert from "node:assert/strict";
import { plan } from "../../../../engine/graph/plan.ts";
import { recallSearch } from "../../../../engine/library/search/recall_search.ts";
import { runSearch } from "../../../../engine/library/search/run_search.ts";
import type { ExpandedRecipe } from "../../../../engine/recipe/recipe.ts";
import { fingerprint } from "../../../../engine/run/host.ts";
import { searching } from "./searching.ts";

const values = [5, 1, 4, 2, 3, 6, 7];

/** A search of which so many trials have run, and how it is recalled. */
async function recorded(ran: number, over: readonly number[] = values, more: object = {}) {
  const it = searching(over, more);
  const { bind, store, environment } = it.options;
  if (ran > 0) await runSearch(it.search, { ...it.options, trials: ran });
  const planOf = (recipe: ExpandedRecipe) =>
    plan(bind(recipe).graph, {
      store,
      host: fingerprint(environment),
      recompile: bind(recipe).recompile,
    });
  return async (wanted?: number) => {
    const { search, graph, steps } = await recallSearch(it.search, planOf, wanted);
    const { document, ahead } = search!;
    return {
      plan: search!.plan === it.search,
      tried: document.trials.map(({ values }) => values.x),
      ahead: ahead.map(({ x }) => x),
      ended: document.ended,
      winner: document.winner,
      x: (graph.node("n")!.step.params as { value: number }).value,
      states: steps.map(({ state }) => state).join(" "),
    };
  };
}

Deno.test("of a search that never ran the first five trials come, and the plan is that of the first", async () => {
  const recall = await recorded(0);
  assert.deepEqual(await recall(), {
    plan: true,
    tried: [],
    ahead: [5, 1, 4, 2, 3],
    ended: "interrupted",
    winner: null,
    x: 5,
    states: "run run unknown unknown",
  });
  assert.deepEqual((await recall(2)).ahead, [5, 1]);
});

Deno.test("recorded trials are told, those that come after them too", async () => {
  const recall = await recorded(3);
  assert.deepEqual(await recall(), {
    plan: true,
    tried: [5, 1, 4],
    ahead: [2, 3, 6, 7],
    ended: "interrupted",
    winner: 1,
    x: 2,
    states: "hit run unknown unknown",
  });
});

Deno.test("of a search that is recorded the plan is that of its winner, and nothing comes", async () => {
  const recall = await recorded(7);
  const found = await recall();
  assert.deepEqual(found, {
    plan: true,
    tried: values,
    ahead: [],
    ended: "trials",
    winner: 1,
    x: 1,
    states: "hit hit hit hit hit",
  });
  const part = await recall(2);
  assert.deepEqual([part.tried, part.ahead, part.ended, part.winner], [[5, 1], [], "trials", 1]);
});

Deno.test("where its points end before its budget, that has ended it", async () => {
  const recall = await recorded(9, [2, 1], { budget: { trials: 9 } });
  const { tried, ahead, ended } = await recall();
  assert.deepEqual([tried, ahead, ended], [[2, 1], [], "points"]);
});
