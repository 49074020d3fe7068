import assert from "node:assert/strict";
import { frameOf, headerOf } from "../../../../ops/formats/packed/header.ts";
import { initialModel } from "../../../../ops/model/initialize.ts";
import { mlp } from "../../../../ops/model/zoo/mlp.ts";

const model = initialModel(mlp.build([4], 2, { hidden: [3], dropout: 0 }), 0);
const header = headerOf(model) as Record<string, unknown>;

Deno.test("a layer is a row of its kind, its name, what it reads and its attributes in order", () => {
  assert.deepEqual(header.inputs, [["input", [4]]]);
  assert.deepEqual(header.layers, [
    ["dense", "dense1", ["input"], 3, true, "relu"],
    ["dense", "head.dense", ["dense1"], 2, true, "linear"],
  ]);
  assert.deepEqual([header.format, header.head, header.family], [null, "softmax", "mlp"]);
});

Deno.test("a header is read as it was written, but for what was established", () => {
  const { weights: _, ...rest } = model;
  assert.deepEqual(frameOf(JSON.parse(JSON.stringify(header))), { ...rest, learned: true });
  assert.deepEqual(frameOf({ ...header, format: "int8" }).established, { format: "int8" });
});

Deno.test("what is wrong in a header is named", () => {
  const refused = (changed: object, message: RegExp) =>
    assert.throws(() => frameOf({ ...header, ...changed }), message);
  assert.throws(() => frameOf([]), /its header is no map/);
  refused({ head: "other" }, /no sound `head`/);
  refused({ inputs: [["x", [0]]] }, /no sound `inputs`/);
  refused({ preprocess: { scale: [1], offset: [] } }, /no sound `preprocess`/);
  refused({ quantization: { rules: "onnx", activations: { x: { bits: 8 } } } }, /`quantization`/);
  refused({ layers: [["sparse", "a", []]] }, /layer of no known kind/);
  refused({ layers: [["dense", 1, []]] }, /no name or inputs/);
  refused({ layers: [["dense", "a", ["input"], 3]] }, /"a" has 1 attributes, not 3/);
  refused({ layers: [["dense", "a", ["input"], 0, true, "relu"]] }, /no sound attribute "units"/);
});
