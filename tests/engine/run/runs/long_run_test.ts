/** Runs of many steps, and their reports: the work grows as the steps do. It is counted, not timed. */
import assert from "node:assert/strict";
import { memoryStore } from "../../../../mod.ts";
import type { Graph, Node } from "../../../../engine/graph/graph.ts";
import { type LockedStep } from "../../../../engine/run/lock.ts";
import { execute } from "../../../../engine/run/execute.ts";
import type { Point } from "../../../../engine/recipe/recipe.ts";
import { runDocument } from "../../../../engine/report/document.ts";
import { expectations } from "../../../../engine/report/expectations.ts";
import { runTable } from "../../../../engine/report/run_table.ts";
import { stepStates } from "../../../../engine/run/step_state.ts";
import { claimed } from "../../report/support/subject.ts";
import { numberOps } from "../search/numbers.ts";
import { fakeOps, type FakeStep, graphOf, nowhere } from "../support/fake.ts";

const { constant, add, fail } = fakeOps();
const [, , score, write] = numberOps();

/** A sweep of so many points; each has a number, a sum, a measurement and an export. */
function swept(count: number, broken = false) {
  const steps: FakeStep[] = [{ name: "samples", op: constant, params: { value: 1000 } }];
  const points: Point[] = [];
  for (let at = 0; at < count; at++) {
    const [n, m, t, e] = ["n", "m", "m-test", "export"].map((name) => `${name}[x=${at}]`);
    steps.push({ name: n!, op: constant, params: { value: 1000 * at } });
    const made = broken ? { op: fail, params: {} } : { op: add, params: { amount: at + 1 } };
    steps.push({ name: m!, inputs: { number: n! }, ...made });
    const inputs = { model: m!, data: "samples" };
    steps.push({ name: t!, op: score, inputs, params: { split: "test" } });
    steps.push({ name: e!, op: write, inputs: { model: m! }, params: { use: "text" } });
    points.push({
      values: { x: at },
      names: { samples: "samples", n: n!, m: m!, "m-test": t!, export: e! },
      result: m!,
    });
  }
  const expect = points.map(({ result }) => claimed(`${result}.bytes >= 1 kB`));
  return graphOf(steps, { sweep: { points, pareto: ["result.bytes"] }, expect });
}

/** A graph that counts how often anybody looks at what its steps read. */
function watched(graph: Graph): { readonly graph: Graph; readonly looks: () => number } {
  let looks = 0;
  const nodes = new Map<string, Node>();
  for (const node of graph.nodes) {
    const now = (read: Node | readonly Node[]): Node | readonly Node[] =>
      Array.isArray(read)
        ? read.map((each) => nodes.get(each.step.name)!)
        : nodes.get((read as Node).step.name)!;
    const inputs = Object.fromEntries(
      Object.entries(node.inputs).map(([name, read]) => [name, now(read)]),
    );
    const { name } = node.step;
    nodes.set(name, {
      ...node,
      get inputs() {
        looks++;
        return inputs;
      },
    });
  }
  const found = { ...graph, nodes: [...nodes.values()], node: (name: string) => nodes.get(name) };
  return { graph: found, looks: () => looks };
}

/** Looks of a run with 8 jobs and of its report, and of both for a graph that is eight times as large. */
async function looked(broken: boolean): Promise<[few: number[], many: number[]]> {
  const counts: number[][] = [];
  for (const count of [20, 160]) {
    const { graph, looks } = watched(swept(count, broken));
    const { states, take } = stepStates();
    const { ending, problems } = await execute(graph, {
      ...{ store: memoryStore(), environment: nowhere, jobs: 8, keepGoing: true, onEvent: take },
    });
    assert.deepEqual([ending, problems.length], broken ? ["failed", count] : ["done", 0]);
    const run = looks();
    runTable(graph, states());
    const expect = expectations(graph, states());
    assert.equal(expect.length, count);
    const about = { date: "", seconds: 1, environment: nowhere, expect };
    const document = runDocument({ graph, ending, problems }, states(), about);
    assert.equal(document.steps.length, 4 * count + 1);
    counts.push([run, looks() - run]);
  }
  return counts as [number[], number[]];
}

for (const broken of [false, true]) {
  Deno.test(
    `a run of eight times the steps and its report take eight times the work${
      broken ? ", also where every point fails" : ""
    }`,
    async () => {
      const [few, many] = await looked(broken);
      for (const [at, phase] of ["run", "report"].entries()) {
        const times = many[at]! / few[at]!;
        assert.ok(few[at]! > 80 && times < 8.5, `${phase}: ${few[at]} looks, then ${many[at]}`);
      }
    },
  );
}

Deno.test("a run under a lock looks for each of its steps once", async () => {
  const looks = async (count: number): Promise<number> => {
    const graph = swept(count);
    const { located, outcomes } = await execute(graph, {
      ...{ store: memoryStore(), environment: nowhere },
    });
    let seen = 0;
    const steps = graph.nodes.map(({ step: { name } }) => ({
      key: located.get(name)!.key,
      artifact: outcomes.get(name)!.artifact,
      get name() {
        seen++;
        return name;
      },
    })) as unknown as LockedStep[];
    const lock = { format: 1, recipe: "numbers", numerics: 1, sources: [], steps } as const;
    const again = await execute(graph, { store: memoryStore(), environment: nowhere, lock });
    assert.equal(again.ending, "done");
    return seen;
  };
  assert.equal(await looks(5), 21);
  assert.equal(await looks(20), 81);
});
