import assert from "node:assert/strict";
import type { AskedModel } from "../../../../../ops/formats/asked.ts";
import { nodesOf } from "../../../../../ops/formats/tfjs/graph/graph_def.ts";
import { outputOf, signed } from "../../../../../ops/formats/tfjs/graph/graph_outputs.ts";

const nodes = nodesOf({
  node: [
    { name: "x", op: "Placeholder" },
    { name: "k", op: "Const" },
    { name: "a", op: "Relu", input: ["x"] },
    { name: "b", op: "Add", input: ["a", "k"] },
    { name: "c", op: "Split", input: ["k", "a"] },
    { name: "idle", op: "NoOp", input: ["^a"] },
  ],
});
const outputs = { first: { name: "b:0", dtype: "DT_FLOAT" }, n: { name: "k:0", dtype: 3 } };
const json = (more: object) => ({ signature: { outputs: { ...outputs, ...more } } });
const asked = (output?: string): AskedModel => output === undefined ? {} : { output };

Deno.test("the one output of real numbers leaves, as the signature says wherever it stands", () => {
  assert.equal(outputOf(json({}), nodes, {}), "b");
  assert.equal(outputOf({ userDefinedMetadata: json({}) }, nodes, {}), "b");
  assert.deepEqual(Object.keys(signed(json({}), "outputs")), ["first", "n"]);
  assert.deepEqual(signed({ signature: { inputs: { a: 3, b: { name: 4 } } } }, "inputs"), {});
  const whole = { signature: { outputs: { n: outputs.n } } };
  assert.throws(() => outputOf(whole, nodes, {}), /none of its outputs is of real numbers/);
});

Deno.test("without a signature it is what no node reads", () => {
  assert.equal(outputOf({}, nodes.slice(0, 4), {}), "b");
  assert.throws(() => outputOf({}, nodes, {}), /The model has 2 outputs \(b, c\), and one/);
  assert.throws(() => outputOf({}, nodes.slice(0, 2), {}), /nothing leaves its graph/);
});

Deno.test("of several one is chosen, by its key, its tensor or any node; the others are noted", () => {
  const several = json({ second: { name: "c:1", dtype: 1 } });
  const noted: unknown[] = [];
  const note = (name: string, value: unknown) => void noted.push([name, value]);
  const chosen = (output: string) => outputOf(several, nodes, { output, note });
  assert.deepEqual(["second", "c:1", "b:0", "b", "a"].map(chosen), ["c:1", "c:1", "b", "b", "a"]);
  assert.deepEqual(noted[0], ["outputs", { kept: "c:1", "left_out": ["b"] }]);
  assert.deepEqual(noted.at(-1), ["outputs", { kept: "a", "left_out": ["b", "c:1"] }]);
  assert.throws(
    () => outputOf(several, nodes, asked()),
    (error: Error & { hint?: { help?: string } }) => {
      assert.match(error.message, /The model has 2 outputs \(b, c:1\), and one is trained/);
      assert.equal(error.hint?.help, "name it: output: b");
      return true;
    },
  );
  assert.throws(
    () => outputOf(several, nodes, asked("d")),
    (error: Error & { hint?: { help?: string; field?: string } }) => {
      assert.match(error.message, /The model has no output "d", and no such node/);
      assert.deepEqual([error.hint?.help, error.hint?.field], ["it has b, c:1", "output"]);
      return true;
    },
  );
});
