import assert from "node:assert/strict";
import { chosenOutput, unchosen } from "../../../ops/formats/chosen_output.ts";

Deno.test("the only output is kept without being asked for, and nothing is noted", () => {
  const note = () => assert.fail();
  assert.equal(chosenOutput(["a"], { note }), 0);
  assert.equal(chosenOutput(["a"], { output: "a", note }), 0);
});

Deno.test("one of several is kept by its name, and the others are noted", () => {
  const noted: unknown[] = [];
  const at = chosenOutput(["a", "b", "c"], {
    output: "b",
    note: (...said) => void noted.push(said),
  });
  assert.equal(at, 1);
  assert.deepEqual(noted, [["outputs", { kept: "b", "left_out": ["a", "c"] }]]);
});

Deno.test("a choice that is missing or wrong is a sentence with the outputs' names", () => {
  assert.throws(() => chosenOutput(["a", "b"], {}), {
    message: "The model has 2 outputs (a, b), and one is trained and measured",
    hint: { help: "name it: output: a" },
  });
  assert.throws(() => chosenOutput(["a", "b"], { output: "c" }), {
    message: 'The model has no output "c"',
    hint: { help: "it has a, b", field: "output" },
  });
  assert.match(unchosen(["x", "y"]).message, /^The model has 2 outputs \(x, y\)/);
});
