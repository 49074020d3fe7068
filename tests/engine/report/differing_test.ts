import assert from "node:assert/strict";
import { digestOf, type Json, type Key } from "../../../engine/digest.ts";
import { defineOp, input, Type } from "../../../engine/op.ts";
import { differingSamples } from "../../../engine/report/differing.ts";
import { samplesHtml } from "../../../engine/report/html/samples_html.ts";
import { htmlText } from "../../../engine/report/html/html.ts";
import type { Artifact } from "../../../engine/kind.ts";
import { memoryStore } from "../../../engine/store/memory_store.ts";
import type { Outcome } from "../../../engine/store/store.ts";
import { metricsKind } from "../../../engine/metrics.ts";
import { type Dataset, datasetKind } from "../../../ops/data/dataset.ts";
import { fakeOps, graphOf, numberKind } from "../run/support/fake.ts";
import { active, parsed, texts } from "./support/parse_html.ts";

const common = { version: 1, numerics: "none", params: Type.Object({}), example: {} } as const;
const squares = defineOp({
  ...common,
  name: "squares",
  summary: "Is pictures of two by two",
  inputs: {},
  output: datasetKind,
  run: (): Dataset => ({ meta: {} as Dataset["meta"], parts: {} }),
});
const evaluate = defineOp({
  ...common,
  name: "evaluate",
  summary: "Measures",
  inputs: {
    model: input(numberKind, "Is measured"),
    data: input(datasetKind, "What it is measured on"),
  },
  output: metricsKind,
  run: () => ({ metrics: {} }),
});

const { constant } = fakeOps();
const graph = graphOf([
  { name: "data", op: squares },
  { name: "one", op: constant, params: { value: 1 } },
  {
    name: "one-test",
    op: evaluate,
    inputs: { model: "one", data: "data" },
    params: { split: "test" },
  },
], { result: "one", reference: "other" });

const value: Dataset = {
  meta: {
    ...{ input: [2, 2, 1], type: "uint8", task: "classification", classes: ["a", "<b>"] },
    ...{ outputs: 2, normalize: { scale: [1], offset: [0] } },
  },
  parts: {
    test: {
      count: 3,
      x: Uint8Array.from({ length: 12 }, (_, at) => 20 * at),
      y: Int32Array.of(0, 1, 0),
    },
  },
};

const noted = [
  { sample: 2, truth: 0, answer: 1, reference: 0 },
  { sample: 0, truth: 1, answer: 1, reference: 0 },
];

/** A store with the data in it, and what is recorded of the steps. */
async function shelf(differing: Json) {
  const store = memoryStore();
  const { manifest, blobs } = datasetKind.encode(value);
  const bytes = new TextEncoder().encode(JSON.stringify(manifest));
  const outcome = (
    artifact: Partial<Artifact>,
    notes: Readonly<Record<string, Json>> = {},
  ): Outcome => ({
    artifact: { digest: digestOf(bytes), kind: "dataset", bytes: 1, parts: {}, ...artifact },
    blobs: [],
    notes,
    warnings: [],
    provenance: { seconds: 1, host: "h", date: "d", threads: 1 },
    preimage: null,
  });
  await store.publish("k" as Key, outcome({}), new Map([[digestOf(bytes), bytes], ...blobs]));
  const outcomes = new Map([
    ["data", outcome({})],
    ["one-test", outcome({ kind: "metrics" }, { differing })],
  ]);
  return { store, outcomes };
}

Deno.test("samples that an evaluation noted are shown as pictures, in one file of the PNG format", async () => {
  const { store, outcomes } = await shelf(noted);
  const found = await differingSamples(graph, outcomes, store);
  assert.deepEqual(found?.samples, noted);
  assert.deepEqual([found?.part, found?.sheet?.width, found?.sheet?.height], ["test", 2, 2]);
  const file = Uint8Array.from(
    atob(found!.sheet!.url.split(",")[1]!),
    (each) => each.charCodeAt(0),
  );
  // The signature of a PNG, then width 2 and height 2 × 2 (PNG specification 5.2, 11.2.2).
  assert.deepEqual([...file.subarray(0, 8)], [137, 80, 78, 71, 13, 10, 26, 10]);
  assert.deepEqual([...file.subarray(16, 24)], [0, 0, 0, 2, 0, 0, 0, 4]);
  const { decode } = await import("npm:fast-png@7.0.1");
  assert.deepEqual([...decode(file).data], [160, 180, 200, 220, 0, 20, 40, 60]);
});

Deno.test("pictures are worked out once: without the data's bytes they are recalled", async () => {
  const { store, outcomes } = await shelf(noted);
  const first = await differingSamples(graph, outcomes, store);
  store.contents.blobs.clear();
  assert.deepEqual(await differingSamples(graph, outcomes, store), first);
});

Deno.test("where the data's bytes are gone the samples are listed without pictures", async () => {
  const { store, outcomes } = await shelf(noted);
  store.contents.blobs.clear();
  const found = await differingSamples(graph, outcomes, store);
  assert.deepEqual([found?.samples.length, found?.sheet], [2, undefined]);
});

Deno.test("notes of another form are passed over", async () => {
  for (const other of [null, "x", [], [{ sample: -1 }], [{ sample: 1, truth: "x" }]] as Json[]) {
    const { store, outcomes } = await shelf(other);
    assert.equal(await differingSamples(graph, outcomes, store), undefined);
  }
});

Deno.test("each sample says what is true and who was right", async () => {
  const { store, outcomes } = await shelf(noted);
  const found = await differingSamples(graph, outcomes, store);
  const names = { result: "small", reference: "large" };
  const page = parsed(htmlText(samplesHtml(found!, value.meta.classes, names)));
  assert.deepEqual(active(page), []);
  assert.deepEqual(texts(page, ".samples small"), ["✓ large a✗ small <b>", "✗ large a✓ small <b>"]);
  const { sheet: _sheet, ...listed } = found!;
  const table = parsed(htmlText(samplesHtml(listed, value.meta.classes, names)));
  assert.deepEqual(texts(table, "tbody td"), ["2", "a", "a", "<b>", "0", "<b>", "a", "<b>"]);
});
