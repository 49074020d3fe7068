/** Views of an image, pixel by pixel. */
import assert from "node:assert/strict";
import {
  changed,
  flipped,
  floatCopier,
  holed,
  plainView,
  shifted,
  type View,
  writeView,
} from "../../../../ops/learn/augment/view.ts";

/** The image 1 2 3 / 4 5 6 as a view has it; −1 where it has no pixel. */
function seen(view: View): number[] {
  const into = new Float32Array(6);
  const pixels = {
    channels: 1,
    copy: floatCopier(Float32Array.of(1, 2, 3, 4, 5, 6)),
    blank: (values: Float32Array, at: number, count: number) => values.fill(-1, at, at + count),
  };
  writeView({ into, at: 0, start: 0 }, view, pixels);
  for (const change of view.changes) change(into);
  return [...into];
}

const plain = plainView(2, 3);

Deno.test("a view is the image as it is, moved, mirrored, or with a hole", () => {
  assert.deepEqual(seen(plain), [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(seen(shifted(plain, 1, 0)), [-1, -1, -1, 1, 2, 3]);
  assert.deepEqual(seen(shifted(plain, 0, -1)), [2, 3, -1, 5, 6, -1]);
  assert.deepEqual(seen(flipped(plain, "horizontal")), [3, 2, 1, 6, 5, 4]);
  assert.deepEqual(seen(flipped(plain, "vertical")), [4, 5, 6, 1, 2, 3]);
  assert.deepEqual(seen(holed(plain, { top: 0, left: 1, side: 1 })), [1, -1, 3, 4, 5, 6]);
});

Deno.test("moves compose in their order, and a move back is the image again", () => {
  assert.deepEqual(seen(shifted(flipped(plain, "horizontal"), 0, 1)), [-1, 3, 2, -1, 6, 5]);
  assert.deepEqual(seen(flipped(shifted(plain, 0, 1), "horizontal")), [2, 1, -1, 5, 4, -1]);
  assert.deepEqual(seen(flipped(flipped(plain, "vertical"), "vertical")), seen(plain));
});

Deno.test("a move behind a change of values moves what was changed", () => {
  const doubled = changed(plain, (values) => values.forEach((value, i) => values[i] = 2 * value));
  assert.deepEqual(seen(flipped(doubled, "horizontal")), [6, 4, 2, 12, 10, 8]);
});
