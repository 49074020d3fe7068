/** Where a model is cut: by default in front of what answers, else behind what is named. */
import assert from "node:assert/strict";
import { ParameterError } from "../../../engine/op.ts";
import type { Architecture, Layer } from "../../../ops/model/model.ts";
import { baseOf, cutLayer } from "../../../ops/transfer/base.ts";
import { livelyModel, noise } from "../lively_model.ts";
import { plainLogits, plainValues } from "../plain_forward.ts";
import { zooNetworks } from "../zoo_networks.ts";

const dense = (name: string, input: string): Layer => ({
  ...{ name, kind: "dense", inputs: [input], units: 3, bias: true, activation: "linear" },
});
const net = (layers: readonly Layer[], outputs = [layers.at(-1)!.name]): Architecture => ({
  ...{ family: "test", inputs: [{ name: "input", shape: [4] }], layers, outputs, head: "softmax" },
});
const refused = (find: () => unknown) => {
  try {
    find();
  } catch (error) {
    assert.ok(error instanceof ParameterError, String(error));
    return `${error.code} ${error.path}: ${error.message}`;
  }
  return "nothing";
};

Deno.test("of each family it is what the last layer with a kernel reads, dropout left out", () => {
  const found = (name: string) => cutLayer(zooNetworks[name]!, undefined);
  assert.equal(found("resnet"), "head.pool");
  assert.equal(found("mobilenet-v1"), "head.pool");
  assert.equal(found("mlp"), "dense2", "behind its dropout");
  assert.equal(found("cnn"), "dense1");
  assert.equal(found("text-cnn"), "dense1");
  assert.equal(found("bert"), "head.pooler");
});

Deno.test("what comes behind the classifier does not hide it", () => {
  const layers: Layer[] = [
    dense("a", "input"),
    { name: "drop", kind: "dropout", inputs: ["a"], rate: 0.5 },
    dense("answer", "drop"),
    { name: "flat", kind: "flatten", inputs: ["answer"] },
    { name: "last", kind: "activation", inputs: ["flat"], activation: "relu" },
  ];
  assert.equal(cutLayer(net(layers), undefined), "a");
});

Deno.test("where it is not plain it must be said", () => {
  const asked = (model: Architecture) => refused(() => cutLayer(model, undefined));
  const start = "missing-parameter after: where to cut is not plain: ";
  assert.equal(
    asked(net([dense("a", "input")])),
    `${start}the classifier \`a\` reads the model's input`,
  );
  const dropped: Layer = { name: "drop", kind: "dropout", inputs: ["input"], rate: 0.5 };
  assert.equal(
    asked(net([dropped, dense("a", "drop")])),
    `${start}the classifier \`a\` reads the model's input`,
  );
  const two = [dense("a", "input"), dense("b", "input")];
  assert.equal(
    asked(net([...two, { name: "sum", kind: "add", inputs: ["a", "b"], activation: "linear" }])),
    `${start}no single layer with a kernel gives the model's answer`,
  );
  const beside = { ...net([dense("a", "input")]) };
  const label = { name: "label", shape: [2] };
  assert.equal(
    asked({ ...beside, inputs: [label, ...beside.inputs] }),
    `${start}the classifier \`a\` reads the model's input`,
  );
  const flat: Layer = { name: "flat", kind: "flatten", inputs: ["input"] };
  assert.equal(
    asked(net([flat])),
    `${start}no single layer with a kernel gives the model's answer`,
  );
  assert.throws(() => cutLayer(net([flat]), undefined), {
    help: "name the layer that the new classifier is to read: after: …",
  });
});

Deno.test("of what is named the last counts, in the model's order", () => {
  const resnet = zooNetworks.resnet!;
  const at = (...after: string[]) => cutLayer(resnet, after);
  assert.equal(at("stem.norm"), "stem.norm");
  const inStage = resnet.layers.filter(({ name }) => name.startsWith("stage1."));
  assert.equal(at("stage1"), inStage.at(-1)!.name);
  assert.equal(at("stage1", "stem"), inStage.at(-1)!.name);
  assert.equal(at("before:stage2"), inStage.at(-1)!.name);
  assert.equal(
    refused(() => at("stag1")),
    'selector-empty after: "stag1" names no layer of the model (resnet)',
  );
});

Deno.test("a base computes what the whole computes there, with the weights that it needs", () => {
  for (const [name, layer] of [["resnet", "head.pool"], ["bert", "head.pooler"]] as const) {
    const model = livelyModel(zooNetworks[name]!);
    const base = baseOf(model, layer);
    const x = noise(model);
    assert.deepEqual([...plainLogits(base, x)], [...plainValues(model, x)[layer]!.data], name);
    const used = base.layers.map((each) => each.name);
    assert.ok(Object.keys(base.weights).every((key) => used.includes(key.split("/")[0]!)));
    assert.ok(!used.includes("head.dense"));
  }
});

Deno.test("a branch that the cut does not need goes, and its inputs with it", () => {
  const layers: Layer[] = [
    dense("a", "input"),
    dense("side", "label"),
    { name: "sum", kind: "add", inputs: ["a", "side"], activation: "linear" },
    dense("answer", "sum"),
  ];
  const model = {
    ...net(layers),
    inputs: [{ name: "input", shape: [4] }, { name: "label", shape: [2] }],
  };
  assert.deepEqual(baseOf(model, "a").inputs.map(({ name }) => name), ["input"]);
  assert.deepEqual(baseOf(model, "sum").inputs.map(({ name }) => name), ["input", "label"]);
  assert.equal(
    refused(() => baseOf(model, "side")),
    "unknown-value after: `side` does not depend on the sample, which is the model's input `input`",
  );
});
