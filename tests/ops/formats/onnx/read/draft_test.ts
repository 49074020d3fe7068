import assert from "node:assert/strict";
import { emptyDraft } from "../../../../../ops/formats/onnx/read/draft.ts";

const linear = { kind: "dense", units: 2, bias: false, activation: "linear" } as const;
const kernel = { kernel: { shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) } };

function begun() {
  const draft = emptyDraft();
  draft.input({ name: "x", shape: [2] });
  return draft;
}

Deno.test("what nothing reads goes, and an activation joins what it alone reads", () => {
  const draft = begun();
  const a = draft.add("a", linear, ["x"], kernel);
  draft.add("unread", linear, [a], kernel);
  const b = draft.add("b", { kind: "activation", activation: "relu" }, [a]);
  const { layers, outputs, weights } = draft.finish([b]);
  assert.deepEqual(layers, [{ name: "a", inputs: ["x"], ...linear, activation: "relu" }]);
  assert.deepEqual([outputs, Object.keys(weights)], [["a"], ["a/kernel"]]);
});

Deno.test("an activation stays apart from what others read, or what leaves", () => {
  const draft = begun();
  const a = draft.add("a", linear, ["x"], kernel);
  const b = draft.add("b", { kind: "activation", activation: "relu" }, [a]);
  assert.equal(draft.finish([a, b]).layers.length, 2);
  const c = draft.add("c", { kind: "add", activation: "linear" }, [a, b]);
  assert.equal(draft.finish([c]).layers.length, 3);
});

Deno.test("names are free, and the same arrangement of a layer is there once", () => {
  const draft = begun();
  assert.equal(draft.add("a", linear, ["x"], kernel), "a");
  assert.equal(draft.add("a", linear, ["x"], kernel), "a_2");
  const shaped = draft.add("s", { kind: "reshape", shape: [1, 2] }, ["a"]);
  assert.equal(draft.add("t", { kind: "reshape", shape: [1, 2] }, ["a"]), shaped);
  assert.deepEqual(draft.shape(shaped), [1, 2]);
});

Deno.test("a layer changes in its place", () => {
  const draft = begun();
  draft.add("a", linear, ["x"], kernel);
  const bias = { shape: [2], values: Float32Array.of(5, 6) };
  draft.change("a", { ...linear, bias: true }, { bias });
  assert.deepEqual([...draft.weight("a", "bias")], [5, 6]);
  assert.deepEqual([...draft.weight("a", "kernel")], [1, 2, 3, 4]);
});

Deno.test("attributes and weights that cannot be are sentences", () => {
  const draft = begun();
  assert.throws(
    () => draft.add("a", { ...linear, units: 0 }, ["x"], kernel),
    /layer "a": its units cannot be 0/,
  );
  assert.throws(
    () => draft.add("a", { ...linear, units: 3 }, ["x"], kernel),
    /layer "a": its kernel is 2×2, it needs 2×3/,
  );
});
