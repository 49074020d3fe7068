import assert from "node:assert/strict";
import { entriesOf } from "../../../../ops/formats/packed/gaps.ts";
import { fc } from "../../../deps.ts";

Deno.test("positions 1, 4 and 15 in 3 bits need a filler, of the largest distance", () => {
  const entries = entriesOf([1, 4, 15], 3).map(({ gap, filler }) => [gap, filler ? 0 : 1]);
  assert.deepEqual(entries, [[2, 1], [3, 1], [8, 0], [3, 1]]);
  // Counted from 0, as the paper's figure does, the first distance is the position.
  const figure = entriesOf([0, 3, 14], 3).map(({ gap, filler }) => [gap, filler ? 0 : 1]);
  assert.deepEqual(figure, [[1, 1], [3, 1], [8, 0], [3, 1]]);
});

Deno.test("a distance of 2^b is the largest that needs no filler", () => {
  for (let b = 1; b <= 8; b++) {
    assert.equal(entriesOf([2 ** b - 1], b).length, 1);
    assert.equal(entriesOf([2 ** b], b).length, 2);
    assert.equal(entriesOf([5 * 2 ** b - 1], b).length, 5);
  }
});

Deno.test("distances lead back to the positions, and none is too large", () => {
  const positions = fc.uniqueArray(fc.nat(3000), { maxLength: 100 });
  fc.assert(fc.property(positions, fc.integer({ min: 1, max: 12 }), (set, b) => {
    const sorted = set.sort((x, y) => x - y);
    let at = -1;
    const found: number[] = [];
    for (const { gap, filler } of entriesOf(sorted, b)) {
      assert.ok(gap >= 1 && gap <= 2 ** b && (!filler || gap === 2 ** b));
      at += gap;
      if (!filler) found.push(at);
    }
    assert.deepEqual(found, sorted);
  }));
});
