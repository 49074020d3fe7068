import assert from "node:assert/strict";
import { activation, fusedOf } from "../../../../ops/formats/tflite/arithmetic_readers.ts";

const of = (code: number) => {
  const added: object[] = [];
  const wrong = (why: string) => new Error(why);
  return {
    added,
    name: "a",
    options: { activation: code },
    wrong,
    add: (layer: object) => added.push(layer),
  };
};

Deno.test("the activation that an operator ends in, by its number in the schema", () => {
  assert.deepEqual([0, 1, 3, 4].map((code) => fusedOf(of(code) as never)), [
    "linear",
    "relu",
    "relu6",
    "tanh",
  ]);
  assert.throws(() => fusedOf(of(2) as never), /activation 2 that it ends in is not read/);
});

Deno.test("is a layer behind one that has none", () => {
  const [none, relu] = [of(0), of(1)];
  activation(none as never);
  activation(relu as never);
  assert.deepEqual(none.added, []);
  assert.deepEqual(relu.added, [{
    name: "a.relu",
    kind: "activation",
    inputs: ["a"],
    activation: "relu",
  }]);
});
