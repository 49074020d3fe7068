/** Layers as the zoo writes them, each in a network of its own whose facts are counted by hand. */
import assert from "node:assert/strict";
import type { Layer } from "../../../../ops/model/model.ts";
import {
  convolution,
  denseHead,
  depthwise,
  flattened,
  halved,
  INPUT,
  network,
  norm,
  normOf,
  pooledHead,
} from "../../../../ops/model/zoo/block.ts";
import { facts } from "./counts.ts";

const measured = (...layers: readonly Layer[]) => facts(network("test", [7, 5, 3], layers));
const last = (...layers: readonly Layer[]) => measured(...layers).layers!.at(-1)!;

Deno.test("a convolution strides with `same` padding, rounds a half map up and has no bias", () => {
  const { shape, parameters } = last(convolution("c", INPUT, { filters: 4, size: 3, stride: 2 }));
  assert.deepEqual(shape, [4, 3, 4]);
  assert.equal(parameters, 3 * 3 * 3 * 4);
  assert.deepEqual(last(convolution("c", INPUT, { filters: 4, size: 5 })).shape, [7, 5, 4]);
});

Deno.test("a depthwise convolution has one filter per channel and keeps their number", () => {
  const { shape, parameters } = last(depthwise("d", INPUT, { size: 3, stride: 2 }));
  assert.deepEqual(shape, [4, 3, 3]);
  assert.equal(parameters, 3 * 3 * 3);
  assert.deepEqual(last(depthwise("d", INPUT, { size: 3 })).shape, [7, 5, 3]);
});

Deno.test("pooling by 2 lets the last odd row and column fall away", () => {
  const pool = halved(INPUT);
  assert.equal(pool.name, "input.pool");
  assert.deepEqual(last(pool).shape, [3, 2, 3]);
  // Once more is one pixel; a window of three would not fit.
  assert.deepEqual(last(pool, halved(pool.name)).shape, [1, 1, 3]);
  assert.deepEqual([pool.size, pool.strides], [[2, 2], [2, 2]]);
});

Deno.test("normalisation is named after what it normalises, or by a name of its own", () => {
  const { name, inputs } = norm("stem", "relu");
  assert.deepEqual([name, inputs], ["stem.norm", ["stem"]]);
  const own = normOf("stem", "head.norm", "linear");
  assert.deepEqual([own.name, own.inputs, own.activation], ["head.norm", ["stem"], "linear"]);
  // Scale, shift, mean and variance of three channels.
  assert.equal(last(norm(INPUT, "relu")).parameters, 4 * 3);
});

Deno.test("a head on a map averages it first", () => {
  const { layers, parameters } = measured(...pooledHead(INPUT, 10));
  assert.deepEqual(layers!.map(({ name, shape }) => [name, shape]), [
    ["head.pool", [3]],
    ["head.dense", [10]],
  ]);
  assert.equal(parameters, 3 * 10 + 10);
});

Deno.test("a dense head chains its layers through dropout, and none is behind the classifier", () => {
  const chain = (dropout: number) =>
    denseHead("flat", [6, 4], dropout, 2).map(({ name, inputs }) => `${inputs.join()}>${name}`);
  assert.deepEqual(chain(0), ["flat>dense1", "dense1>dense2", "dense2>head.dense"]);
  assert.deepEqual(chain(0.5), [
    ...["flat>dense1", "dense1>dense1.dropout", "dense1.dropout>dense2"],
    ...["dense2>dense2.dropout", "dense2.dropout>head.dense"],
  ]);
  assert.deepEqual(denseHead("flat", [], 0.5, 2).map(({ name }) => name), ["head.dense"]);
});

Deno.test("flattening belongs to the head only where the classifier reads it", () => {
  assert.equal(flattened("pool", []).name, "head.flatten");
  assert.equal(flattened("pool", [3]).name, "flatten");
});

Deno.test("a network's output is its last layer, logits of a softmax", () => {
  const { outputs, head, inputs, family } = network("test", [7, 5, 3], pooledHead(INPUT, 2));
  assert.deepEqual([outputs, head, family], [["head.dense"], "softmax", "test"]);
  assert.deepEqual(inputs, [{ name: "input", shape: [7, 5, 3] }]);
});
