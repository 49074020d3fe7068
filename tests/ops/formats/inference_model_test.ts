import assert from "node:assert/strict";
import { inferenceModel } from "../../../ops/formats/inference_model.ts";
import { initialModel } from "../../../ops/model/initialize.ts";
import type { Architecture, Layer } from "../../../ops/model/model.ts";

const dense = (name: string, input: string): Layer => ({
  name,
  kind: "dense",
  inputs: [input],
  units: 2,
  bias: true,
  activation: "linear",
});
const sample = { name: "z", kind: "sample", inputs: ["mean", "spread"] } as const;
const architecture: Architecture = {
  family: "loaded",
  inputs: [{ name: "x", shape: [2] }],
  layers: [dense("mean", "x"), dense("spread", "x"), sample, dense("out", "z")],
  outputs: ["out"],
  head: "none",
};

Deno.test("a sampling layer gives way to its mean, and what only spreads it goes with its weights", () => {
  const model = inferenceModel(initialModel(architecture, 0));
  assert.deepEqual(model.layers.map(({ name, inputs }) => [name, ...inputs]), [
    ["mean", "x"],
    ["out", "mean"],
  ]);
  assert.deepEqual(Object.keys(model.weights).sort(), [
    "mean/bias",
    "mean/kernel",
    "out/bias",
    "out/kernel",
  ]);
});

Deno.test("a sampling layer that leaves is its mean; an input that nothing reads goes", () => {
  const inputs = [...architecture.inputs, { name: "y", shape: [3] }];
  const layers = [...architecture.layers.slice(0, 3), dense("unread", "y")];
  const model = inferenceModel(
    initialModel({ ...architecture, inputs, layers, outputs: ["z"] }, 0),
  );
  assert.deepEqual(model.outputs, ["mean"]);
  assert.deepEqual(model.inputs.map(({ name }) => name), ["x"]);
  assert.deepEqual(model.layers.map(({ name }) => name), ["mean"]);
});

Deno.test("a model without anything of training is itself", () => {
  const layers = [dense("mean", "x"), dense("out", "mean")];
  const model = initialModel({ ...architecture, layers }, 0);
  assert.equal(inferenceModel(model), model);
});

Deno.test("what an output depends on through several layers stays, its input too", () => {
  const chain = [dense("a", "x"), dense("b", "a"), dense("c", "b"), dense("unread", "b")];
  const model = inferenceModel(initialModel({ ...architecture, layers: chain, outputs: ["c"] }, 0));
  assert.deepEqual(model.layers.map(({ name }) => name), ["a", "b", "c"]);
  assert.deepEqual(model.inputs, architecture.inputs);
  assert.equal(Object.keys(model.weights).length, 6);
});
