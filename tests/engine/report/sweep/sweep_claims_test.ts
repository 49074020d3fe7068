import assert from "node:assert/strict";
import type { Metrics } from "../../../../engine/metrics.ts";
import type { Point } from "../../../../engine/recipe/recipe.ts";
import { sweptClaims } from "../../../../engine/report/sweep/sweep_claims.ts";
import { graphOf } from "../../run/support/fake.ts";
import { claimed } from "../support/subject.ts";

const points = [[0.3, 1], [0.3, 2], [0.5, 1], [0.5, 2]].map(([ratio, seed]) => {
  const student = `student[ratio=${ratio},seed=${seed}]`;
  const names = { student, teacher: "teacher" };
  return { values: { ratio: ratio!, seed: seed! }, names, result: student };
});
const accuracies: Readonly<Record<string, number>> = {
  "student[ratio=0.3,seed=1]": 0.7,
  "student[ratio=0.3,seed=2]": 1,
  "student[ratio=0.5,seed=1]": 0.5,
  "student[ratio=0.5,seed=2]": 0.6,
  teacher: 0.9,
};
const metricsOf = (name: string): Metrics | undefined =>
  name in accuracies ? { accuracy: accuracies[name]!, metrics: {} } : undefined;

/** What each claim is about, and the accuracy that it finds of its first model. */
function claims(texts: readonly string[], swept: readonly Point[] = points) {
  const { recipe } = graphOf([], {
    sweep: { points: swept, pareto: [] },
    expect: texts.map((text) => claimed(text)),
  });
  return sweptClaims(recipe, metricsOf).map(({ text, claim, metricsOf }) => {
    const { model } = claim.left.first as { readonly model: string };
    return [text, metricsOf(model)?.accuracy];
  });
}

Deno.test("a claim holds at every point, and for repeats about their mean", () => {
  assert.deepEqual(claims(points.map(({ result }) => `${result}.accuracy >= 80 %`)), [
    ["student[ratio=0.3].accuracy >= 80 %", 0.85],
    ["student[ratio=0.5].accuracy >= 80 %", 0.55],
  ]);
});

Deno.test("claims of one place that compare otherwise are not one claim", () => {
  const [{ result }] = points as [typeof points[0]];
  assert.deepEqual(claims([`${result}.accuracy >= 80 %`, `${result}.accuracy <= 80 %`]).length, 2);
});

Deno.test("where nothing is repeated a claim stays as it is written", () => {
  const single = points.slice(0, 1);
  assert.deepEqual(claims([`${single[0]!.result}.accuracy >= 80 %`], single), [
    ["student[ratio=0.3,seed=1].accuracy >= 80 %", 0.7],
  ]);
  assert.deepEqual(claims(["stranger.accuracy >= 80 %"]), [
    ["stranger.accuracy >= 80 %", undefined],
  ]);
});

Deno.test("both sides of a claim are means, and a step that no seed changes keeps its name", () => {
  assert.deepEqual(
    claims(
      points.slice(0, 2).map(({ result }) => `${result}.accuracy >= teacher.accuracy - 1 point`),
    ),
    [["student[ratio=0.3].accuracy >= teacher.accuracy - 1 point", 0.85]],
  );
  // A result that the point's own recipe gives no name is found as the result.
  const unnamed = points.slice(0, 2).map((point) => ({ ...point, names: {} }));
  assert.deepEqual(claims(unnamed.map(({ result }) => `${result}.accuracy >= 80 %`), unnamed), [
    ["student[ratio=0.3].accuracy >= 80 %", 0.85],
  ]);
  const named = points.slice(0, 2).map((point, at) => ({
    ...point,
    names: { student: `student[seed=${at}]` },
    result: `student[seed=${at}]`,
  }));
  assert.deepEqual(
    claims(["student[seed=0].accuracy >= 1 %"], named)[0]![0],
    "student.accuracy >= 1 %",
  );
});
