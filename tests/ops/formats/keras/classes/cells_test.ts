import assert from "node:assert/strict";
import { activationOf, cellWeights } from "../../../../../ops/formats/keras/classes/cells.ts";
import { configOf } from "../../../../../ops/formats/keras/config.ts";
import { assertAnswers } from "../support/saved.ts";
import { reading, weight } from "./one_reading.ts";

Deno.test("Keras's own file answers as it did: cells of two classes on one another", async () => {
  const { layers } = await assertAnswers("RNN-stacked");
  assert.deepEqual(
    layers.map(({ name, kind }) => `${name} ${kind}`.replace(/^rnn/, "")),
    [".cell1 recurrent", ".cell2 recurrent", " rnn"],
  );
});

Deno.test("an activation is a word, a function, or a hard sigmoid of its Keras", () => {
  const read = (activation: unknown, keras: 2 | 3) =>
    activationOf(
      reading({}, [[2]], {}, { keras }).of,
      configOf("a", "GRU", { activation } as never),
      "activation",
      "tanh",
    );
  assert.equal(read(undefined, 3), "tanh");
  assert.equal(read({ "class_name": "function", config: "relu" }, 3), "relu");
  assert.deepEqual([read("hard_sigmoid", 2), read("hard_sigmoid", 3)], [
    "hard-sigmoid",
    "hard-sigmoid-6",
  ]);
  assert.throws(() => read("mish", 3), /"a" \(GRU\): its activation "mish" cannot be read/);
});

Deno.test("the first place that has a weight counts; one that is nowhere is missed", () => {
  const weights = {
    "b/kernel": weight([1], 2),
    kernel: weight([1], 1),
    "b/recurrent_kernel": weight([1], 3),
  };
  const config = configOf("a", "GRU", { "use_bias": false } as never);
  const { of } = reading({}, [[2]], weights);
  const found = cellWeights(of, config, ["b/", ""]);
  assert.deepEqual([found.own.values[0], found.back.values[0], found.bias], [2, 3, undefined]);
  assert.equal(cellWeights(of, config, ["", "b/"]).own.values[0], 1);
  assert.throws(
    () => cellWeights(of, configOf("a", "GRU", {} as never), ["b/"]),
    /the file has no weight `bias` for it/,
  );
});
