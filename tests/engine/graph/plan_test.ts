import assert from "node:assert/strict";
import { askedForNames } from "../../../engine/graph/sources/addresses.ts";
import { estimate } from "../../../engine/graph/estimate.ts";
import { explain } from "../../../engine/graph/explain.ts";
import { plan } from "../../../engine/graph/plan.ts";
import { execute } from "../../../engine/run/execute.ts";
import { fingerprint } from "../../../engine/run/host.ts";
import {
  assertReadable,
  permissionFlags,
  permissionsFor,
  shellWord,
} from "../../../engine/library/permissions.ts";
import { memoryStore } from "../../../engine/store/memory_store.ts";
import type { Store } from "../../../engine/store/store.ts";
import { recipe } from "../../../mod.ts";
import { fakeOps, type FakeStep, graphOf, nowhere } from "../run/support/fake.ts";

const ops = fakeOps();
const host = fingerprint(nowhere);

Deno.test("a plan reads records and no blobs, and locks nothing", async () => {
  const store = memoryStore();
  const steps: FakeStep[] = [
    { name: "one", op: ops.constant, params: { value: 1 } },
    { name: "two", op: ops.add, inputs: { number: "one" }, params: { amount: 1 } },
  ];
  await execute(graphOf(steps), { store, environment: nowhere });
  store.contents.blobs.clear();
  const refuse = (): never => assert.fail("a plan only reads records");
  const watched: Store = {
    ...store,
    read: refuse,
    locked: refuse,
    publish: refuse,
    journal: refuse,
  };
  const { steps: planned } = await plan(graphOf(steps), { store: watched, host });
  assert.deepEqual(planned.map(({ state }) => state), ["hit", "hit"]);
});

Deno.test("a plan goes on behind a recorded step whose shapes its artifact alone tells, while that is there", async () => {
  // Which channels go is a matter of all weights: nothing is known of the shapes before.
  const pruned = recipe({
    name: "global",
    data: { use: "digits", limit: 64 },
    model: { use: "mlp", hidden: [8], train: { epochs: 1 } },
    prune: { granularity: "channel", ratio: 0.5, scope: "global" },
    quantize: { scheme: "int8" },
  } as never);
  const cache = memoryStore();
  const run = await pruned.run({ cache });
  assert.equal(run.ending, "done", JSON.stringify(run.problems));
  const states = async () =>
    Object.fromEntries((await pruned.plan({ cache })).steps.map(({ node, state }) => [
      node.step.name,
      state,
    ]));
  assert.deepEqual(new Set(Object.values(await states())), new Set(["hit"]));
  const cut = run.steps.find(({ name }) => name === "pruned")!.artifact!.digest;
  cache.contents.blobs.delete(cut as never);
  const { pruned: made, quantized } = await states();
  assert.deepEqual([made, quantized], ["hit", "unknown"]);
});

Deno.test("the work of a plan is linear in its steps", async () => {
  const counted = async (length: number): Promise<number> => {
    const steps: FakeStep[] = [{ name: "s0", op: ops.constant, params: { value: 0 } }];
    for (let at = 1; at < length; at++) {
      steps.push({
        name: `s${at}`,
        op: ops.add,
        inputs: { number: `s${at - 1}` },
        params: { amount: 1 },
      });
    }
    const graph = graphOf(steps);
    let looked = 0;
    const nodes = new Proxy(graph.nodes, {
      get(target, property, receiver) {
        if (typeof property === "string" && /^\d+$/.test(property)) looked++;
        return Reflect.get(target, property, receiver);
      },
    });
    const store = memoryStore();
    await execute(graph, { store, environment: nowhere });
    await plan({ ...graph, nodes }, { store, host });
    return looked;
  };
  const [few, many] = [await counted(50), await counted(500)];
  assert.ok(many <= 11 * few, `${few} looks at nodes for 50 steps, ${many} for 500`);
});

Deno.test("a missing source is an error of the plan, at its step", async () => {
  const graph = graphOf([{ name: "n", op: ops.file, params: { from: "./gone.txt" } }]);
  const { steps, diagnostics } = await plan(graph, { store: memoryStore(), host });
  const [{ state, waits }] = steps as unknown as [{ state: string; waits: string }];
  assert.deepEqual([state, waits], ["unknown", "./gone.txt"]);
  assert.deepEqual(diagnostics.map(({ code, path, message }) => [code, path, message]), [
    ["source", "steps.n", "`./gone.txt` is not there (/gone.txt)"],
  ]);
});

Deno.test("errors of the graph are errors of its plan, behind what is missing; warnings are not", async () => {
  const graph = graphOf([{ name: "n", op: ops.file, params: { from: "./gone.txt" } }]);
  const said = (severity: "error" | "warning") => ({
    ...{ code: "order", severity, message: severity, path: "" } as const,
  });
  const diagnostics = [said("warning"), said("error")];
  const planned = await plan({ ...graph, diagnostics }, { store: memoryStore(), host });
  assert.deepEqual(planned.diagnostics.map(({ code }) => code), ["source", "order"]);
  assert.deepEqual(planned.graph.diagnostics, diagnostics);
});

Deno.test("a source that no folder of this machine may name is a fault of trust, not of the plan", async () => {
  const graph = graphOf([{ name: "n", op: ops.file, params: { from: "./a" } }], {
    base: "https://example.org/x/",
  });
  const refused = { ...graph, recipe: { ...graph.recipe, base: "https://me@93.184.216.34/" } };
  await assert.rejects(plan(refused, { store: memoryStore(), host }), { name: "TrustError" });
});

Deno.test("time is estimated from the nearest record of the same machine, in proportion to the epochs", async () => {
  const store = memoryStore();
  const train = { ...ops.add, name: "train" };
  const steps = (epochs: number): FakeStep[] => [
    { name: "one", op: ops.constant, params: { value: 1 } },
    { name: "t", op: train, inputs: { number: "one" }, params: { amount: 1, epochs } },
  ];
  await execute(graphOf(steps(4)), { store, environment: nowhere });
  const [one, t] = await explain(await plan(graphOf(steps(12)), { store, host }), store);
  const slow = {
    ...t!,
    nearest: { ...t!.nearest!, provenance: { ...t!.nearest!.provenance, seconds: 2 } },
  };
  assert.equal(estimate(slow, nowhere), 6);
  assert.equal(estimate(slow, { host: "elsewhere" }), undefined);
  assert.equal(estimate(one!, nowhere), undefined);
});

Deno.test("a run needs its document, sources, cache and folder, and the hosts of its URLs", () => {
  const graph = graphOf([
    { name: "n", op: ops.file, params: { from: "./data/n.txt" } },
    { name: "m", op: ops.file, params: { from: "https://example.org/a/m.txt#sha256=00" } },
  ], { base: "/home/ada/" });
  // Where example.org leads is asked of this machine's hosts file and name servers, whichever they are.
  const { files, servers } = askedForNames();
  assert.deepEqual(
    permissionFlags(
      permissionsFor(graph, { documents: ["r.yaml"], cache: ".decant", out: "out/r" }),
    ).words,
    [
      `--allow-read=${["r.yaml,.decant,out/r,/home/ada/data/n.txt", ...files].join(",")}`,
      "--allow-write=.decant,out/r",
      shellWord(`--allow-net=${["example.org", ...servers].sort().join(",")}`),
      "--allow-sys=hostname,cpus",
    ],
  );
});

Deno.test({
  name: "a plan is not refused because nobody may be asked where a name leads",
  permissions: { read: ["r.yaml"], net: ["example.org"] },
  fn() {
    const read = new Set(["r.yaml", "/etc/hosts"]);
    const net = new Set(["example.org", "192.0.2.1:53"]);
    const needs = { read, net, write: new Set<string>(), variables: new Set<string>() };
    assertReadable({ ...needs, spared: new Set(["/etc/hosts", "192.0.2.1:53"]) }, "it", "so");
    assert.throws(
      () => assertReadable({ ...needs, spared: new Set() }, "it", "so"),
      /to read `\/etc\/hosts` and to fetch from `192\.0\.2\.1:53`/,
    );
  },
});
