import assert from "node:assert/strict";
import type { Json } from "../../../../engine/digest.ts";
import type { Metrics } from "../../../../engine/metrics.ts";
import type { Point } from "../../../../engine/recipe/recipe.ts";
import { meanMetrics, spreadOf } from "../../../../engine/report/mean_metrics.ts";
import {
  meanOver,
  pointGroups,
  repeats,
  sweepPoints,
} from "../../../../engine/report/sweep/points.ts";
import { sweepTable } from "../../../../engine/report/sweep/sweep_table.ts";
import { tableText } from "../../../../engine/report/table.ts";
import { fakeOps, graphOf } from "../../run/support/fake.ts";
import { measured, statesOf } from "../support/subject.ts";

const metrics = (accuracy: number, encoded: number): Metrics => ({
  accuracy,
  samples: 1000,
  parameters: encoded,
  bytes: { raw: 4 * encoded, encoded, gzip: encoded / 2, format: "tfjs" },
  metrics: { recall: { "3": accuracy } },
});

/** Points of a sweep over `ratio` and `seed`; their results and references are named for them. */
function swept(values: readonly Readonly<Record<string, Json>>[]) {
  const points = values.map((values): Point => {
    const name = `student[${Object.entries(values).map(([name, value]) => `${name}=${value}`)}]`;
    return {
      values,
      names: { student: name, teacher: "teacher" },
      result: name,
      reference: "teacher",
    };
  });
  const pareto = ["result.accuracy", "result.bytes"];
  return graphOf([], { sweep: { points, pareto } }).recipe;
}

Deno.test("repeats are folded into mean and standard deviation", () => {
  // By hand: mean 0.9, deviation √((0.02² + 0 + 0.02²) / 2) = 0.02.
  const spread = spreadOf([0.88, 0.9, 0.92])!;
  assert.ok(Math.abs(spread.mean - 0.9) < 1e-12 && Math.abs(spread.deviation - 0.02) < 1e-12);
  assert.equal(spreadOf([0.5]), undefined);
  assert.equal(spreadOf([0.5, undefined]), undefined);
  const { mean } = meanMetrics([metrics(0.5, 100), metrics(1, 300)])!;
  assert.deepEqual(mean, { ...metrics(0.75, 200) });
  assert.equal(meanMetrics([]), undefined);
});

Deno.test("points that differ in the seed alone are one row; the front is of those no other surpasses", () => {
  const recipe = swept([
    { ratio: 0.3, seed: 1 },
    { ratio: 0.3, seed: 2 },
    { ratio: 0.5, seed: 1 },
    { ratio: 0.5, seed: 2 },
    { ratio: 0.7, seed: 1 },
    { ratio: 0.7, seed: 2 },
  ]);
  const measured: Record<string, Metrics> = {
    teacher: metrics(0.95, 10_000),
    "student[ratio=0.3,seed=1]": metrics(0.92, 4000),
    "student[ratio=0.3,seed=2]": metrics(0.94, 4000),
    // As small as the last, and worse.
    "student[ratio=0.5,seed=1]": metrics(0.7, 1000),
    "student[ratio=0.5,seed=2]": metrics(0.7, 1000),
    "student[ratio=0.7,seed=1]": metrics(0.8, 1000),
    "student[ratio=0.7,seed=2]": metrics(0.9, 1000),
  };
  const groups = pointGroups(recipe, (name) => measured[name]);
  assert.deepEqual(groups.map(({ values, pareto }) => [values, pareto]), [
    [{ ratio: 0.3 }, true],
    [{ ratio: 0.5 }, false],
    [{ ratio: 0.7 }, true],
  ]);
  assert.equal(
    tableText(sweepTable(recipe, groups)),
    `   ratio          accuracy         Δ  parameters    bytes     ÷     gzip
◆  0.3    93.0 ± 1.4 % (2)   −2.0 pt      4.00 k  4.00 kB   2.5  2.00 kB
   0.5    70.0 ± 0.0 % (2)  −25.0 pt      1.00 k  1.00 kB  10.0    500 B
◆  0.7    85.0 ± 7.1 % (2)  −10.0 pt      1.00 k  1.00 kB  10.0    500 B
  mean ± standard deviation (repeats by seed). ◆ no other is as good in result.accuracy and result.bytes and better in one. Δ and ÷ against teacher. bytes = encoded as tfjs.`,
  );
});

Deno.test("a sweep says what its bytes are compared with, and whose are those of the files it was loaded from", () => {
  const recipe = swept([{ ratio: 0.3 }, { ratio: 0.5 }]);
  const teacher = metrics(0.95, 10_000);
  const own = { ...teacher, bytes: { ...teacher.bytes!, own: true as const } };
  const groups = pointGroups(
    recipe,
    (name) => name === "teacher" ? own : metrics(0.9, 1000),
  );
  assert.match(
    tableText(sweepTable(recipe, groups)),
    / Δ and ÷ against teacher\. bytes = encoded as tfjs; of teacher the files it was loaded from\.$/,
  );
});

Deno.test("a point that was not measured is on no front", () => {
  const recipe = swept([{ ratio: 0.3 }, { ratio: 0.5 }]);
  const groups = pointGroups(recipe, (name) => name.includes("0.3") ? metrics(0.1, 10) : undefined);
  assert.deepEqual(groups.map(({ pareto }) => pareto), [true, false]);
});

Deno.test("the difference and the factor of a row are means of those of its points", () => {
  const recipe = swept([{ ratio: 0.3, seed: 1 }, { ratio: 0.3, seed: 2 }]);
  const all: Record<string, Metrics> = {
    teacher: metrics(0.9, 1000),
    "student[ratio=0.3,seed=1]": metrics(0.8, 100),
    "student[ratio=0.3,seed=2]": metrics(0.6, 500),
  };
  const [row] = pointGroups(recipe, (name) => all[name]);
  assert.ok(Math.abs(row!.difference! + 0.2) < 1e-12);
  assert.equal(row!.shrinkage, 6);
  assert.deepEqual(row!.results.map(({ name }) => name), ["student", "student"]);
  assert.deepEqual(row!.references.map(({ name }) => name), ["teacher", "teacher"]);
  const [alone] = pointGroups(recipe, (name) => name === "teacher" ? undefined : all[name]);
  assert.deepEqual([alone!.difference, alone!.shrinkage], [undefined, undefined]);
});

Deno.test("a point that is compared with itself is compared with nothing", () => {
  const point = { values: { a: 1 }, names: {}, result: "one", reference: "one" };
  const { recipe } = graphOf([], { sweep: { points: [point], pareto: [] } });
  const [row] = pointGroups(recipe, () => metrics(1, 1));
  assert.deepEqual([row!.difference, row!.shrinkage, row!.references], [undefined, undefined, []]);
  assert.equal(row!.pareto, false, "there is no front where nothing is weighed");
});

Deno.test("a single point keeps its seed, repeats share theirs", () => {
  const values = (...seeds: number[]) =>
    pointGroups(swept(seeds.map((seed) => ({ ratio: 0.3, seed }))), () => undefined)
      .map((row) => row.values);
  assert.deepEqual(values(4), [{ ratio: 0.3, seed: 4 }]);
  assert.deepEqual(values(4, 5), [{ ratio: 0.3 }]);
  assert.deepEqual(repeats([]), []);
});

Deno.test("what is called by one name is measured at each of the points", () => {
  const { sweep } = swept([{ seed: 1 }, { seed: 2 }]);
  const accuracy = (name: string) =>
    meanOver(
      sweep!.points,
      name,
      (step) => metrics(step === "teacher" ? 1 : step.includes("1") ? 0.25 : 0.75, 1),
    )
      ?.accuracy;
  assert.deepEqual([accuracy("result"), accuracy("student"), accuracy("teacher")], [0.5, 0.5, 1]);
  assert.equal(accuracy("nobody"), undefined);
});

Deno.test("the rows of a run are made of the steps that ended", () => {
  const ops = fakeOps();
  const points = ["one", "two"].map((result, a) => ({ values: { a }, names: {}, result }));
  const graph = graphOf(
    [
      ...["one", "two"].map((name) => ({ name, op: ops.constant })),
      ...["one", "two"].map((name) => ({
        name: `${name}-test`,
        op: ops.score,
        inputs: { model: name },
      })),
    ],
    { sweep: { points, pareto: ["result.loss"] } },
  );
  const states = statesOf(graph, {
    "one-test": measured({ loss: 2 }),
    "two-test": measured({ loss: 1 }),
  });
  assert.deepEqual(
    sweepPoints(graph, states).map(({ metrics, pareto }) => [metrics?.loss, pareto]),
    [[2, false], [1, true]],
  );
  assert.deepEqual(sweepPoints(graphOf([]), states), []);
});

Deno.test("the front is of a metric's entry for one class where that is named", () => {
  const { sweep, ...recipe } = swept([{ ratio: 0.3 }, { ratio: 0.5 }]);
  const measured = (name: string): Metrics => ({
    ...metrics(0.5, 1),
    metrics: {
      recall: name.includes("0.3")
        ? { "3": 0.9, "4": 0.1, "a.b.c": 0.3 }
        : { "3": 0.2, "4": 0.8, "a.b.c": 0.4 },
    },
  });
  const front = (...pareto: string[]) =>
    pointGroups({ ...recipe, sweep: { ...sweep!, pareto } }, measured).map((row) => row.pareto);
  assert.deepEqual(front("result.recall.3"), [true, false]);
  assert.deepEqual(front("result.recall.4"), [false, true]);
  assert.deepEqual(front("result.recall.3", "result.recall.4"), [true, true]);
  assert.deepEqual(
    front("result.recall.a.b.c"),
    [false, true],
    "a class may have dots in its name",
  );
});
