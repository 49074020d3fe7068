/** How two shapes broadcast, against walking them one element at a time. */
import assert from "node:assert/strict";
import { broadcast } from "../../../../engine/tensor/overrides/broadcast.ts";
import { fc } from "../../../deps.ts";
import { pairs } from "../support/shapes.ts";

/** Offsets into an operand, for each element of the output, by NumPy's rule. */
function offsets(shape: readonly number[], own: readonly number[]): number[] {
  const steps = own.map((_, i) => own.slice(i + 1).reduce((a, b) => a * b, 1));
  const count = shape.reduce((a, b) => a * b, 1);
  return Array.from({ length: count }, (_, flat) => {
    let offset = 0;
    let rest = flat;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const at = rest % shape[axis]!;
      rest = Math.floor(rest / shape[axis]!);
      const mine = axis - (shape.length - own.length);
      if (mine >= 0 && own[mine] !== 1) offset += at * steps[mine]!;
    }
    return offset;
  });
}

Deno.test("the loops walk both operands as NumPy's rule does", () => {
  fc.assert(
    fc.property(pairs, ([a, b]) => {
      const { shape, loops } = broadcast(a, b);
      const rank = Math.max(a.length, b.length);
      const at = (own: readonly number[], axis: number) => own[axis - (rank - own.length)] ?? 1;
      const expected = Array.from(
        { length: rank },
        (_, axis) => at(a, axis) === 1 ? at(b, axis) : at(a, axis),
      );
      assert.deepEqual([...shape], expected);
      let walked = [{ a: 0, b: 0 }];
      for (const loop of [...loops].reverse()) {
        walked = walked.flatMap((from) =>
          Array.from({ length: loop.n }, (_, i) => ({
            a: from.a + i * loop.a,
            b: from.b + i * loop.b,
          }))
        );
      }
      const elements = shape.reduce((product, n) => product * n, 1);
      assert.deepEqual(walked.slice(0, elements).map(({ a }) => a), offsets(shape, a));
      assert.deepEqual(walked.slice(0, elements).map(({ b }) => b), offsets(shape, b));
    }),
    { numRuns: 500 },
  );
});

Deno.test("axes that both walk alike are one loop, and axes of length 1 are none", () => {
  assert.deepEqual(broadcast([4, 5, 6], [4, 5, 6]).loops, [{ n: 120, a: 1, b: 1 }]);
  assert.deepEqual(broadcast([2, 1, 3], [1, 3]).loops, [
    { n: 3, a: 1, b: 1 },
    { n: 2, a: 3, b: 0 },
  ]);
  assert.deepEqual(broadcast([1, 1], [1]).loops, []);
});

Deno.test("lengths that differ, and of which none is 1, are refused", () => {
  assert.throws(
    () => broadcast([2, 3], [4, 3]),
    /^Error: Cannot broadcast \[2,3\] and \[4,3\]: lengths 2 and 4 differ$/,
  );
});
