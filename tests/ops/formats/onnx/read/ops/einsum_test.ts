import assert from "node:assert/strict";
import type { OnnxGraph } from "../../../../../../ops/formats/onnx/graph.ts";
import { einsum } from "../../../../../../ops/formats/onnx/read/ops/einsum.ts";
import { assertAsRuntime, graphModel, kindsOf } from "../one_graph.ts";

const matrix = (g: OnnxGraph, rows: number, columns: number) =>
  g.constant("w", Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i)), [
    ...[rows, columns],
  ]);
const product = (equation: string, rows: number, columns: number) => (g: OnnxGraph, x: string) =>
  g.node("n", "Einsum", [x, matrix(g, rows, columns)], { equation: { string: equation } });
const rows = { images: false };

Deno.test("a product with a known matrix, along any axis, either way round", async () => {
  for (const equation of ["btc,cd->btd", "b t c , c d -> b t d"]) {
    assert.deepEqual(kindsOf(await assertAsRuntime([3, 4], product(equation, 4, 2), rows)), [
      "dense",
    ]);
  }
  await assertAsRuntime([3, 4], product("btc,dc->btd", 2, 4), rows);
  await assertAsRuntime([3, 4], product("btc,td->bdc", 3, 2), rows);
});

Deno.test("other products are refused with their equation", () => {
  const refused = (equation: string) =>
    assert.throws(
      () => graphModel([3, 4], product(equation, 4, 4)),
      /the product .* cannot be read/,
    );
  for (
    const equation of ["btc,dd->btc", "btc,cc->bt", "btc,ct->btc", "btc->bct", "btc,cd->bdt2"]
  ) refused(equation);
  assert.equal(einsum.length, 2);
});
