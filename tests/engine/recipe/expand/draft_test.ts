/** What drafts are made with: fields told apart, and the names of steps that have none. */
import assert from "node:assert/strict";
import { defaultName, splitInputs, stageName } from "../../../../engine/recipe/expand/draft.ts";
import { fakeOps } from "../fake_ops.ts";

Deno.test("of a block's fields those that the op declares as inputs are inputs", () => {
  const block = { epochs: 1, data: "few", teacher: "t", toString: "no input" };
  assert.deepEqual(splitInputs(block, fakeOps.get("distill")), {
    inputs: { data: "few", teacher: "t" },
    params: { epochs: 1, toString: "no input" },
  });
  assert.deepEqual(splitInputs(block, fakeOps.get("train")).inputs, { data: "few" });
  assert.deepEqual(splitInputs(block, undefined), { inputs: {}, params: block });
});

Deno.test("a step without a name is called what its op makes, else like its op", () => {
  const name = (op: string, inputs = {}, params = {}) =>
    defaultName({ op, inputs, params }, fakeOps, "data");
  assert.equal(name("prune", { model: "m" }), "pruned");
  assert.equal(name("load"), "load");
  assert.equal(name("unheard-of"), "unheard-of");
  assert.equal(name("export", {}, { use: "onnx" }), "export-onnx");
});

Deno.test("a name tells of other data than the recipe's own, and of the model if it is one", () => {
  const name = (inputs: Record<string, string | string[]>) =>
    defaultName({ op: "predict", inputs, params: {} }, fakeOps, "data");
  assert.equal(name({ model: "teacher", data: "data" }), "teacher-outputs");
  assert.equal(name({ model: "teacher", data: "few" }), "teacher-outputs-few");
  assert.equal(name({ model: ["a", "b"] }), "model-outputs");
});

Deno.test("a stage's model is called alike whatever it reads", () => {
  assert.deepEqual(["distill", "prune", "quantize"].map((op) => stageName(op, fakeOps)), [
    ...["distilled", "pruned", "quantized"],
  ]);
});
