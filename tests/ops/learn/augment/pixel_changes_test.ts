import assert from "node:assert/strict";
import type { Meta } from "../../../../ops/data/dataset.ts";
import { gatherer } from "../../../../ops/learn/augment/gather.ts";
import { colored, noisy, rotated } from "../../../../ops/learn/augment/pixel_changes.ts";
import { changed, flipped, plainView, shifted } from "../../../../ops/learn/augment/view.ts";
import { variation } from "../../../../ops/learn/augment/vary.ts";
import { assertClose } from "../../../close.ts";

const meta = (input: readonly number[], more: Partial<Meta> = {}): Meta => ({
  input,
  type: "uint8",
  task: "classification",
  classes: ["a"],
  outputs: 1,
  normalize: { scale: [1 / 255], offset: [0] },
  ...more,
});
const changedBy = (change: (values: Float32Array) => void, values: readonly number[]) => {
  const result = Float32Array.from(values);
  change(result);
  return [...result];
};

Deno.test("a quarter turn moves every pixel to its place, half a turn is both flips", () => {
  const square = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  assertClose(changedBy(rotated(90, [3, 3]), square), [3, 6, 9, 2, 5, 8, 1, 4, 7], 1e-6);
  assertClose(changedBy(rotated(-90, [3, 3]), square), [7, 4, 1, 8, 5, 2, 9, 6, 3], 1e-6);
  assertClose(changedBy(rotated(180, [2, 3]), [1, 2, 3, 4, 5, 6]), [6, 5, 4, 3, 2, 1], 1e-6);
  const two = [1, 10, 2, 20, 3, 30, 4, 40];
  assertClose(changedBy(rotated(90, [2, 2]), two), [2, 20, 4, 40, 1, 10, 3, 30], 1e-6);
});

Deno.test("between pixels a turn is bilinear, and zeros come in from outside", () => {
  // Turned by 45°, the middle of a side of the square lies √2 from the middle: outside but for a corner's share.
  const turned = changedBy(rotated(45, [3, 3]), [0, 0, 0, 0, 8, 0, 0, 0, 0]);
  const near = 1 - Math.SQRT1_2;
  const expected = [
    0,
    near * near * 8,
    0,
    near * near * 8,
    8,
    near * near * 8,
    0,
    near * near * 8,
    0,
  ];
  assertClose(turned, expected, 1e-5);
  assertClose(changedBy(rotated(45, [1, 3]), [4, 4, 4]), [4 * near, 4, 4 * near], 1e-5);
});

Deno.test("colours change as torchvision's functions do, by hand", () => {
  const one = { brightness: 1, contrast: 1, saturation: 1 };
  const rgb = meta([1, 2, 3]);
  const image = [100, 50, 200, 0, 250, 10];
  assert.deepEqual(changedBy(colored({ ...one, brightness: 1.5 }, rgb), image), [
    ...[150, 75, 255, 0, 255, 15],
  ]);
  const grey = [0.299 * 100 + 0.587 * 50 + 0.114 * 200, 0.587 * 250 + 0.114 * 10];
  const mean = (grey[0]! + grey[1]!) / 2;
  assertClose(
    changedBy(colored({ ...one, contrast: 0.5 }, rgb), image),
    image.map((value) => value / 2 + mean / 2),
    1e-4,
  );
  assertClose(
    changedBy(colored({ ...one, saturation: 0 }, rgb), image),
    [grey[0]!, grey[0]!, grey[0]!, grey[1]!, grey[1]!, grey[1]!],
    1e-4,
  );
  // One channel has no colour to lose, and floats have no bound.
  const floats = meta([1, 2, 1], { type: "float32" });
  assertClose(
    changedBy(colored({ brightness: 2, contrast: 1, saturation: 0 }, floats), [-1, 300]),
    [-2, 600],
    1e-4,
  );
});

Deno.test("noise is in units of normalised values, each feature its own; what never varies stays", () => {
  const table = meta([3], {
    type: "float32",
    normalize: { scale: [0.5, 4, 0], offset: [0, 0, 0] },
  });
  assert.deepEqual(
    changedBy(noisy(0.1, Float32Array.of(1, -2, 3), table), [10, 20, 30]).map((value) =>
      Math.round(value * 1e4) / 1e4
    ),
    [10.2, 19.95, 30],
  );
});

Deno.test("what moves pixels behind a change moves what was changed", () => {
  const double = (values: Float32Array) => values.forEach((value, i) => values[i] = 2 * value);
  const look = (view: ReturnType<typeof plainView>) => {
    const into = new Float32Array(6);
    const part = { count: 1, x: Uint8Array.of(1, 2, 3, 4, 5, 6), y: null };
    gatherer(meta([2, 3, 1]), part, { scale: [10], offset: [1] })(into, [0], () => view);
    return [...into];
  };
  const plain = plainView(2, 3);
  assert.deepEqual(look(changed(plain, double)), [21, 41, 61, 81, 101, 121]);
  const corner = (values: Float32Array) => void (values[0] = 9);
  assert.deepEqual(look(flipped(changed(plain, corner), "horizontal")), [31, 21, 91, 61, 51, 41]);
  assert.deepEqual(look(changed(flipped(plain, "horizontal"), corner)), [91, 21, 11, 61, 51, 41]);
  assert.deepEqual(look(shifted(changed(plain, corner), 1, 0)), [1, 1, 1, 91, 21, 31]);
});

Deno.test("draws keep to their limits, happen as often as they should, and depend on the sample alone", () => {
  const image = meta([4, 4, 3]);
  const seen = (seed: number, epoch: number, count = 400) => {
    const { view } = variation(image, [{ use: "noise", sigma: 0.1, chance: 0.5 }], seed, count);
    return Array.from({ length: count }, (_, sample) => {
      const values = new Float32Array(48);
      for (const change of view(epoch, sample).changes) change(values);
      return [...values];
    });
  };
  const [first, again] = [seen(1, 0), seen(1, 0)];
  assert.deepEqual(first, again);
  const noised = first.filter((values) => values.some((value) => value !== 0));
  assert.ok(Math.abs(noised.length - 200) < 4 * Math.sqrt(100));
  const all = noised.flat();
  const deviation = Math.sqrt(all.reduce((sum, value) => sum + value * value, 0) / all.length);
  assert.ok(Math.abs(deviation - 25.5) < 4 * 25.5 / Math.sqrt(2 * all.length), `${deviation}`);
  assert.equal(new Set(noised.map(String)).size, noised.length, "no two alike");
  assert.notDeepEqual(seen(2, 0, 20), seen(1, 0, 20));
  assert.notDeepEqual(seen(1, 1, 20), seen(1, 0, 20));
});
