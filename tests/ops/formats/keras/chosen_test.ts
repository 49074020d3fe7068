import assert from "node:assert/strict";
import { chosenTopology } from "../../../../ops/formats/keras/chosen.ts";
import { readTopology } from "../../../../ops/formats/keras/topology.ts";
import { functional, keras } from "../../model/support/keras_json.ts";

const topology = readTopology({
  modelTopology: functional(
    [
      keras("InputLayer", "x", {}, []),
      keras("InputLayer", "y", {}, []),
      keras("Dense", "a", {}, ["x"]),
      keras("Add", "b", {}, ["a", "y"]),
    ],
    ["x", "y"],
    ["a", "b"],
  ),
});

Deno.test("of several outputs one is chosen, with what it depends on", () => {
  const { nodes, inputs, outputs, outputNames } = chosenTopology(topology, { output: "a" });
  assert.deepEqual(nodes.map(({ name }) => name), ["x", "a"]);
  assert.deepEqual([inputs, outputs, outputNames], [["x"], ["a"], ["a"]]);
  assert.deepEqual(chosenTopology(topology, { output: "b" }), {
    ...topology,
    outputs: ["b"],
    outputNames: ["b"],
  });
});

Deno.test("what is left out is noted", () => {
  const noted: unknown[] = [];
  const note = (...said: unknown[]) => void noted.push(said);
  chosenTopology(topology, { output: "b", note });
  chosenTopology({ ...topology, outputs: ["b"], outputNames: ["b"] }, { output: "b", note });
  assert.deepEqual(noted, [["outputs", { kept: "b", "left_out": ["a"] }]]);
});

Deno.test("the input that reads the samples comes first", () => {
  assert.deepEqual(chosenTopology(topology, { output: "b", inputs: { x: 0 } }).inputs, ["y", "x"]);
  const all = { output: "b", inputs: { x: 0, y: 0 } };
  assert.deepEqual(chosenTopology(topology, all).inputs, ["x", "y"]);
});

Deno.test("a choice that is missing or wrong is a sentence with the outputs' names", () => {
  const said = (output?: string) => {
    try {
      chosenTopology(topology, output === undefined ? {} : { output });
    } catch (error) {
      const { message, hint } = error as Error & { hint: object };
      return [message, hint];
    }
  };
  assert.deepEqual(said(), [
    "The model has 2 outputs (a, b), and one is trained and measured",
    { help: "name it: output: a" },
  ]);
  assert.deepEqual(said("c"), [
    'The model has no output "c"',
    { help: "it has a, b", field: "output" },
  ]);
  const alone = { ...topology, outputs: ["b"], outputNames: ["b"] };
  assert.deepEqual(chosenTopology(alone, {}), alone);
});
