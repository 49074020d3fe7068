import assert from "node:assert/strict";
import { fc } from "../../deps.ts";
import type { Json, Key } from "../../../engine/digest.ts";
import { runDocument } from "../../../engine/report/document.ts";
import type { StepState } from "../../../engine/run/step_state.ts";
import { runTable } from "../../../engine/report/run_table.ts";
import type { Outcome } from "../../../engine/store/store.ts";
import { reportHtml } from "../../../engine/report/html/report_html.ts";
import { fakeOps, graphOf, nowhere } from "../run/support/fake.ts";
import { mapOf, trainingNote } from "../../../engine/report/notes.ts";
import { active, parsed } from "./support/parse_html.ts";

/** A picture that would rather be a program. */
const HOSTILE = 'data:image/png;base64,"><script>';

/** JSON in which the names that the report knows occur often. */
const known = fc.constantFrom(
  ...["history", "epoch", "loss", "terms", "use", "value", "weight", "gradient", "kept", "removed"],
  ...["zeros", "of", "validation", "effect", "training", "check", "difference", "planned", "conv1"],
  ...["made", "url", "width", "height"],
);
const json = fc.letrec<{ any: Json }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom<Json>(0, 1, -1, 0.5, 1e300, -1e-300, null, true, "<script>", "labels", HOSTILE),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.array(tie("any"), { maxLength: 4 }),
    fc.dictionary(known, tie("any"), { maxKeys: 6 }),
  ),
})).any;

const { constant, add, score } = fakeOps();
const graph = graphOf([
  { name: "one", op: constant, params: { value: 1 } },
  { name: "two", op: add, inputs: { number: "one" }, params: { amount: 1 } },
  { name: "two-test", op: score, inputs: { model: "two" } },
], { result: "two" });

function page(notes: Readonly<Record<string, Json>>, warnings: readonly string[]): string {
  const states = new Map(graph.nodes.map((node): [string, StepState] => {
    const measures = node.op === score;
    const outcome: Outcome = {
      artifact: { digest: "d".repeat(64) as never, kind: node.op.output.name, bytes: 1, parts: {} },
      blobs: [],
      ...(measures ? { manifest: { accuracy: 0.5, metrics: {} } } : {}),
      notes,
      warnings,
      provenance: { seconds: 1, host: "<b>", date: "2026-01-02T03:04:05.000Z", threads: 1 },
      preimage: null,
    };
    return [node.step.name, { node, status: "hit", key: "k" as Key, seconds: 1, outcome }];
  }));
  const document = runDocument({ graph, ending: "done", problems: [] }, states, {
    date: "2026-01-02T03:04:05.000Z",
    seconds: 1,
    environment: nowhere,
    expect: [],
  });
  return reportHtml({
    graph,
    document,
    table: runTable(graph, states),
    outcomes: new Map([...states].map(([name, { outcome }]) => [name, outcome!])),
    files: {},
    lock: undefined,
    origin: { set: {} },
    differing: undefined,
    cards: new Map(),
  });
}

Deno.test("a page is made of any notes and warnings, and nothing in it runs", () => {
  fc.assert(
    fc.property(fc.dictionary(known, json), fc.array(fc.string()), (notes, warnings) => {
      assert.deepEqual(active(parsed(page(notes, warnings))), []);
    }),
    { numRuns: 200 },
  );
});

Deno.test("where a recalled step was made is said as it was recorded", () => {
  const text = page({}, ["look <here>"]);
  assert.ok(text.includes("recalled from 2026-01-02 03:04, &lt;b&gt;; it took 1.0 s"));
  assert.ok(text.includes("look &lt;here&gt;"));
});

Deno.test("a map is a map, and nothing else is", () => {
  assert.deepEqual(mapOf({ a: 1 }), { a: 1 });
  for (const value of [undefined, null, 1, "a", [1]]) assert.deepEqual(mapOf(value), {});
});

Deno.test("of a training's note what is of the right form is taken, the rest left", () => {
  const terms = [
    { use: "labels", value: 2, weight: 3, gradient: 4 },
    { use: "hint", value: 5, gradient: "steep" },
    { use: 1, value: 1 },
    { use: "x", value: "1" },
    null,
  ];
  assert.deepEqual(
    trainingNote({
      history: [
        { epoch: 1, loss: 2, rate: 0.1, validation: 0.5, sparsity: 0.25, terms },
        { epoch: 2, loss: 1, rate: "fast", terms: "none" },
        { epoch: "3", loss: 1 },
        { epoch: 4 },
        7,
      ],
      planned: 9,
      updates: "many",
      checkpoint: "best",
      kept: 1,
      recalibrated: { layers: ["a", "b"], validation: 0.75 },
    }),
    {
      history: [
        {
          epoch: 1,
          loss: 2,
          rate: 0.1,
          validation: 0.5,
          sparsity: 0.25,
          terms: [
            { use: "labels", value: 2, weight: 3, gradient: 4 },
            { use: "hint", value: 5, weight: 1 },
          ],
        },
        { epoch: 2, loss: 1, terms: [] },
      ],
      planned: 9,
      kept: 1,
      checkpoint: "best",
      recalibrated: { layers: 2, validation: 0.75 },
    },
  );
});

Deno.test("without an epoch there is no training, and what it kept is said only in words", () => {
  for (const note of [undefined, {}, { history: 1 }, { history: [] }, { history: [{ loss: 1 }] }]) {
    assert.equal(trainingNote(note), undefined);
  }
  const odd = { history: [{ epoch: 1, loss: 1 }], checkpoint: 1, recalibrated: { layers: 2 } };
  assert.deepEqual(trainingNote(odd), { history: [{ epoch: 1, loss: 1, terms: [] }] });
});
