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

Deno.test("channels stay beside one another, wherever a sample lies and is written", () => {
  // Pixels 1 2 3 / 4 5 6, each with its tens in a second channel, behind two values of another sample.
  const stored = Float32Array.of(
    8,
    9,
    ...[1, 2, 3, 4, 5, 6].flatMap((pixel) => [pixel, 10 * pixel]),
  );
  const seen = (view: View): number[] => {
    const into = new Float32Array(14).fill(7);
    const pixels = {
      channels: 2,
      copy: floatCopier(stored),
      blank: (values: Float32Array, at: number, count: number) =>
        values.fill(0, at, at + 2 * count),
    };
    writeView({ into, at: 1, start: 2 }, view, pixels);
    assert.deepEqual([into[0], into[13]], [7, 7]);
    return [...into.subarray(1, 13)];
  };
  const pairs = (...pixels: number[]) => pixels.flatMap((pixel) => [pixel, 10 * pixel]);
  assert.deepEqual(seen(plain), pairs(1, 2, 3, 4, 5, 6));
  assert.deepEqual(seen(shifted(plain, 1, 1)), pairs(0, 0, 0, 0, 1, 2));
  assert.deepEqual(seen(shifted(plain, -1, -2)), pairs(6, 0, 0, 0, 0, 0));
  assert.deepEqual(seen(shifted(plain, 0, 4)), pairs(0, 0, 0, 0, 0, 0));
  assert.deepEqual(seen(shifted(plain, 0, -4)), pairs(0, 0, 0, 0, 0, 0));
  assert.deepEqual(seen(shifted(flipped(plain, "horizontal"), 0, 1)), pairs(0, 3, 2, 0, 6, 5));
  assert.deepEqual(seen(shifted(flipped(plain, "horizontal"), 0, -1)), pairs(2, 1, 0, 5, 4, 0));
  assert.deepEqual(seen(holed(plain, { top: 1, left: 1, side: 5 })), pairs(1, 2, 3, 4, 0, 0));
  assert.deepEqual(seen(holed(plain, { top: -1, left: -1, side: 2 })), pairs(0, 2, 3, 4, 5, 6));
});

Deno.test("a move behind a change leaves zeros, in every channel", () => {
  const moved = shifted(changed(plain, (values) => values.fill(3, 0, 2)), 0, 1);
  const values = Float32Array.from({ length: 12 }, (_, i) => i);
  for (const change of moved.changes) change(values);
  assert.deepEqual([...values], [0, 0, 3, 3, 2, 3, 0, 0, 6, 7, 8, 9]);
});
