/** Sweeps over numbers, run: repeats folded, claims at every point, the best exported, each point in a folder. */
import assert from "node:assert/strict";
import { memoryStore, withOps } from "../../../../mod.ts";
import { tableText } from "../../../../engine/report/table.ts";
import { numberOps, numberRecipe } from "../search/numbers.ts";

/** A run of a sweep in a folder that is gone afterwards; m = x + amount + seed. */
async function swept(sweep: object, expect: readonly string[] = []) {
  const log: string[] = [];
  const { recipe } = withOps(numberOps(log));
  const out = await Deno.makeTempDir();
  try {
    const numbers = recipe(numberRecipe({ sweep }, { expect }) as never);
    const run = await numbers.run({ cache: memoryStore(), out });
    const files: string[] = [];
    for (const folder of run.written.filter((each) => each.endsWith("/"))) {
      files.push(`${folder}: ${await Deno.readTextFile(`${out}/${folder}number.txt`)}`);
    }
    return { run, files, log };
  } finally {
    await Deno.remove(out, { recursive: true });
  }
}

const repeated = { over: { x: [1, 2, 3], seed: [0, 1] }, pareto: "result.bytes" };

Deno.test("a claim holds at every point, and for repeats about their mean", async () => {
  const { run } = await swept(repeated, ["result.bytes <= 2.6 kB"]);
  // By hand: the means of 1000 (x + 0) and 1000 (x + 1).
  assert.deepEqual(run.expect.map(({ claim, met, left }) => [claim, met, left]), [
    ["m[x=1].bytes <= 2.6 kB", true, 1500],
    ["m[x=2].bytes <= 2.6 kB", true, 2500],
    ["m[x=3].bytes <= 2.6 kB", false, 3500],
  ]);
  assert.equal(run.ending, "expectation");
});

Deno.test("there is one row per point, its variables first, repeats as mean ± deviation (how many)", async () => {
  const { run } = await swept(repeated);
  assert.equal(
    tableText(run.table),
    `   x          accuracy    bytes     gzip
◆  1  90.5 ± 0.6 % (2)  1.50 kB  1.35 kB
   2  91.3 ± 0.5 % (2)  2.50 kB  2.25 kB
   3  92.0 ± 0.5 % (2)  3.50 kB  3.15 kB
  mean ± standard deviation (repeats by seed). ◆ no other is as good in result.bytes and better in one. bytes = encoded as tfjs.`,
  );
  assert.deepEqual(
    run.report.points!.map(({ values, results, pareto }) => [values, results.length, pareto]),
    [[{ x: 1 }, 2, true], [{ x: 2 }, 2, false], [{ x: 3 }, 2, false]],
  );
});

Deno.test("only the best points are exported, each into a folder of its own", async () => {
  const { files } = await swept(repeated);
  assert.deepEqual(files, ["x=1,seed=0/text/: 1", "x=1,seed=1/text/: 2"]);
  const { files: all } = await swept({ over: { x: [1, 2] } });
  assert.deepEqual(all, ["x=1/text/: 1", "x=2/text/: 2"], "without a front, all of them");
});

Deno.test("what points share runs once; a range and a list of points mean the same", async () => {
  const range = await swept({ over: { amount: { min: 1, max: 8, step: 2, spacing: "log" } } });
  const points = await swept({ over: [1, 2, 4, 8].map((amount) => ({ amount })) });
  const times = (log: string[], name: string) => log.filter((each) => each === name).length;
  for (const { log } of [range, points]) {
    assert.deepEqual([times(log, "constant"), times(log, "grow")], [2, 4]);
  }
  assert.deepEqual(points.run.lock, range.run.lock);
});

Deno.test("a metric of the front that nobody measures is found before anything runs, once", () => {
  const { recipe } = withOps(numberOps());
  const wrong = (pareto: string) => {
    try {
      recipe(numberRecipe({ sweep: { over: { x: [1, 2] }, pareto } }) as never);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  };
  assert.match(wrong("result.bites")!, /^sweep.pareto: .*bites/);
});
