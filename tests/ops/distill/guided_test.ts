/** `guidance: all`: every model before one teaches it (Son et al. 2021, "DGKD", arXiv 2009.08825). */
import assert from "node:assert/strict";
import { memoryStore, type Recipe, recipe as typed } from "../../../mod.ts";
import { assertNear, evaluated, rows, term } from "../learn/terms/support/evaluated.ts";

const recipe = typed as unknown as (document: Readonly<Record<string, unknown>>) => Recipe;

const guided = recipe({
  name: "guided",
  data: { use: "digits", limit: 300, split: { validation: 0.1, test: 0.1 } },
  teacher: { use: "mlp", hidden: [40], train: { epochs: 4 } },
  assistant: { use: "mlp", hidden: [20] },
  student: { use: "mlp", hidden: [10] },
  distill: {
    epochs: 2,
    guidance: "all",
    loss: [
      { use: "labels", weight: 0.5 },
      { use: "soft-targets", weight: 0.5, temperature: 2 },
    ],
  },
});
type Weighted = { readonly use: string; readonly weight: number; readonly teacher?: string };

Deno.test("the terms that a recipe expands to are the paper's equation 7, divided by the number of teachers", async () => {
  const { steps } = guided.expand();
  const loss = steps.find(({ name }) => name === "distilled")!.params.loss as unknown as Weighted[];
  assert.deepEqual(loss.map(({ use, weight, teacher }) => [use, weight, teacher]), [
    ["labels", 0.5, undefined],
    ["soft-targets", 0.25, "teacher"],
    ["soft-targets", 0.25, "assistant"],
  ]);
  // Logits of student, teacher and assistant; class 0 is true.
  const student = [rows([1, 0.5, -0.5, 0.2])];
  const said: Readonly<Record<string, number[]>> = {
    teacher: [2, 1, 0.1, -1],
    assistant: [1.5, 0.8, 0, -0.5],
  };
  const values = await Promise.all(loss.map(async ({ weight: _, teacher, ...each }) => {
    const compared = teacher === undefined
      ? { targets: rows([1, 0, 0, 0]) }
      : { teacher: [rows(said[teacher]!)] };
    return (await evaluated(term(each), { student, ...compared })).value;
  }));
  const total = loss.reduce((sum, { weight }, i) => sum + weight * values[i]!, 0);
  // 2² KL of the softmax at T = 2; with −ln 0.43879091 = 0.82373227, the labels': 0.82373227 + (0.24862527 +
  // 0.09426442) / 2.
  assertNear(values[1]!, 0.24862527);
  assertNear(values[2]!, 0.09426442);
  assertNear(2 * total, 0.99517711);
});

Deno.test("in a run every term of the loss, that of each teacher too, has a value above 0", async () => {
  const run = await guided.run({ cache: memoryStore() });
  assert.deepEqual(run.problems, []);
  const { notes } = run.steps.find(({ name }) => name === "distilled")!;
  const { history } = notes.training as { history: { terms: { value: number }[] }[] };
  assert.equal(history[0]!.terms.length, 3);
  for (const { value } of history[0]!.terms) assert.ok(value > 0);
});
