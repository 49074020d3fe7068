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

Deno.test("values have the integers of the tensors that stand for them, where integers are kept", () => {
  const graph = emptyGraph();
  const form = { shape: [1, 3], type: "int8" } as const;
  const held = (scale: number) => ({
    ...form,
    quantization: { scale: [scale], zero: [1], axis: 0 },
  });
  const real = graph.tensor("real", { shape: [1, 3], type: "float32" });
  const [fine, coarse] = [graph.tensor("fine", held(1)), graph.tensor("coarse", held(2))];
  const file = graph.file({ name: "g", inputs: [real], outputs: [coarse], description: "" });
  const draft = new TfliteDraft(file, 100, { integers: true });
  assert.ok(!draft.rescales(real, fine), "reals become integers of any kind");
  draft.passed(real, fine);
  const format = { bits: 8, scale: 1, zero: 1, minimum: -128, maximum: 127 };
  assert.deepEqual([...draft.formats], [["input", format]]);
  assert.ok(draft.rescales(fine, coarse));
  assert.ok(!draft.rescales(fine, fine));
  const floats = new TfliteDraft(file, 100);
  floats.passed(real, fine);
  assert.equal(floats.formats.size, 0);
  assert.ok(!floats.rescales(fine, coarse));
});

Deno.test("a tensor of more axes than any runtime knows is refused", () => {
  const [own] = file.subgraphs as [typeof file.subgraphs[0] & object];
  const tensors = own.tensors.map((each, at) =>
    at === c ? { ...each, shape: Array(17).fill(1) } : each
  );
  const draft = new TfliteDraft({ ...file, subgraphs: [{ ...own, tensors }] }, 100);
  assert.throws(() => draft.constant(c), /"c" has 17 axes, more than 16/);
});
