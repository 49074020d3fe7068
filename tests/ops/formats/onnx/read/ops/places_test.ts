import assert from "node:assert/strict";
import type { Attributes, OnnxGraph } from "../../../../../../ops/formats/onnx/graph.ts";
import * as places from "../../../../../../ops/formats/onnx/read/ops/places.ts";
import { assertAsRuntime, graphModel, kindsOf } from "../one_graph.ts";

const ints = (g: OnnxGraph, ...values: number[]) =>
  g.constant("i", BigInt64Array.from(values, BigInt), [values.length]);
const one =
  (op: string, attributes: Attributes = {}, ...numbers: number[][]) => (g: OnnxGraph, x: string) =>
    g.node("n", op, [x, ...numbers.map((each) => ints(g, ...each))], attributes);
const rows = { images: false };

Deno.test("places in any order, and again", async () => {
  const take = (...at: number[]) => one("Gather", { axis: { int: 1 } }, at);
  assert.deepEqual(kindsOf(await assertAsRuntime([4, 3], take(1, 2), rows)), [
    ...["reshape", "crop", "reshape"],
  ]);
  await assertAsRuntime([4, 3], take(3, 0, 1, 1, -1), rows);
  await assertAsRuntime([6], take(5, 4, 0), rows);
  const many = Array.from({ length: 300 }, (_, i) => 3 - i % 4);
  assert.throws(() => graphModel([4, 3], take(...many)), /in 300 pieces/);
  assert.throws(
    () =>
      graphModel([4, 3], (g, x) =>
        g.node("n", "Gather", [
          x,
          g.constant("i", BigInt64Array.of(0n, 1n, 1n, 0n), [2, 2]),
        ], { axis: { int: 1 } })),
    /by a table of shape 2×2/,
  );
  assert.equal(typeof places.splitUp, "function");
});

Deno.test("slices with steps, forwards and back", async () => {
  for (const [from, to, step] of [[0, 6, 2], [1, 6, 2], [0, 5, 3], [5, -7, -1], [4, 0, -2]]) {
    const slice = one("Slice", {}, [from!], [to!], [1], [step!]);
    await assertAsRuntime([6, 3], slice, rows);
    await assertAsRuntime([6], slice, rows);
  }
  // Where the axis is long enough, the parts are those of another shape.
  const even = await assertAsRuntime([6, 3], one("Slice", {}, [0], [6], [1], [2]), rows);
  assert.ok(!kindsOf(even).includes("concat"));
});

Deno.test("values are as long as others where they have an extent of 1, or so many times as long", async () => {
  await assertAsRuntime([1, 3], one("Expand", {}, [1, 4, 3]), rows);
  await assertAsRuntime([2, 3], one("Tile", {}, [1, 2, 2]), rows);
  await assertAsRuntime([2, 1, 1], one("Expand", {}, [1, 2, 3, 4]), { answers: [2, 3, 4] });
  assert.throws(() => graphModel([2], one("Tile", {}, [2, 1])), /it repeats samples of a batch/);
  assert.throws(() => graphModel([2], one("Expand", {}, [1, 3])), /cannot stretch an axis/);
});

Deno.test("parts of unequal size", async () => {
  await assertAsRuntime([5, 2], (g, x) => {
    const parts = one("Slice", {}, [0], [2], [1])(g, x);
    const rest = one("Slice", {}, [2], [4], [1])(g, x);
    return g.node("n", "Mul", [parts, rest]);
  }, rows);
  assert.throws(
    () => graphModel([5, 2], one("Slice", {}, [0], [2], [0])),
    /samples out of a batch/,
  );
});
