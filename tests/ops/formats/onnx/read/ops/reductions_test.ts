import assert from "node:assert/strict";
import { reduced } from "../../../../../../ops/formats/onnx/read/ops/reductions.ts";
import type { OnnxGraph } from "../../../../../../ops/formats/onnx/graph.ts";
import { assertAsRuntime, graphModel, kindsOf } from "../one_graph.ts";

const over = (op: string, axes: number[], kept: number) => (g: OnnxGraph, x: string) =>
  g.node("n", op, [x], { axes: { ints: axes }, keepdims: { int: kept } });
/** Sums have their axes as an input. */
const sum = (axes: number[]) => (g: OnnxGraph, x: string) =>
  g.node("n", "ReduceSum", [
    x,
    g.constant("a", BigInt64Array.from(axes, BigInt), [axes.length]),
  ], { keepdims: { int: 0 } });

Deno.test("means over space, over steps, and of all", async () => {
  assert.deepEqual(kindsOf(await assertAsRuntime([2, 3, 4], over("ReduceMean", [2, 3], 0))), [
    "global-average-pool",
  ]);
  const steps = await assertAsRuntime([3, 4], over("ReduceMean", [1], 0), { images: false });
  assert.deepEqual(kindsOf(steps), ["reshape", "global-average-pool"]);
  assert.throws(() => graphModel([3, 4], over("ReduceMean", [0], 0)), /it goes over the batch/);
  assert.throws(
    () => graphModel([3, 4], (g, x) => g.node("n", "ReduceMean", [x])),
    /over all axes/,
  );
  assert.equal(typeof reduced, "function");
});

Deno.test("the least, the largest and the sum", async () => {
  for (const op of ["ReduceMax", "ReduceMin"]) {
    await assertAsRuntime([3, 4], over(op, [1], 0), { images: false });
    await assertAsRuntime([2, 3, 4], over(op, [2, 3], 1), { answers: [2, 1, 1] });
  }
  await assertAsRuntime([3, 4], sum([1]), { images: false });
  await assertAsRuntime([3, 4], sum([-1]), { images: false });
});
