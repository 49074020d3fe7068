import assert from "node:assert/strict";
import { assertFinite, valuesIn } from "../../../../ops/data/readers/stored_array.ts";

Deno.test("a shape with a 0 in it has no values, however large its other extents", () => {
  assert.equal(valuesIn([2, 3, 4]), 24);
  assert.equal(valuesIn([]), 1);
  assert.equal(valuesIn([1e300, 1e300, 0]), 0);
});

Deno.test("the first value that is no number is named as numpy would index it", () => {
  const refused = (shape: number[], values: number[], message: RegExp) =>
    assert.throws(() => assertFinite({ shape, data: Float32Array.from(values) }, "a"), message);
  refused(
    [2, 3],
    [0, 0, 0, 0, NaN, 0],
    /^RangeError: Cannot use "a": its value at \[1, 1\] is NaN; leave/,
  );
  refused(
    [4],
    [0, Infinity, 0, NaN],
    /at \[1\] is infinite, or more than 32 bits hold, as is 1 more;/,
  );
  refused([3], [-Infinity, NaN, NaN], /at \[0\] is infinite.*, as are 2 more;/);
  assertFinite({ shape: [2], data: Float32Array.of(3.4e38, -3.4e38) }, "a");
  assertFinite({ shape: [1], data: Int32Array.of(1) }, "a");
});
