import assert from "node:assert/strict";
import * as products from "../../../../../../ops/formats/onnx/read/ops/products.ts";
import { assertClose } from "../../../../../close.ts";
import { answersOf, graphModel, kindsOf } from "../one_graph.ts";

const matrix = Float32Array.of(1, 2, 3, 4, 5, 6);

Deno.test("rows of a kernel stand as an image in a row does", async () => {
  // Two channels of a row of two pixels: [[1, 2], [10, 20]], channels first, by a matrix [4, 1].
  const model = graphModel([2, 1, 2], (g, x) =>
    g.node("n", "MatMul", [
      g.node("f", "Flatten", [x]),
      g.constant("w", Float32Array.of(1, 2, 3, 4), [4, 1]),
    ]));
  assert.deepEqual(kindsOf(model), ["flatten", "dense"]);
  assert.deepEqual([...model.weights["n/kernel"]!.data], [1, 3, 2, 4]);
  assertClose(await answersOf(model, 1, [1, 10, 2, 20]), [1 + 4 + 30 + 80]);
});

Deno.test("a general product multiplies both of its parts", async () => {
  const gemm = (attributes: object, shape: number[], bias: number[]) =>
    graphModel([2], (g, x) =>
      g.node("n", "Gemm", [
        x,
        g.constant("w", matrix, shape),
        g.constant("b", Float32Array.from(bias), [bias.length]),
      ], attributes as never));
  const plain = gemm({}, [2, 3], [1, 1, 1]);
  assertClose(await answersOf(plain, 1, [1, 1]), [6, 8, 10]);
  const transposed = gemm(
    { transB: { int: 1 }, alpha: { float: 2 }, beta: { float: 10 } },
    [3, 2],
    [
      1,
    ],
  );
  assertClose(await answersOf(transposed, 1, [1, 1]), [16, 24, 32]);
  assert.throws(() => gemm({ transA: { int: 1 } }, [2, 3], [1]), /its A is transposed/);
});

Deno.test("products that no layer gives are refused", () => {
  assert.throws(
    () => graphModel([2], (g, x) => g.node("n", "MatMul", [g.constant("w", matrix, [3, 2]), x])),
    /numbers that stand before a value/,
  );
  assert.throws(
    () => graphModel([2], (g, x) => g.node("n", "MatMul", [x, g.constant("w", matrix, [3, 2])])),
    /it multiplies batch×2 by 3×2/,
  );
  assert.throws(
    () => graphModel([2], (g, x) => g.node("n", "MatMul", [x, g.constant("w", matrix, [3, 2, 1])])),
    /not by a matrix/,
  );
  assert.throws(
    () => graphModel([2], (g, x) => g.node("n", "Gemm", [x, g.constant("w", matrix, [6])])),
    /: its B is no matrix$/,
  );
  assert.equal(typeof products.linear, "function");
});
