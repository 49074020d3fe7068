/** Value relations (MiniLM, arXiv 2002.10957, §3.2): worked by hand. */
import assert from "node:assert/strict";
import { valueRelations as stated } from "../../../../ops/learn/terms/value_relations.ts";
import { assertNear, evaluated, matched, type Numbers } from "./support/evaluated.ts";

/** One sample whose scores with one head are this matrix: keys are the unit vectors, queries √2 times the matrix. */
const scored = (matrix: readonly number[]): Numbers[] => [
  { shape: [1, 2, 2], values: matrix.map((each) => each * Math.SQRT2) },
  { shape: [1, 2, 2], values: [1, 0, 0, 1] },
  { shape: [1, 2, 2], values: [0, 0, 0, 0] },
];

Deno.test("MiniLM's divergence of value relations, of widths that differ, is 0.02095331", async () => {
  const divergence = { distance: "cross-entropy" };
  const valued = (width: number, values: number[]) => [
    ...scored([0, 0, 0, 0]).slice(0, 2),
    { shape: [1, 2, width], values },
  ];
  const relations = {
    student: valued(2, [1, 1, 0, 1]),
    teacher: valued(3, [1, 0, 1, 0, 1, 1]),
    heads: 1,
  };
  // V Vᵀ / √depth: the teacher's [[2, 1], [1, 2]] / √3, the student's [[2, 1], [1, 1]] / √2. Of softmax over two only
  // the difference counts: teacher ±1/√3 in each row, student 1/√2 and 0. KL of the rows: 0.00191 and 0.03999, the
  // mean.
  assertNear(
    (await evaluated(matched("value-relations", divergence), relations)).value,
    0.02095331,
  );
});

Deno.test("value-relations states what it reads and compares", () => {
  assert.deepEqual(stated.reads, { features: true });
  assert.equal(stated.compares, undefined);
});
