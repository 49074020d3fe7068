/** The document beside exported files: when there is one, and what the op is told for it. */
import assert from "node:assert/strict";
import { digestOf } from "../../../../engine/digest.ts";
import { filesKind } from "../../../../engine/files.ts";
import { exportDocument } from "../../../../engine/library/out/export_document.ts";
import { execute } from "../../../../engine/run/execute.ts";
import { memoryStore } from "../../../../engine/store/memory_store.ts";
import { CorruptBlobError } from "../../../../engine/store/store.ts";
import { fakeOps, graphOf, nowhere } from "../../run/support/fake.ts";

const ops = fakeOps();
const plain = {
  ...ops.add,
  name: "export",
  output: filesKind,
  run: () => ({ a: new Uint8Array(1) }),
  effect: undefined,
};
const document = {
  file: "told.json",
  make: (manifest: unknown, data: object) => Promise.resolve({ manifest, ...data }),
};
const read = { number: "model", model: "model", data: "data" };
const params = { amount: 0 };
const graph = graphOf([
  { name: "data", op: ops.constant, params: { value: 5 } },
  { name: "model", op: ops.constant, params: { value: 7 } },
  { name: "told", op: { ...plain, document } as never, inputs: read, params },
  { name: "untold", op: plain as never, inputs: read, params },
]);
const store = memoryStore();
const execution = await execute(graph, { store, environment: nowhere });

const manifest = (number: string) => ({
  kind: "number",
  blob: digestOf(new TextEncoder().encode(number)),
});

Deno.test("it is JSON of what the op makes of the manifests, and of what the step of the data was told and noted", async () => {
  const made = await exportDocument(execution, { step: "told", files: {} }, store);
  assert.deepEqual(Object.keys(made), ["told.json"]);
  const text = new TextDecoder().decode(made["told.json"]);
  assert.deepEqual(JSON.parse(text), {
    manifest: manifest("5"),
    params: { value: 5 },
    notes: {},
  });
  assert.match(text, /^{\n {2}"manifest"/, "people read it");
  const asked: unknown[] = [];
  const asking = { ...document, make: (model: unknown) => Promise.resolve(asked.push(model)) };
  const node = { ...graph.node("told")!, op: { ...graph.node("told")!.op, document: asking } };
  const other = { ...execution, graph: { ...graph, node: () => node as never } };
  await exportDocument(other, { step: "told", files: {} }, store);
  assert.deepEqual(asked, [manifest("7")]);
});

Deno.test("there is none of an op without one, beside a file of its name, or before the steps are done", async () => {
  const made = (step: string, files = {}, of = execution) =>
    exportDocument(of, { step, files }, store);
  assert.deepEqual(await made("untold"), {});
  assert.deepEqual(await made("nothing"), {});
  assert.deepEqual(await made("told", { "told.json": new Uint8Array() }), {});
  assert.deepEqual(await made("told", {}, { ...execution, outcomes: new Map() }), {});
});

Deno.test("where the bytes of a manifest are gone no step runs again; other errors are thrown", async () => {
  const failing = (error: (digest: string) => Error) => ({
    ...store,
    read: (digest: string) => Promise.reject(error(digest)),
  });
  const gone = failing((digest) => new CorruptBlobError(digest as never, "missing"));
  assert.deepEqual(await exportDocument(execution, { step: "told", files: {} }, gone), {});
  const broken = failing(() => new Error("disk"));
  await assert.rejects(exportDocument(execution, { step: "told", files: {} }, broken), /disk/);
});
