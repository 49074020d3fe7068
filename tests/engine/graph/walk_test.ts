import assert from "node:assert/strict";
import type { Facts } from "../../../engine/facts.ts";
import type { Graph } from "../../../engine/graph/graph.ts";
import { sourcesAt } from "../../../engine/graph/sources/source.ts";
import { inOrder, neededBy, type Walk, walkOver } from "../../../engine/graph/walk.ts";
import { canonicalBytes, digestOf } from "../../../engine/digest.ts";
import { memoryStore } from "../../../engine/store/memory_store.ts";
import { sample } from "../store/contract.ts";
import { fakeOps, type FakeStep, graphOf } from "../run/support/fake.ts";

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

Deno.test("the work of taking steps grows with their number, not with its square", async () => {
  const looksFor = async (count: number) => {
    const chain = Array.from(
      { length: count },
      (_, at): FakeStep =>
        at === 0 ? { name: "s0", op: ops.constant, params: { value: 1 } } : {
          name: `s${at}`,
          op: ops.add,
          inputs: { number: `s${at - 1}` },
          params: { amount: 1 },
        },
    );
    let looks = 0;
    const { nodes, ...rest } = graphOf(chain);
    const seen = nodes.map((node) => ({
      ...node,
      get waits() {
        looks++;
        return node.waits;
      },
    }));
    const byName = new Map(seen.map((node) => [node.step.name, node]));
    const graph = { ...rest, nodes: seen, node: (name: string) => byName.get(name) } as Graph;
    const walk = walking(graph, { recompile: () => graph });
    for (let name = told(walk); name !== undefined; name = told(walk)) {
      await walk.take(name, outcome);
    }
    return looks;
  };
  const [few, many] = [await looksFor(100), await looksFor(800)];
  assert.ok(few > 100 && many < 9 * few, `${few} looks at 100 steps, ${many} at 800`);
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

Deno.test("a step is located by what it reads: its key, its record, its sources", async () => {
  const graph = graphOf(steps);
  const walk = walking(graph);
  await walk.take("a", outcome);
  const found = await walk.locate(graph.node("c")!);
  const { artifact: { digest } } = outcome;
  assert.deepEqual(found.preimage.inputs, { number: digest });
  assert.equal(found.key, digestOf(canonicalBytes(found.preimage)));
  assert.deepEqual([found.sources, found.outcome], [[], undefined]);
  assert.equal(walk.located.get("c"), found);
  assert.equal(walk.outcomes.get("a"), outcome);
});

/** A graph whose step `x` waits for `a`, and what is told of the manifest of `a`. */
async function shown(
  facts: ((manifest: unknown) => Facts) | undefined,
  store = memoryStore(),
  more: { readonly unread?: (error: unknown) => undefined } = {},
) {
  const output = { ...ops.constant.output };
  const { facts: _, ...without } = output;
  const op = { ...ops.constant, output: facts === undefined ? without : { ...output, facts } };
  const graph = graphOf([
    { name: "a", op: op as never },
    { name: "x", op: ops.constant, waits: "a" },
  ]);
  const known: unknown[] = [];
  const walk = walkOver(graph, {
    ...{ store, host: "here", sources: sourcesAt("/", store) },
    ...more,
    recompile(facts) {
      known.push(Object.fromEntries(facts));
      return graph;
    },
  });
  const anew = await walk.take("a", {
    ...outcome,
    artifact: { ...outcome.artifact, digest: manifest },
  });
  return { anew, known };
}
const manifest = digestOf(canonicalBytes({ kind: "number" }));

Deno.test("what a record does not say its manifest does; a kind that tells nothing teaches nothing", async () => {
  const store = memoryStore();
  await store.keep(canonicalBytes({ kind: "number" }));
  const read: unknown[] = [];
  const facts = (manifest: unknown): Facts => {
    read.push(manifest);
    return { kind: "files" };
  };
  assert.deepEqual(await shown(facts, store), { anew: true, known: [{ a: { kind: "files" } }] });
  assert.deepEqual(read, [{ kind: "number" }]);
  assert.deepEqual(await shown(undefined, store), { anew: false, known: [] });
});

Deno.test("a manifest that is gone is an error, or told to who asked for that", async () => {
  const facts = (): Facts => ({ kind: "files" });
  await assert.rejects(shown(facts), { name: "CorruptBlobError" });
  const told: unknown[] = [];
  const unread = (error: unknown) => void told.push((error as Error).name);
  const found = await shown(facts, memoryStore(), { unread: unread as () => undefined });
  assert.deepEqual(found, { anew: false, known: [] });
  assert.deepEqual(told, ["CorruptBlobError"]);
});

Deno.test("after an error in what one step shows, others are learned from", async () => {
  const graph = graphOf([...steps, { name: "x", op: ops.constant, waits: "a" }, {
    ...{ name: "y", op: ops.constant, waits: "b" },
  }]);
  let asked = 0;
  const walk = walking(graph, {
    recompile() {
      if (asked++ === 0) throw new TypeError("odd");
      return graph;
    },
  });
  const facts = { kind: "files" };
  await assert.rejects(walk.take("a", { ...outcome, facts }), TypeError);
  assert.equal(await walk.take("b", { ...outcome, facts }), true);
});

Deno.test("another order is kept, and a step that waits for facts comes behind that one", () => {
  const walk = walking(graphOf(steps), { order: ["b", "a", "c", "ab"] });
  assert.equal(told(walk), "b");
  assert.equal(told(walk, new Set(["b"])), "a");
  const graph = graphOf([
    { name: "a", op: ops.constant },
    { name: "x", op: ops.constant, waits: "a" },
    { name: "f", op: ops.file, params: { from: "./n" }, waits: "a" },
    {
      name: "g",
      op: { ...ops.file, inputs: ops.add.inputs },
      params: { from: "./n" },
      inputs: { number: "a" },
    },
  ]);
  const waiting = walking(graph);
  assert.equal(told(waiting), "a");
  assert.equal(told(waiting, new Set(["a"])), undefined);
  assert.equal(told(waiting), "without a");
  assert.deepEqual(inOrder(graph), ["a", "x", "f", "g"], "what waits or reads is not first");
});
