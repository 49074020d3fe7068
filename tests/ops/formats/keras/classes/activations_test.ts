import assert from "node:assert/strict";
import { configOf } from "../../../../../ops/formats/keras/config.ts";
import {
  activation,
  activationLayer,
  endingBehind,
  prelu,
  softmax,
} from "../../../../../ops/formats/keras/classes/activations.ts";
import { kerasActivations } from "../../../../../ops/formats/keras/words.ts";
import { lines, reading, weight } from "./one_reading.ts";
import { assertAnswers, singles } from "../support/saved.ts";

for (const name of singles(/^(Activation-|ReLU|LeakyReLU|ELU|PReLU|Softmax)/)) {
  Deno.test(`Keras's own file answers as it did: ${name}`, () =>
    assertAnswers(name).then(() => {}));
}

Deno.test("a name that Keras has is read as the activation that is written under it", () => {
  for (const [ours, name] of Object.entries(kerasActivations)) {
    if (typeof name !== "string") continue;
    assert.equal(endingBehind(reading({ activation: name }, [[2]]).of).fused, ours);
  }
});

Deno.test("on the way out a softmax or a sigmoid is the head, inside it is a layer", () => {
  for (const name of ["softmax", "sigmoid"]) {
    const { of, added, heads } = reading({ activation: name }, [[2]], {}, { leaves: true });
    assert.equal(activation(of), "x0");
    assert.deepEqual([heads, added], [[name], []]);
  }
  const inside = reading({ activation: "softmax" }, [[2]]);
  assert.equal(activation(inside.of), "a");
  assert.deepEqual(lines(inside.added), ["a softmax < x0"]);
});

Deno.test("a hard sigmoid is that of the version whose words the file has", () => {
  const read = (keras: 2 | 3) => {
    const { of, added } = reading({ activation: "hard_sigmoid" }, [[2]], {}, { keras });
    activation(of);
    return (added[0]![0] as { parameters?: readonly number[] }).parameters;
  };
  assert.deepEqual([read(2), read(3)], [[0.2, 0.5], [1 / 6, 0.5]]);
});

Deno.test("an activation may be written as a function or as a layer", () => {
  const read = (value: unknown) => endingBehind(reading({ activation: value }, [[2]]).of).fused;
  assert.equal(read({ "class_name": "function", config: "relu" }), "relu");
  assert.equal(read({ "class_name": "ReLU", config: { "max_value": 6 } }), "relu6");
  assert.equal(read(null), "linear");
  assert.throws(() => read("twist"), /its activation `twist` cannot be read; these can: linear, /);
  assert.throws(
    () => read({ "class_name": "Dense" }),
    /its activation {"class_name":"Dense"} cannot/,
  );
});

Deno.test("options of a ReLU that no fused activation has are a function's", () => {
  const read = (className: string, config: object) => {
    const { of, added } = reading(config, [[2]]);
    activationLayer(className, { ...of, config: configOf("a", className, config as never) });
    const [layer] = added[0]!;
    return "function" in layer
      ? [layer.function, ...layer.parameters]
      : (layer as { activation?: string }).activation;
  };
  assert.equal(read("ReLU", {}), "relu");
  assert.equal(read("ReLU", { "max_value": 6 }), "relu6");
  assert.equal(read("LeakyReLU", { alpha: 0.2 }), "leaky-relu");
  assert.equal(read("ELU", {}), "elu");
  assert.deepEqual(read("ReLU", { "negative_slope": 0.1 }), ["leaky-relu", 0.1]);
  assert.deepEqual(read("ReLU", { "max_value": 3, threshold: 1 }), ["bounded-relu", 0, 1, 3]);
  assert.deepEqual(read("LeakyReLU", {}), ["leaky-relu", 0.3]);
  assert.deepEqual(read("ELU", { alpha: 2 }), ["elu", 2]);
  assert.deepEqual(read("ThresholdedReLU", {}), ["threshold", 1]);
});

Deno.test("a softmax goes along its axis, in a layer of the file's name", () => {
  const read = (axis: number | undefined, ...shape: number[]) => {
    const { of, added } = reading(axis === undefined ? {} : { axis }, [shape]);
    assert.equal(softmax(of), "a");
    return lines(added);
  };
  const alone = ["a softmax < x0"];
  assert.deepEqual([read(undefined, 3, 5), read(-1, 3, 5), read(2, 3, 5)], [alone, alone, alone]);
  const turned = [
    "a.turned permute < x0",
    "a.softmax softmax < a.turned",
    "a permute < a.softmax",
  ];
  assert.deepEqual([read(1, 3, 5), read(-2, 3, 5)], [turned, turned]);
  for (const axis of [0, 3, -3]) {
    const { of } = reading({ axis }, [[3, 5]]);
    assert.throws(() => softmax(of), new RegExp(`its axis is ${axis}`));
  }
});

Deno.test("slopes are those of channels, or of every value", () => {
  const alpha = weight([1, 2], 3, 4);
  const channels = reading({}, [[3, 2]], { alpha });
  assert.equal(prelu(channels.of), "a");
  assert.deepEqual(channels.added[0]![1], { gamma: weight([2], 3, 4) });
  const each = reading({}, [[1, 3]], { alpha: weight([3, 1], 1, 2, 3) });
  assert.equal(prelu(each.of), "a");
  assert.throws(() => prelu(reading({}, [[3, 5]], { alpha }).of), /some of its shared_axes/);
  assert.throws(() => prelu(reading({}, [[3, 5]]).of), /no weight `alpha`/);
  assert.throws(() => softmax(reading({ axis: 5 }, [[3, 5]]).of), /its axis is 5/);
});
