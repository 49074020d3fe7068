import assert from "node:assert/strict";
import { UnreadableModelError } from "../../../../../ops/formats/format.ts";
import { permOf, sliceOf, targetShape } from "../../../../../ops/formats/onnx/read/extents.ts";

Deno.test("a cut of an axis, and a shape that is asked for", () => {
  assert.deepEqual(sliceOf(5, 1, 99, 2), [1, 2]);
  assert.deepEqual(sliceOf(5, -2, 99, 1), [3, 2]);
  assert.deepEqual(targetShape([2, 3, 4], [0, -1], false), [2, 12]);
  assert.deepEqual(targetShape([0, 3], [0, 3], true), [0, 3]);
});

Deno.test("cuts begin and end inside an axis, whatever is asked", () => {
  const expected: readonly (readonly [number[], number[]])[] = [
    [[5, 0, 5, 1], [0, 5]],
    [[5, 1, 4, 1], [1, 3]],
    [[5, -9, 9, 1], [0, 5]],
    [[5, 4, 2, 1], [4, 0]],
    [[5, 0, 5, 2], [0, 3]],
    [[5, 1, 5, 2], [1, 2]],
    [[5, 4, -9, -1], [4, 5]],
    [[5, 9, 1, -1], [4, 3]],
    [[5, -1, 0, -2], [4, 2]],
    [[5, 0, 3, -1], [0, 0]],
  ];
  for (const [[extent, from, to, step], found] of expected) {
    assert.deepEqual(sliceOf(extent!, from!, to!, step!), found, `${[from, to, step]}`);
  }
});

Deno.test("a Transpose has each axis once, or none for the reverse", () => {
  const read = (perm: readonly number[] | undefined) =>
    permOf({ ints: () => perm, wrong: (what) => new UnreadableModelError(what) }, 3);
  assert.deepEqual([read(undefined), read([1, 2, 0])], [[2, 1, 0], [1, 2, 0]]);
  for (const odd of [[0, 1], [0, 1, 1], [0, 1, 3], [0, 1, -1], Array(500).fill(0)]) {
    assert.throws(
      () => read(odd),
      ({ message }: Error) => /^its perm is [-\d, …]{4,70}, of 3 axes$/.test(message),
    );
  }
});
