/** Searches of real networks, cut small: a plain run of the recipe at a point is what a trial and the winner must equal. */
import assert from "node:assert/strict";
import { load, memoryStore, type Store } from "../../mod.ts";
import type { Preimage } from "../../mod.ts";
import { computed, digests, ran, recipe, type Value } from "./support/small.ts";

const plain: Value = {
  name: "small-search",
  data: { use: "digits", limit: 300 },
  variables: { ratio: 0.5, scheme: "int8" },
  teacher: { use: "mlp", hidden: [48], train: { epochs: 8 } },
  student: { use: "mlp", hidden: [24] },
  distill: { epochs: 12 },
  prune: { granularity: "channel", ratio: "$ratio", finetune: { epochs: 4 } },
  quantize: { scheme: "$scheme", activations: "none" },
  export: "tfjs",
};
const search = {
  over: { ratio: { min: 0.1, max: 0.8, step: 0.1 }, scheme: ["int8", "int4"] },
  minimize: "result.bytes.gzip",
  where: ["result.accuracy >= teacher.accuracy - 15 points"],
  budget: { trials: 12 },
  strategy: "tpe",
};

/** How often each split was evaluated on, by what is recorded. */
async function evaluations(store: Store): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for await (const { outcome } of store.outcomes()) {
    const { op, params } = outcome.preimage as unknown as Preimage;
    if (op === "evaluate") counts[String(params.split)] = (counts[String(params.split)] ?? 0) + 1;
  }
  return counts;
}

Deno.test("a search ends with what a plain run of its winner makes, and each trial is such a run on validation", async () => {
  const cache = memoryStore();
  const run = await ran(recipe({ ...plain, search }), cache);
  const { trials, winner } = run.report.search!;
  assert.equal(trials.length, 12);
  const best = trials[winner!]!;
  assert.equal(best.satisfied, true);
  for (const { satisfied, value } of trials) {
    assert.ok(!satisfied || value! >= best.value!, "no other that counts is smaller");
  }
  // Another cache: nothing but the recipe is shared.
  const own = memoryStore();
  const alone = await recipe(plain).run({ cache: own, set: best.values });
  assert.deepEqual(digests(alone), digests(run));
  assert.deepEqual(alone.models, run.models);
  const measured = await recipe({ ...plain, evaluate: { split: "validation" } })
    .run({ cache: own, set: best.values });
  const result = measured.models.find(({ name }) => name === "quantized")!;
  assert.deepEqual([best.metrics!.accuracy, best.value], [result.accuracy, result.bytes!.gzip]);
});

Deno.test("test samples are read for the winner alone, and steps that trials share are made once", async () => {
  const cache = memoryStore();
  const run = await ran(recipe({ ...plain, search }), cache);
  const { test, validation } = await evaluations(cache);
  // The teacher, the student as distilled, just cut, pruned, quantized.
  assert.equal(test, 5);
  assert.ok(validation! > 5 + 12);
  const names = (op: string) => run.steps.filter((step) => step.op === op).map(({ name }) => name);
  assert.deepEqual(names("train"), ["teacher"]);
  let trainings = 0;
  for await (const { outcome } of cache.outcomes()) {
    if ((outcome.preimage as unknown as Preimage).op === "train") trainings++;
  }
  assert.equal(trainings, 1);
  assert.deepEqual(computed(await ran(recipe({ ...plain, search }), cache)), []);
});

Deno.test("bisection prunes as far as a claim lets it, in as many trials as it halves", async () => {
  const bisected = {
    over: { ratio: { min: 0.05, max: 0.95, step: 0.05 } },
    minimize: "result.parameters",
    where: "result.accuracy >= teacher.accuracy - 15 points",
    budget: { trials: 100 },
    strategy: "bisect",
  };
  const { quantize: _, ...unquantized } = plain;
  const document = { ...unquantized, variables: { ratio: 0.5 }, search: bisected };
  const run = await ran(recipe(document), memoryStore());
  const { trials, winner } = run.report.search!;
  assert.ok(trials.length <= 2 + 5, `${trials.length} of 19 points`);
  const ratioOf = (at: number) => Number(trials[at]!.values.ratio);
  const held = trials.flatMap(({ satisfied }, at) => satisfied ? [ratioOf(at)] : []);
  assert.equal(ratioOf(winner!), Math.max(...held));
  const next = trials.findIndex((_, at) => Math.abs(ratioOf(at) - ratioOf(winner!) - 0.05) < 1e-9);
  assert.equal(trials[next]!.satisfied, false, "the next value does not hold");
});

Deno.test("the language's frontier is one graph in which shared steps stand once", async () => {
  const path = new URL("../fixtures/recipes/frontier.yaml", import.meta.url).pathname;
  const { steps, graph } = await (await load(path)).plan({ cache: memoryStore() });
  const count = (op: string) => steps.filter(({ node }) => node.op.name === op).length;
  const { points } = graph.recipe.sweep!;
  assert.equal(points.length, 3 * 3 * 3);
  // Three seeds; three ratios of each; three schemes of each of those.
  assert.deepEqual(
    [count("data"), count("train"), count("prune"), count("quantize"), count("export")],
    [1, 3, 9, 27, 54],
  );
  assert.equal(new Set(points.map(({ result }) => result)).size, 27);
});
