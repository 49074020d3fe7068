import assert from "node:assert/strict";
import type { Facts } from "../../../engine/facts.ts";
import type { Graph } from "../../../engine/graph/graph.ts";
import { sourcesAt } from "../../../engine/graph/sources/source.ts";
import { inOrder, neededBy, type Walk, walkOver } from "../../../engine/graph/walk.ts";
import { memoryStore } from "../../../engine/store/memory_store.ts";
import { sample } from "../store/contract.ts";
import { fakeOps, type FakeStep, graphOf } from "../run/fake.ts";

const ops = fakeOps();
const { outcome } = sample();

/** `a` and `b` stand alone, `ab` reads both, `c` reads `a`. */
const steps: readonly FakeStep[] = [
  { name: "a", op: ops.constant, params: { value: 1 } },
  { name: "b", op: ops.constant, params: { value: 2 } },
  { name: "ab", op: ops.sum, inputs: { numbers: ["a", "b"] } },
  { name: "c", op: ops.add, inputs: { number: "a" }, params: { amount: 1 } },
];

function walking(
  graph: Graph,
  more: { order?: readonly string[]; recompile?: (known: ReadonlyMap<string, Facts>) => Graph } =
    {},
): Walk {
  const store = memoryStore();
  return walkOver(graph, { store, host: "here", sources: sourcesAt("/", store), ...more });
}

const told = (walk: Walk, running?: ReadonlySet<string>): string | undefined => {
  const turn = walk.next(running);
  return turn && (turn.lacks === undefined ? turn.node.step.name : `without ${turn.lacks}`);
};

Deno.test("taken one by one, steps come in order, each once", async () => {
  const walk = walking(graphOf(steps));
  for (const name of ["a", "b", "ab", "c"]) {
    assert.equal(told(walk), name);
    await walk.take(name, outcome);
  }
  assert.equal(told(walk), undefined);
});

Deno.test("a step is passed over while what it reads is running, and comes when that is done", async () => {
  const walk = walking(graphOf(steps));
  const running = new Set<string>();
  for (const name of ["a", "b"]) {
    assert.equal(told(walk, running), name);
    running.add(name);
  }
  assert.equal(told(walk, running), undefined, "both others read what is running");
  await walk.take("a", outcome);
  assert.equal(told(walk, running), undefined, "until what is taken back runs no more");
  running.delete("a");
  assert.equal(told(walk, running), "c");
  running.add("c");
  await walk.take("b", outcome);
  running.delete("b");
  assert.equal(told(walk, running), "ab");
});

Deno.test("a step behind one that is passed over is passed over too", () => {
  const walk = walking(graphOf([
    ...steps,
    { name: "d", op: ops.add, inputs: { number: "c" }, params: { amount: 1 } },
  ]));
  told(walk);
  assert.equal(told(walk, new Set(["a"])), "b");
  assert.equal(told(walk, new Set(["a", "b"])), undefined);
});

Deno.test("what reads a step that came to nothing lacks it", async () => {
  const walk = walking(graphOf(steps));
  told(walk);
  told(walk);
  await walk.take("b", outcome);
  assert.equal(told(walk), "without a");
  assert.equal(told(walk), "without a");
});

Deno.test("facts that a step shows compile the graph again, one after the other, with all that is known", async () => {
  const waiting = (name: string, waits: string): FakeStep => ({
    name,
    op: ops.constant,
    params: { value: 3 },
    waits,
  });
  const first = graphOf([...steps, waiting("x", "a"), waiting("y", "b")]);
  const asked: string[][] = [];
  const walk = walking(first, {
    recompile(known) {
      asked.push([...known.keys()]);
      return graphOf([
        ...steps,
        known.has("a") ? { name: "x", op: ops.constant } : waiting("x", "a"),
        known.has("b") ? { name: "y", op: ops.constant } : waiting("y", "b"),
      ]);
    },
  });
  const shown = { ...outcome, facts: { kind: "files" } };
  const anew = await Promise.all([walk.take("a", shown), walk.take("b", shown)]);
  assert.deepEqual(asked, [["a"], ["a", "b"]]);
  assert.deepEqual(anew, [true, false], "the first asks for what both have shown");
  assert.equal(walk.graph.node("y")!.waits, undefined);
});

Deno.test("what is read from files comes first, and what a step needs is found through every chain", () => {
  const graph = graphOf([
    ...steps,
    { name: "f", op: ops.file, params: { from: "./number.txt" } },
    { name: "late", op: ops.constant, params: { value: 1 }, waits: "f" },
  ]);
  assert.deepEqual(inOrder(graph), ["f", "a", "b", "ab", "c", "late"]);
  assert.deepEqual([...neededBy(graph, "ab")].sort(), ["a", "ab", "b"]);
  assert.deepEqual([...neededBy(graph, "late")].sort(), ["f", "late"]);
});
