import assert from "node:assert/strict";
import { stored } from "../../stored.ts";
import type { Meta, Part } from "../../../../ops/data/dataset.ts";
import { gatherer } from "../../../../ops/learn/augment/gather.ts";
import {
  changed,
  flipped,
  holed,
  plainView,
  shifted,
  type View,
} from "../../../../ops/learn/augment/view.ts";
import { fc } from "../../../deps.ts";

const bytes = (values: number[], input: number[]): [Pick<Meta, "input">, Part] => {
  const size = input.reduce((a, b) => a * b, 1);
  return [{ input }, { count: values.length / size, x: Uint8Array.from(values), y: null }];
};

function look(meta: Pick<Meta, "input">, part: Part, view?: (sample: number) => View): number[] {
  const into = new Float32Array(part.x.length);
  const order = Array.from({ length: part.count }, (_, i) => i);
  gatherer(meta, part, { scale: [1], offset: [0] })(into, order, view);
  return [...into];
}

Deno.test("samples come in the order asked for", () => {
  const [meta, part] = bytes([1, 2, 3, 4, 5, 6], [2]);
  const into = new Float32Array(4);
  gatherer(meta, part, { scale: [1], offset: [0] })(into, [2, 0]);
  assert.deepEqual([...into], [5, 6, 1, 2]);
});

Deno.test("normalisation is float32, product then sum, for bytes and for floats alike", () => {
  const scale = 1 / 255;
  const expected = [7, 250].map((v) =>
    Math.fround(Math.fround(v * Math.fround(scale)) + Math.fround(-0.3))
  );
  for (const x of [Uint8Array.of(7, 250), Float32Array.of(7, 250)]) {
    const into = new Float32Array(2);
    gatherer({ input: [2] }, { count: 1, x, y: null }, { scale: [scale], offset: [-0.3] })(
      into,
      [0],
    );
    assert.deepEqual([...into], expected);
  }
});

Deno.test("without a preparation the stored values are seen as they are", () => {
  const [meta, part] = bytes([3, 200], [2]);
  const into = new Float32Array(2);
  gatherer(meta, part, null)(into, [0]);
  assert.deepEqual([...into], [3, 200]);
});

Deno.test("each channel has its own scale and offset", () => {
  const [meta, part] = bytes([1, 2, 3, 4], [1, 2, 2]);
  const into = new Float32Array(4);
  gatherer(meta, part, { scale: [1, 10], offset: [0, 1] })(into, [0]);
  assert.deepEqual([...into], [1, 21, 3, 41]);
});

const grid = [1, 2, 3, 4, 5, 6, 7, 8, 9];

Deno.test("a shift moves the image down and right, zeros come in", () => {
  const [meta, part] = bytes(grid, [3, 3, 1]);
  const view = () => shifted(plainView(3, 3), 1, 1);
  assert.deepEqual(look(meta, part, view), [0, 0, 0, 0, 1, 2, 0, 4, 5]);
  const back = () => shifted(plainView(3, 3), -1, -2);
  assert.deepEqual(look(meta, part, back), [6, 0, 0, 9, 0, 0, 0, 0, 0]);
});

Deno.test("a flip mirrors, and a shift after a flip moves the mirrored image", () => {
  const [meta, part] = bytes(grid, [3, 3, 1]);
  assert.deepEqual(look(meta, part, () => flipped(plainView(3, 3), "horizontal")), [
    3,
    2,
    1,
    6,
    5,
    4,
    9,
    8,
    7,
  ]);
  assert.deepEqual(look(meta, part, () => flipped(plainView(3, 3), "vertical")), [
    7,
    8,
    9,
    4,
    5,
    6,
    1,
    2,
    3,
  ]);
  const moved = () => shifted(flipped(plainView(3, 3), "horizontal"), 0, 1);
  assert.deepEqual(look(meta, part, moved), [0, 3, 2, 0, 6, 5, 0, 9, 8]);
  const mirrored = () => flipped(shifted(plainView(3, 3), 0, 1), "horizontal");
  assert.deepEqual(look(meta, part, mirrored), [2, 1, 0, 5, 4, 0, 8, 7, 0]);
});

Deno.test("a hole is zero, also where it reaches over the edge", () => {
  const [meta, part] = bytes(grid, [3, 3, 1]);
  const view = () => holed(plainView(3, 3), { top: 1, left: -1, side: 2 });
  assert.deepEqual(look(meta, part, view), [1, 2, 3, 0, 5, 6, 0, 8, 9]);
});

Deno.test("what has no pixel is a stored zero, normalised like one", () => {
  const [meta, part] = bytes([5], [1, 1, 1]);
  const into = new Float32Array(1);
  gatherer(meta, part, { scale: [2], offset: [-1] })(
    into,
    [0],
    () => shifted(plainView(1, 1), 5, 0),
  );
  assert.equal(into[0], -1);
});

Deno.test("each channel has its own zero", () => {
  const [meta, part] = bytes([5, 6], [1, 1, 2]);
  const into = new Float32Array(2);
  const moved = () => shifted(plainView(1, 1), 0, 1);
  gatherer(meta, part, { scale: [2, 1], offset: [-1, 3] })(into, [0], moved);
  assert.deepEqual([...into], [-1, 3]);
});

Deno.test("any chain of flips and shifts equals the same chain done pixel by pixel", () => {
  const step = fc.oneof(
    fc.constantFrom("horizontal" as const, "vertical" as const),
    fc.tuple(fc.integer({ min: -1, max: 1 }), fc.integer({ min: -1, max: 1 })),
  );
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 4 }),
      fc.integer({ min: 1, max: 2 }),
      (steps, channels) => {
        // A wide margin keeps what moves out of the picture, as a view does.
        const [height, width, margin] = [3, 4, 8];
        const values = Array.from({ length: height * width * channels }, (_, i) => i + 1);
        const [meta, part] = bytes(values, [height, width, channels]);
        const view = steps.reduce<View>(
          (seen, each) => typeof each === "string" ? flipped(seen, each) : shifted(seen, ...each),
          plainView(height, width),
        );
        const pixel = (y: number, x: number, c: number): number => {
          // Walk the chain backwards from a pixel of the view to its pixel of the image.
          for (const each of [...steps].reverse()) {
            if (each === "horizontal") x = width - 1 - x;
            else if (each === "vertical") y = height - 1 - y;
            else [y, x] = [y - each[0], x - each[1]];
          }
          assert.ok(Math.abs(y) < margin && Math.abs(x) < margin);
          return y < 0 || y >= height || x < 0 || x >= width
            ? 0
            : values[(y * width + x) * channels + c]!;
        };
        const expected = values.map((_, i) =>
          pixel(Math.floor(i / channels / width), Math.floor(i / channels) % width, i % channels)
        );
        assert.deepEqual(look(meta, part, () => view), expected);
      },
    ),
  );
});

Deno.test("values change as they are stored, then they are prepared", () => {
  const preparation = { scale: [2, 10], offset: [1, 0] };
  for (
    const x of [Uint8Array.of(9, 9, 9, 9, 1, 2, 3, 4), Float32Array.of(9, 9, 9, 9, 1, 2, 3, 4)]
  ) {
    const part = { count: 2, x, y: null };
    const tripled = (values: Float32Array) => values.forEach((value, i) => values[i] = 3 * value);
    const view = () => changed(shifted(plainView(1, 2), 0, 1), tripled);
    const twice = () => changed(view(), (values) => values.fill(0, 2, 3));
    const into = new Float32Array(5);
    const gather = gatherer({ input: [1, 2, 2] }, part, preparation);
    gather(into.subarray(1), [1], view);
    assert.deepEqual([...into], [0, 1, 0, 7, 60]);
    gather(into.subarray(1), [1], twice);
    assert.deepEqual([...into], [0, 1, 0, 1, 60]);
  }
});

Deno.test("a scale for all may stand beside an offset for each, and the other way round", () => {
  const [meta, part] = bytes([1, 2, 3, 255], [1, 2, 2]);
  const seen = (scale: number[], offset: number[]) => {
    const into = new Float32Array(4);
    gatherer(meta, part, { scale, offset })(into, [0]);
    return [...into];
  };
  assert.deepEqual(seen([2], [0, 1]), [2, 5, 6, 511]);
  assert.deepEqual(seen([2, 3], [1]), [3, 7, 7, 766]);
  assert.deepEqual(seen([2], [1]), [3, 5, 7, 511]);
});

Deno.test("samples of a file are seen as those of an array, each read once for what is copied of it", () => {
  const x = Uint8Array.from({ length: 5 * 12 }, (_, i) => (i * 37) % 256);
  const meta = { input: [3, 2, 2] };
  const preparation = { scale: [1, 0.5], offset: [0, 3] };
  const view = (sample: number) => {
    const seen = flipped(plainView(3, 2), "horizontal");
    return sample === 3 ? changed(seen, (values) => values.fill(9, 0, 2)) : seen;
  };
  const order = [3, 0, 4, 4, 1];
  for (const seen of [undefined, view]) {
    const [held, read] = [new Float32Array(60), new Float32Array(60)];
    gatherer(meta, { count: 5, x, y: null }, preparation)(held, order, seen);
    const file = stored(x);
    gatherer(meta, { count: 5, x: file, y: null }, preparation)(read, order, seen);
    assert.deepEqual(read, held);
    assert.equal(file.reads, 4);
  }
});
