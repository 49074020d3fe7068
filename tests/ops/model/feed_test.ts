import assert from "node:assert/strict";
import { conditionRows, range } from "../../../ops/model/feed.ts";

const condition = { name: "label", shape: [3] };

Deno.test("a condition reads the class as a row that is 1 there", () => {
  const rows = conditionRows(condition, Int32Array.of(0, 2, 1), [1, 2]);
  assert.deepEqual([...rows], [0, 0, 1, 0, 1, 0]);
  assert.deepEqual([...conditionRows(condition, Int32Array.of(0), [0])], [1, 0, 0]);
});

Deno.test("what is no class, or none of its own, is refused with the input's name", () => {
  const rows = (labels: Int32Array | Float32Array | null) => () =>
    conditionRows(condition, labels, [0]);
  assert.throws(rows(null), /its input "label" reads classes, and the samples have none/);
  assert.throws(rows(Float32Array.of(0.5)), /the samples have none/);
  assert.throws(rows(Int32Array.of(3)), /"label" knows 3 classes, a sample is of class 3/);
  assert.throws(rows(Int32Array.of(-1)), /a sample is of class -1/);
});

Deno.test("a range counts from its first number", () => {
  assert.deepEqual([...range(5, 3)], [5, 6, 7]);
  assert.deepEqual([...range(5, 0)], []);
});
