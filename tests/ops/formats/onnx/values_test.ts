import assert from "node:assert/strict";
import { emptyGraph } from "../../../../ops/formats/onnx/graph.ts";
import { emptyValues } from "../../../../ops/formats/onnx/values.ts";
import { constantLines, nodeLines } from "./support/written.ts";

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

const image = { a: [4, 5, 2] };
/** What one value of these bounds is written as, computed and read in these layouts. */
function written(
  changed: Partial<typeof format>,
  { home, reads, shape = image.a }: {
    readonly home: "first" | "last";
    readonly reads: readonly ("first" | "last")[];
    readonly shape?: readonly number[];
  },
) {
  const graph = emptyGraph(["x"]);
  const values = emptyValues(graph, { a: shape }, { a: { ...format, ...changed } });
  values.define("a", { value: "x", layout: home });
  const read = reads.map((layout) => values.read("a", layout));
  return { read, lines: [...nodeLines(graph), ...constantLines(graph)], of: values.integers("a") };
}

Deno.test("what has its channels first is quantized there and transposed as integers", () => {
  const { read, lines, of } = written({}, { home: "first", reads: ["last", "first"] });
  assert.deepEqual(read, ["a.dequantized", "a.dequantized_"]);
  assert.deepEqual(lines, [
    "a.quantized = QuantizeLinear(x, a.scale, uint8.131)",
    "a.channels-last = Transpose(a.quantized) perm:ints=0,2,3,1",
    "a.dequantized = DequantizeLinear(a.channels-last, a.scale, uint8.131)",
    "a.dequantized_ = DequantizeLinear(a.quantized, a.scale, uint8.131)",
    "a.scale Float32 [] 0.5",
    "uint8.131 Uint8 [] 131",
  ]);
  assert.deepEqual(of, { layout: "first", value: "a.quantized", raised: 128 });
});

Deno.test("what has them last is transposed and then quantized", () => {
  const { read, lines, of } = written({}, { home: "last", reads: ["first", "last", "first"] });
  assert.deepEqual(read, ["a.dequantized", "a.dequantized_", "a.dequantized"]);
  assert.deepEqual(lines.slice(0, 5), [
    "a.channels-first = Transpose(x) perm:ints=0,3,1,2",
    "a.quantized = QuantizeLinear(a.channels-first, a.scale, uint8.131)",
    "a.dequantized = DequantizeLinear(a.quantized, a.scale, uint8.131)",
    "a.quantized_ = QuantizeLinear(x, a.scale, uint8.131)",
    "a.dequantized_ = DequantizeLinear(a.quantized_, a.scale, uint8.131)",
  ]);
  assert.deepEqual(of, { layout: "first", value: "a.quantized", raised: 128 });
});

Deno.test("unsigned integers stand as they are; a bound inside 0 to 255 is clipped to", () => {
  const lines = (minimum: number, maximum: number) =>
    written({ minimum, maximum, zero: 9 }, { home: "last", reads: ["last"], shape: [2] }).lines;
  const whole = (zero: number, of = "a.quantized") => [
    `a.quantized = QuantizeLinear(x, a.scale, uint8.${zero})`,
    `a.dequantized = DequantizeLinear(${of}, a.scale, uint8.${zero})`,
  ];
  assert.deepEqual(lines(0, 255).slice(0, 2), whole(9));
  assert.deepEqual(lines(-128, 127).slice(0, 2), whole(137));
  for (
    const [minimum, maximum, zero, low, high] of [
      [0, 254, 9, 0, 254],
      [1, 255, 9, 1, 255],
      [-1, 127, 137, 127, 255],
      [-128, 126, 137, 0, 254],
    ] as const
  ) {
    const [quantize, dequantize] = whole(zero, "a.clipped");
    assert.deepEqual(lines(minimum, maximum).slice(0, 3), [
      quantize,
      `a.clipped = Clip(a.quantized, uint8.${low}, uint8.${high})`,
      dequantize,
    ]);
  }
  const wide = (minimum: number, maximum: number) => () => lines(minimum, maximum);
  for (const [minimum, maximum] of [[-129, 127], [-128, 128], [0, 256]] as const) {
    assert.throws(
      wide(minimum, maximum),
      new RangeError(
        `Cannot write "a" for ONNX: its integers reach from ${minimum} to ${maximum}, and 8 bits are all that can be written`,
      ),
    );
  }
});

Deno.test("a vector is never transposed: its channels are first and last", () => {
  const graph = emptyGraph(["x"]);
  const values = emptyValues(graph, { a: [3], b: [3, 4] }, {});
  values.define("a", { value: "x", layout: "first" });
  values.define("b", { value: "x", layout: "first" });
  assert.deepEqual([values.read("a", "last"), values.read("a", "first")], ["x", "x"]);
  assert.equal(values.integers("a"), undefined);
  assert.equal(values.read("b", "last"), "b.channels-last");
  assert.deepEqual(nodeLines(graph), ["b.channels-last = Transpose(x) perm:ints=0,2,1"]);
});
