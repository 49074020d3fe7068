import assert from "node:assert/strict";
import { UnreadableModelError } from "../../../../ops/formats/format.ts";
import { readTopology } from "../../../../ops/formats/keras/topology.ts";
import { functional, keras, sequential } from "../../model/support/keras_json.ts";

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
      functional([input, { ...keras("Dense", "a", {}), "inbound_nodes": [3] }], ["x"], ["a"]),
      /inbound_nodes are 3/,
    ],
  ];
  for (const [model, message] of cases) assert.throws(() => read(model), message);
  assert.throws(() => readTopology({}), /it has no modelTopology/);
});

/** What is said of a topology: the sentence, and whether what can be read is added. */
function said(model: object) {
  try {
    readTopology(model as never);
  } catch (error) {
    assert.ok(error instanceof UnreadableModelError, String(error));
    return [error.message, error.hint.readable ?? false];
  }
}

Deno.test("every sentence about a topology, and whether it goes on with what can be read", () => {
  const input = keras("InputLayer", "x", {}, []);
  const of = (modelTopology: object) => said({ modelTopology });
  const cannot = "Cannot read the model: ";
  assert.deepEqual(said({}), [`${cannot}it has no modelTopology`, true]);
  assert.deepEqual(said({ modelTopology: [] }), [`${cannot}it has no modelTopology`, true]);
  assert.deepEqual(of({}), [`${cannot}its modelTopology names no class (class_name)`, true]);
  const kinds = "these can be read: Functional, Model, Sequential";
  assert.deepEqual(of({ "class_name": "Graph" }), [
    `Cannot read a model of class "Graph"; ${kinds}`,
    false,
  ]);
  assert.deepEqual(of({ "class_name": "Model" }), [
    `Cannot read a model of class "Model"; ${kinds}`,
    false,
  ]);
  assert.deepEqual(of({ "class_name": 3, config: {} }), [
    `Cannot read a model of class 3; ${kinds}`,
    false,
  ]);
  assert.deepEqual(of(sequential("s", [])), ["Cannot read a model without layers", false]);
  const none = [`${cannot}it has no list of layers`, false];
  assert.deepEqual(of({ "class_name": "Sequential", config: {} }), none);
  assert.deepEqual(of({ "class_name": "Sequential" }), none);
  assert.deepEqual(of({ "class_name": "Sequential", config: [1] }), none);
  assert.deepEqual(of(functional([keras("Add", "a", {}, ["a"])], [], [])), [
    `${cannot}layers read one another in a circle`,
    false,
  ]);
  const absent = `${cannot}it has no layer "z", which it names as an input or an output`;
  assert.deepEqual(of(functional([input], ["x"], ["z"])), [absent, false]);
  assert.deepEqual(of(functional([input], ["z"], ["x"])), [absent, false]);
  assert.deepEqual(of(sequential("s", [{ "class_name": "Add", config: {} }])), [
    `${cannot}one of its layers has no name`,
    false,
  ]);
  assert.deepEqual(of(sequential("s", [{ name: "a" }])), [
    'Cannot read layer "a": it names no class (class_name)',
    true,
  ]);
  const newer = { ...keras("Dense", "a", {}), "inbound_nodes": [null] };
  assert.deepEqual(of(functional([input, newer], ["x"], ["a"])), [
    'Cannot read layer "a": its inbound_nodes are null',
    false,
  ]);
});

Deno.test("models may lie 100 deep in one another, and have 5000 layers", () => {
  const nested = (depth: number): object =>
    depth === 0 ? keras("Dense", "d", {}) : { ...sequential("s", [nested(depth - 1)]), name: "s" };
  assert.equal(said({ modelTopology: nested(100) }), undefined);
  assert.deepEqual(said({ modelTopology: nested(101) }), [
    "Cannot read the model: its models are nested too deep",
    false,
  ]);
  const many = (count: number) =>
    sequential("s", Array.from({ length: count }, (_, i) => keras("Dense", `d${i}`, {})));
  assert.equal(said({ modelTopology: many(5000) }), undefined);
  assert.deepEqual(said({ modelTopology: many(5001) }), [
    "Cannot read the model: it has 5001 layers, more than 5000",
    false,
  ]);
});

Deno.test("a sequence may begin with its input, have it within, and lie as a list", () => {
  const input = keras("InputLayer", "in", { "batch_input_shape": [null, 2] });
  const layers = [input, keras("Dense", "a", { units: 1 })];
  const expected = [["in", "InputLayer"], ["a", "Dense", "in"]];
  assert.deepEqual(rows(sequential("s", layers)), expected);
  assert.deepEqual(rows({ "class_name": "Sequential", config: layers }), expected);
  assert.deepEqual(read(sequential("s", layers)).inputs, ["in"]);
  const inner = { ...sequential("m", layers), name: "m" };
  assert.deepEqual(rows(sequential("s", [keras("Dense", "b", {}), inner])), [
    ["input", "InputLayer"],
    ["b", "Dense", "input"],
    ["m.a", "Dense", "b"],
  ]);
  const [named] = read(
    sequential("s", [{ "class_name": "Dense", config: { name: "c", units: 1 } }]),
  ).nodes.slice(1);
  assert.deepEqual(named, {
    name: "c",
    path: "c",
    ownName: "c",
    className: "Dense",
    config: { name: "c", units: 1 },
    inputs: ["input"],
  });
  // A single reference may stand without its list.
  const single = functional([keras("InputLayer", "x", {}, []), keras("Dense", "a", {}, ["x"])], [
    "x",
  ], ["a"]);
  const config = { ...single.config, "input_layers": ["x", 0, 0], "output_layers": ["a", 0, 0] };
  assert.deepEqual(read({ ...single, config }).outputs, ["a"]);
});

Deno.test("a config that is no map is an empty one", () => {
  for (const config of [null, 3, [1], undefined]) {
    const [input, layer] =
      read(sequential("s", [{ "class_name": "Dense", name: "a", config }])).nodes;
    assert.deepEqual([input!.config, layer!.config], [{}, {}]);
  }
  const nameless = sequential("s", [{ "class_name": "Dense", config: null }]);
  assert.deepEqual(said({ modelTopology: nameless }), [
    "Cannot read the model: one of its layers has no name",
    false,
  ]);
});

Deno.test("a model within one reads what the node reads, in place of its own inputs", () => {
  const inner = functional(
    [
      keras("InputLayer", "i", {}, []),
      keras("InputLayer", "j", {}, []),
      keras("Add", "a", {}, ["j", "i"]),
    ],
    ["i", "j"],
    ["a"],
  );
  const model = functional(
    [
      keras("InputLayer", "x", {}, []),
      keras("Dense", "d", {}, ["x"]),
      { ...inner, name: "m", "inbound_nodes": [[["x", 0, 0, {}], ["d", 0, 0, {}]]] },
      keras("Dense", "e", {}, ["m"]),
    ],
    ["x"],
    ["e"],
  );
  assert.deepEqual(rows(model), [
    ["x", "InputLayer"],
    ["d", "Dense", "x"],
    ["m.a", "Add", "d", "x"],
    ["e", "Dense", "m.a"],
  ]);
});

/** A tensor as Keras 3 writes what a layer was called with. */
const tensor = (layer: string, output = 0) => ({
  "class_name": "__keras_tensor__",
  config: { shape: [null, 2], dtype: "float32", "keras_history": [layer, 0, output] },
});

Deno.test("what a layer of Keras 3 was called with is in lists and maps of any depth", () => {
  const layer = (name: string, ...uses: object[]) => ({
    ...keras("Add", name, {}),
    "inbound_nodes": uses,
  });
  const model = functional(
    [
      keras("InputLayer", "x", {}, []),
      keras("InputLayer", "y", {}, []),
      layer("a", { args: [[tensor("x"), tensor("y")]], kwargs: { training: null } }),
      layer("b", { args: [tensor("a")], kwargs: { key: tensor("x"), mask: [1, "no"] } }),
    ],
    ["x", "y"],
    ["b"],
  );
  const { config } = model;
  const expected = [
    ["x", "InputLayer"],
    ["y", "InputLayer"],
    ["a", "Add", "x", "y"],
    ["b", "Add", "a", "x"],
  ];
  assert.deepEqual(rows(model), expected);
  const single = { ...config, "output_layers": ["b", 0, 0] };
  assert.deepEqual(read({ ...model, config: single }).outputs, ["b"]);
  const named = { ...config, "output_layers": { one: ["b", 0, 0], other: ["a", 0, 0] } };
  assert.deepEqual(read({ ...model, config: named }).outputs, ["b", "a"]);
});

Deno.test("what Keras 2 hands a layer by name is read behind what it hands over first", () => {
  const use = [["x", 0, 0, { value: ["y", 0, 0], causal: false }]];
  const layers = [
    keras("InputLayer", "x", {}, []),
    keras("InputLayer", "y", {}, []),
    { ...keras("Attention", "a", {}), "inbound_nodes": [use] },
  ];
  assert.deepEqual(rows(functional(layers, ["x", "y"], ["a"])).at(-1), [
    "a",
    "Attention",
    "x",
    "y",
  ]);
});

Deno.test("of a layer's outputs the first can be read, of a model in it each", () => {
  const first = { ...keras("Dense", "a", {}), "inbound_nodes": [[["x", 0, 1, {}]]] };
  const input = keras("InputLayer", "x", {}, []);
  assert.deepEqual(said({ modelTopology: functional([input, first], ["x"], ["a"]) }), [
    'Cannot read the model: output 1 of layer "x" is read, and only its first can be',
    false,
  ]);
  const inner = functional(
    [input, keras("Dense", "a", {}, ["x"]), keras("Dense", "b", {}, ["x"])],
    ["x"],
    ["a", "b"],
  );
  const pair = { ...inner, name: "m", "inbound_nodes": [[["x", 0, 0, {}]]] };
  const last = { ...keras("Dense", "z", {}), "inbound_nodes": [[["m", 0, 1, {}]]] };
  const all = functional([input, pair, last], ["x"], ["z"]);
  assert.deepEqual(rows(all).at(-1), ["z", "Dense", "m.b"]);
});

/** A layer that is called several times, each with these. */
const calls = (layer: object, ...uses: (readonly [layer: string, use: number])[][]) => ({
  ...layer,
  "inbound_nodes": uses.map((reads) => reads.map(([name, use]) => [name, use, 0, {}])),
});

Deno.test("further uses of a layer are nodes of its path, numbered as they are computed", () => {
  const model = functional(
    [
      keras("InputLayer", "x", {}, []),
      // The second use stands first in the file's order of what can be computed.
      calls(keras("Dense", "a", {}), [["b", 0]], [["x", 0]]),
      calls(keras("Dense", "b", {}), [["a", 1]]),
      calls(keras("Add", "sum", {}), [["a", 0], ["a", 1]]),
    ],
    ["x"],
    ["sum"],
  );
  assert.deepEqual(read(model).nodes.map(({ name, path, inputs }) => [name, path, ...inputs]), [
    ["x", "x"],
    ["a", "a", "x"],
    ["b", "b", "a"],
    ["a-2", "a", "b"],
    ["sum", "sum", "a-2", "a"],
  ]);
});

Deno.test("uses of a model that is part of one are counted from 0 or from 1", () => {
  const inner = { ...sequential("s", [keras("Dense", "d", {})]), name: "s" };
  const twice = (first: number) =>
    functional(
      [
        keras("InputLayer", "x", {}, []),
        calls(inner, [["x", 0]], [["s", first]]),
        calls(keras("Add", "sum", {}), [["s", first], ["s", first + 1]]),
      ],
      ["x"],
      ["sum"],
    );
  for (const first of [0, 1]) {
    const { nodes } = read(twice(first));
    assert.deepEqual(nodes.map(({ name, path, inputs }) => [name, path, ...inputs]), [
      ["x", "x"],
      ["s.d", "s/d", "x"],
      ["s-2.d", "s/d", "s.d"],
      ["sum", "sum", "s.d", "s-2.d"],
    ]);
  }
});

Deno.test("a further use has a name that no layer has", () => {
  const model = functional(
    [
      keras("InputLayer", "x", {}, []),
      keras("Dense", "a-2", {}, ["x"]),
      calls(keras("Dense", "a", {}), [["a-2", 0]], [["a", 0]]),
    ],
    ["x"],
    ["a"],
  );
  assert.deepEqual(rows(model).map(([name]) => name), ["x", "a-2", "a", "a-2_"]);
  const { outputs, outputNames } = read({
    ...model,
    config: { ...model.config, "output_layers": [["a", 0, 0], ["a", 1, 0]] },
  });
  assert.deepEqual([outputs, outputNames], [["a", "a-2_"], ["a", "a.2"]]);
});

Deno.test("models that are used twice in one another unfold to no more than 20000 uses", () => {
  const doubled = (depth: number): object => {
    const name = `m${depth}`;
    const inner = depth === 0 ? keras("Dense", name, {}) : { ...doubled(depth - 1), name };
    return functional(
      [keras("InputLayer", "x", {}, []), calls(inner, [["x", 0]], [[name, 0]])],
      ["x"],
      [name],
    );
  };
  assert.equal(read(doubled(10)).nodes.length, 1 + 2 ** 11);
  assert.throws(() => read(doubled(40)), /its layers are used more than 20000 times/);
});
