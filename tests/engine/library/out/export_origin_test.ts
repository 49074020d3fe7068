/** What an export was made of: its model, its data, and the step that read them. */
import assert from "node:assert/strict";
import { digestOf } from "../../../../engine/digest.ts";
import { filesKind } from "../../../../engine/files.ts";
import {
  dataSource,
  exportOrigin,
  manifestOf,
  originArtifacts,
} from "../../../../engine/library/out/export_origin.ts";
import { execute } from "../../../../engine/run/execute.ts";
import { memoryStore } from "../../../../engine/store/memory_store.ts";
import { fakeOps, graphOf, nowhere } from "../../run/support/fake.ts";

const ops = fakeOps();
const exporting = {
  ...ops.add,
  name: "export",
  output: filesKind,
  run: () => ({ a: new Uint8Array(1) }),
  effect: undefined,
} as never;

const graph = graphOf([
  { name: "data", op: ops.constant, params: { value: 5 } },
  { name: "part", op: ops.add, inputs: { number: "data" }, params: { amount: 1 } },
  { name: "small", op: ops.add, inputs: { number: "part" }, params: { amount: 2 } },
  { name: "model", op: ops.constant, params: { value: 7 } },
  {
    name: "export-a",
    op: exporting,
    inputs: { number: "model", model: "model", data: "small" },
    params: { amount: 0 },
  },
  {
    name: "export-b",
    op: exporting,
    inputs: { number: "model", model: "model" },
    params: { amount: 0 },
  },
]);

Deno.test("an export that read a model and data has both as its origin, and one without data has none", () => {
  const origin = exportOrigin(graph.node("export-a"))!;
  const names = [origin.node, origin.model, origin.data].map(({ step }) => step.name);
  assert.deepEqual(names, ["export-a", "model", "small"]);
  assert.equal(exportOrigin(graph.node("export-b")), undefined);
  assert.equal(exportOrigin(graph.node("data")), undefined);
  assert.equal(exportOrigin(undefined), undefined);
});

Deno.test("what they are made of is known once both are done, and read by digest", async () => {
  const store = memoryStore();
  const { outcomes } = await execute(graph, { store, environment: nowhere });
  const origin = exportOrigin(graph.node("export-a"))!;
  const { model, data } = originArtifacts(origin, outcomes)!;
  assert.deepEqual(
    [model.digest, data.digest],
    ["model", "small"].map((name) => outcomes.get(name)!.artifact.digest),
  );
  const blob = digestOf(new TextEncoder().encode("8"));
  assert.deepEqual(await manifestOf(store, data), { kind: "number", blob });
  for (const gone of ["model", "small"]) {
    const left = new Map([...outcomes].filter(([name]) => name !== gone));
    assert.equal(originArtifacts(origin, left), undefined);
  }
});

Deno.test("data that are a part of others were read by the step that all of it began with", () => {
  const origin = exportOrigin(graph.node("export-a"))!;
  const notes = (noted: object) => new Map([["data", { notes: noted }]]) as never;
  assert.deepEqual(dataSource(origin, notes({ columns: ["a"] })), {
    params: { value: 5 },
    notes: { columns: ["a"] },
  });
  assert.deepEqual(dataSource(origin, new Map()), { params: { value: 5 }, notes: {} });
});
