import assert from "node:assert/strict";
import { TfliteDraft } from "../../../../ops/formats/tflite/draft.ts";
import { emptyGraph } from "../../../../ops/formats/tflite/graph.ts";

const graph = emptyGraph();
const x = graph.tensor("x", { shape: [1, 3], type: "float32" });
const y = graph.tensor("y", { shape: [1, 3], type: "float32" });
const c = graph.constant("c", Float32Array.of(1, 2, 3, 4), [4]);
graph.node("QUANTIZE", [x], [y]);
const file = graph.file({ name: "g", inputs: [x], outputs: [y], description: "" });

Deno.test("what passes stands for what it reads; constants pass too", () => {
  const draft = new TfliteDraft(file, 100);
  draft.passed(x, y);
  assert.equal(draft.standing.get(y), "input");
  assert.ok(draft.alone.get(y));
  assert.throws(() => draft.passed(x, y), /two operators make one tensor/);
  assert.deepEqual([...draft.constant(c).values], [1, 2, 3, 4]);
  assert.throws(() => draft.model(), /nothing makes its output/);
});

Deno.test("tensors that are not there, and weights that are shared without end, are said", () => {
  const [own] = file.subgraphs as [typeof file.subgraphs[0] & object];
  const odd = { ...file, subgraphs: [{ ...own, inputs: [9] }] };
  assert.throws(() => new TfliteDraft(odd, 100), /it names tensor 9 of 3/);
  const draft = new TfliteDraft(file, 1);
  draft.constant(c);
  assert.throws(() => draft.spend(draft.constant(c)), /share one weight again and again/);
});
