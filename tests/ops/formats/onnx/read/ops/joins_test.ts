import assert from "node:assert/strict";
import type { OnnxGraph } from "../../../../../../ops/formats/onnx/graph.ts";
import * as joins from "../../../../../../ops/formats/onnx/read/ops/joins.ts";
import { assertClose } from "../../../../../close.ts";
import { answersOf, assertAsRuntime, graphModel, kindsOf } from "../one_graph.ts";

const ints = (g: OnnxGraph, ...values: number[]) =>
  g.constant("i", BigInt64Array.from(values, BigInt), [values.length]);
const series = (g: OnnxGraph, ...shape: number[]) =>
  g.constant(
    "w",
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => 1 + Math.sin(i)),
    shape,
  );
const rows = { images: false };
/** Truth values: whole numbers other than 0. */
const test = (g: OnnxGraph, values: number[], ...shape: number[]) =>
  g.node("b", "Cast", [g.constant("t", Float32Array.from(values), shape)], { to: { int: 9 } });

Deno.test("joined along any axis but the batch", async () => {
  const joined = (axis: number) =>
    graphModel(
      [2, 2],
      (g, x) => g.node("n", "Concat", [x, g.node("r", "Relu", [x])], { axis: { int: axis } }),
    );
  const x = [-1, 2, 3, -4];
  assertClose(await answersOf(joined(2), 1, x), [-1, 2, 0, 2, 3, -4, 3, 0]);
  assertClose(await answersOf(joined(1), 1, x), [-1, 2, 3, -4, 0, 2, 3, 0]);
  assert.throws(() => joined(0), /it joins batches/);
  assert.equal(typeof joins.joined, "function");
});

/** Known rows are the same in each sample: as many as the batch has. */
const batched = (g: OnnxGraph, x: string, known: string, ...shape: number[]) => {
  const batch = g.node("sb", "Gather", [g.node("sh", "Shape", [x]), ints(g, 0)]);
  const whole = g.node("sc", "Concat", [batch, ints(g, ...shape)], { axis: { int: 0 } });
  return g.node("e", "Expand", [known, whole]);
};

Deno.test("known rows before a sequence and behind it, in every sample", async () => {
  const model = await assertAsRuntime([3, 4], (g, x) =>
    g.node("n", "Concat", [
      batched(g, x, series(g, 1, 1, 4), 1, 4),
      g.node("t", "Tanh", [x]),
      batched(g, x, series(g, 1, 2, 4), 2, 4),
    ], { axis: { int: 1 } }), rows);
  assert.deepEqual(kindsOf(model), ["activation+tanh", "reshape", "pad", "reshape", "position"]);
  await assertAsRuntime(
    [3, 4],
    (g, x) =>
      g.node("n", "Concat", [x, batched(g, x, series(g, 1, 3, 2), 3, 2)], { axis: { int: 2 } }),
    rows,
  );
  const between = (g: OnnxGraph, x: string) =>
    g.node("n", "Concat", [x, batched(g, x, series(g, 1, 1, 4), 1, 4), x], { axis: { int: 1 } });
  assert.throws(() => graphModel([3, 4], between), /known numbers between values/);
});

Deno.test("one of two values by known truth values, or a number", async () => {
  const where =
    (yes: (g: OnnxGraph, x: string) => string, no: typeof yes) => (g: OnnxGraph, x: string) =>
      g.node("n", "Where", [test(g, [1, 0, 0, 1], 4), yes(g, x), no(g, x)]);
  const own = (_g: OnnxGraph, x: string) => x;
  const other = (g: OnnxGraph, x: string) => g.node("r", "Tanh", [x]);
  const numbers = (g: OnnxGraph) => series(g, 4);
  await assertAsRuntime([4], where(own, numbers), rows);
  await assertAsRuntime([4], where(numbers, own), rows);
  await assertAsRuntime([4], where(own, other), rows);
  await assertAsRuntime([3, 4], where(own, (g) => series(g, 3, 1)), rows);
});

Deno.test("a Concat that reads nothing is refused", () => {
  const nothing = (g: OnnxGraph, x: string) =>
    g.node("a", "Add", [x, g.node("n", "Concat", [], { axis: { int: 0 } })]);
  assert.throws(() => graphModel([2, 2], nothing), /it joins nothing/);
});
