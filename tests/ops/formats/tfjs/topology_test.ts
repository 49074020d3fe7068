import assert from "node:assert/strict";
import { readTopology } from "../../../../ops/formats/tfjs/topology.ts";
import { functional, keras, sequential } from "../../model/keras_json.ts";

const read = (modelTopology: object) => readTopology({ modelTopology });
const rows = (modelTopology: object) =>
  read(modelTopology).nodes.map(({ name, className, inputs }) => [name, className, ...inputs]);

Deno.test("a sequence reads an input that its first layer describes, each layer the one before", () => {
  const layers = [keras("Dense", "a", { units: 1 }), keras("Dense", "b", { units: 1 })];
  const model = sequential("s", layers);
  const expected = [["input", "InputLayer"], ["a", "Dense", "input"], ["b", "Dense", "a"]];
  assert.deepEqual(rows(model), expected);
  assert.deepEqual(rows({ "model_config": model }), expected);
  assert.deepEqual(read(model).outputs, ["b"]);
});

Deno.test("layers stand in any order; a model in another is its layers, under its name", () => {
  const inner = sequential("s", [keras("Dense", "d", {})]);
  const model = functional(
    [
      { ...inner, name: "s", "inbound_nodes": [[["b", 0, 0, {}]]] },
      keras("Add", "b", {}, ["x", "y"]),
      keras("InputLayer", "y", {}, []),
      keras("InputLayer", "x", {}, []),
    ],
    ["x", "y"],
    ["s"],
  );
  assert.deepEqual(rows(model), [
    ["y", "InputLayer"],
    ["x", "InputLayer"],
    ["b", "Add", "x", "y"],
    ["s.d", "Dense", "b"],
  ]);
  assert.deepEqual(read(model).outputs, ["s.d"]);
});

Deno.test("what is no tree of layers is a sentence", () => {
  const input = keras("InputLayer", "x", {}, []);
  const cases: readonly (readonly [object, RegExp])[] = [
    [{}, /its modelTopology names no class/],
    [
      { "class_name": "Graph" },
      /Cannot read a model of class "Graph"; these can be read: Functional/,
    ],
    [sequential("s", []), /a model without layers/],
    [
      functional([keras("Add", "a", {}, ["b"]), keras("Add", "b", {}, ["a"])], [], []),
      /in a circle/,
    ],
    [functional([input], ["x"], ["z"]), /it has no layer "z"/],
    [functional([input, { "class_name": "Add", config: {} }], ["x"], ["x"]), /has no name/],
    [
      functional([input, { ...keras("Dense", "a", {}), "inbound_nodes": [[["x"]], [["x"]]] }], [
        "x",
      ], ["a"]),
      /layer "a": it is applied 2 times, sharing its weights/,
    ],
    [
      functional([input, { ...keras("Dense", "a", {}), "inbound_nodes": [{ args: [] }] }], ["x"], [
        "a",
      ]),
      /inbound_nodes are not Keras 2's/,
    ],
  ];
  for (const [model, message] of cases) assert.throws(() => read(model), message);
  assert.throws(() => readTopology({}), /it has no modelTopology/);
});
