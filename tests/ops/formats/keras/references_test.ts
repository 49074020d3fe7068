import assert from "node:assert/strict";
import { references, usesIn } from "../../../../ops/formats/keras/references.ts";

const ref = (layer: string, use = 0, output = 0) => ({ layer, use, output });
const tensor = (...history: unknown[]) => ({
  "class_name": "__keras_tensor__",
  config: { shape: [null, 2], "keras_history": history },
});

Deno.test("references are lists of Keras 2 and tensors of Keras 3, in lists and maps of any depth", () => {
  assert.deepEqual(references([["a", 1, 2, {}], ["b", 0, 0]]), [ref("a", 1, 2), ref("b")]);
  assert.deepEqual(references(["a", 2, 1]), [ref("a", 2, 1)]);
  assert.deepEqual(references([["a", 0, 0, { value: ["b", 3, 0] }]]), [ref("a"), ref("b", 3)]);
  assert.deepEqual(references([[tensor("a", 1, 0)], { key: tensor("b", 0, 2) }]), [
    ref("a", 1),
    ref("b", 0, 2),
  ]);
  assert.deepEqual(references([["a"]]), [ref("a")]);
  assert.deepEqual(references(["a"]), [ref("a")]);
  assert.deepEqual(references(3), []);
  let deep: unknown = ["a", 0, 0];
  for (let i = 0; i < 102; i++) deep = [deep];
  assert.throws(() => references(deep), /nested too deep/);
});

Deno.test("each list that a layer was called with is a use of it; what is called with nothing has one", () => {
  assert.deepEqual(usesIn({}, "a"), [[]]);
  assert.deepEqual(usesIn({ "inbound_nodes": [] }, "a"), [[]]);
  assert.deepEqual(usesIn({ "inbound_nodes": [[["x", 0, 0, {}]], [["y", 0, 0, {}]]] }, "a"), [
    [ref("x")],
    [ref("y")],
  ]);
  const use = { args: [tensor("x", 0, 0)], kwargs: { mask: tensor("y", 1, 0) } };
  assert.deepEqual(usesIn({ "inbound_nodes": [use] }, "a"), [[ref("x")]]);
  assert.throws(() => usesIn({ "inbound_nodes": [3] }, "a"), /layer "a": its inbound_nodes are 3/);
});
