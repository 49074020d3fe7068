/** What a part of a model reads, gives and keeps, on a diamond of dense layers with a condition. */
import assert from "node:assert/strict";
import { initialModel } from "../../../ops/model/initialize.ts";
import type { Architecture, Layer, Model } from "../../../ops/model/model.ts";
import { groupsIn, partOf } from "../../../ops/model/part_of.ts";

const dense = (name: string, input: string): Layer => ({
  ...{ name, kind: "dense", inputs: [input], units: 2, bias: false, activation: "linear" },
});

/** stem → left and right → join with `told` → head. */
const diamond: Architecture = {
  family: "diamond",
  inputs: [{ name: "input", shape: [3] }, { name: "told", shape: [4] }],
  layers: [
    dense("stem", "input"),
    dense("left.a", "stem"),
    dense("right", "stem"),
    { name: "join", kind: "concat", inputs: ["left.a", "told", "right"] },
    dense("head", "join"),
  ],
  outputs: ["head"],
  head: "softmax",
};

const whole: Model = {
  ...initialModel(diamond, 1),
  preprocess: { scale: [2], offset: [0] },
  established: {
    zeros: true,
    channels: { "left.a": 2, head: 2 },
    replaced: ["left", "head"],
  },
  quantization: {
    rules: "onnx",
    activations: Object.fromEntries(
      ["input", "stem", "left.a", "right", "head"].map((name) => [
        name,
        { bits: 8, scale: 1, zero: 0, minimum: -1, maximum: 1 },
      ]),
    ),
  },
};

Deno.test("values from outside are inputs in the order they are read, conditions behind them", () => {
  const { inputs, outputs, head } = partOf(diamond, ["join", "head"]);
  assert.deepEqual(inputs, [
    { name: "left.a", shape: [2] },
    { name: "right", shape: [2] },
    { name: "told", shape: [4] },
  ]);
  assert.deepEqual([outputs, head], [["head"], "softmax"]);
});

Deno.test("a part that ends before the output has no head, and one behind the start no preprocessing", () => {
  const start = partOf(whole, ["stem", "left.a"]);
  assert.deepEqual([start.head, start.preprocess], ["none", whole.preprocess]);
  assert.deepEqual(partOf(whole, ["join", "head"]).preprocess, null);
});

Deno.test("weights, number formats and what was established stay with their layers alone", () => {
  const { weights, established, quantization } = partOf(whole, ["left.a"]);
  assert.deepEqual(Object.keys(weights), ["left.a/kernel"]);
  assert.equal(weights["left.a/kernel"], whole.weights["left.a/kernel"]);
  assert.deepEqual(established, { zeros: true, channels: { "left.a": 2 }, replaced: ["left"] });
  // What it reads has a format too.
  assert.deepEqual(Object.keys(quantization!.activations), ["stem", "left.a"]);
});

Deno.test("a part without a layer, and one that gives two values, are refused", () => {
  assert.throws(() => partOf(diamond, []), /nothing is left: these selectors name no layer/);
  assert.throws(
    () => partOf(diamond, ["stem", "left.a", "right"]),
    /a part gives one value, and these layers give 2: left.a, right/,
  );
});

Deno.test("a group counts by a layer of its name or under it, not by a name that begins alike", () => {
  const groups = ["block1", "block10", "head"];
  assert.deepEqual(groupsIn(new Set(["block10.conv", "head"]), groups), ["block10", "head"]);
  assert.deepEqual(groupsIn(new Set(["block1.conv"]), groups), ["block1"]);
});
