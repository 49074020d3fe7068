import assert from "node:assert/strict";
import { emptyGraph } from "../../../../ops/formats/onnx/graph.ts";
import { emptyValues } from "../../../../ops/formats/onnx/values.ts";

const format = { bits: 8, minimum: -128, maximum: 127, scale: 0.5, zero: 3 };

Deno.test("a value is transposed once, where another layout is asked for", () => {
  const graph = emptyGraph(["x"]);
  const values = emptyValues(graph, { a: [4, 4, 2] }, {});
  values.define("a", { value: "x", layout: "last" });
  assert.equal(values.read("a", "last"), "x");
  assert.equal(values.read("a", "first"), "a.channels-first");
  assert.equal(values.read("a", "first"), "a.channels-first");
  assert.deepEqual(graph.nodes.map(({ op, attributes }) => [op, attributes]), [
    ["Transpose", { perm: { ints: [0, 3, 1, 2] } }],
  ]);
  assert.equal(values.layoutOf("a"), "last");
});

Deno.test("a value with a format passes through unsigned integers, raised by half of their range", () => {
  const graph = emptyGraph(["x"]);
  const values = emptyValues(graph, { a: [2] }, { a: format });
  values.define("a", { value: "x", layout: "last" });
  assert.equal(values.read("a", "last"), "a.dequantized");
  assert.deepEqual(graph.nodes.map(({ op }) => op), ["QuantizeLinear", "DequantizeLinear"]);
  assert.ok(graph.constants.some(({ name, values }) => name === "uint8.131" && values[0] === 131));
  assert.deepEqual(values.integers("a"), { layout: "last", value: "a.quantized", raised: 128 });
});

Deno.test("a narrower range is clipped to, one beyond 8 bits refused", () => {
  const graph = emptyGraph(["x"]);
  const values = emptyValues(graph, { a: [2] }, { a: { ...format, minimum: -8, maximum: 7 } });
  values.define("a", { value: "x", layout: "last" });
  values.read("a", "last");
  assert.deepEqual(graph.nodes.map(({ op }) => op), ["QuantizeLinear", "Clip", "DequantizeLinear"]);
  const wide = emptyValues(graph, { b: [2] }, { b: { ...format, minimum: 0, maximum: 256 } });
  assert.throws(
    () => wide.define("b", { value: "x", layout: "last" }),
    new RangeError(
      'Cannot write "b" for ONNX: its integers reach from 0 to 256, and 8 bits are all that can be written',
    ),
  );
});
