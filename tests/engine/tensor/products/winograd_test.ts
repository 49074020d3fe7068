import assert from "node:assert/strict";
import { type Padding, type Tensor, withTensors } from "../../../../engine/tensor/mod.ts";
import type { Geometry } from "../../../../engine/tensor/products/geometry.ts";
import {
  suitsWinograd,
  winograd,
  winogradBack,
  winogradFilter,
} from "../../../../engine/tensor/products/winograd.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { fc } from "../../../deps.ts";
import { assertClose, noise } from "../support/stock.ts";
import { planned, SCRATCH } from "./planned.ts";

refuseLeaks(true);

const size = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);

/** Shapes wide enough for the fast algorithm, with every way in which tiles hang over the edge. */
const shapes = fc.record({
  images: fc.integer({ min: 1, max: 4 }),
  height: fc.integer({ min: 4, max: 14 }),
  width: fc.integer({ min: 4, max: 14 }),
  channels: fc.integer({ min: 2, max: 6 }).map((n) => 4 * n),
  out: fc.integer({ min: 2, max: 6 }).map((n) => 4 * n),
  padding: fc.constantFrom<Padding>("same", "valid", [[2, 1], [0, 2]], [[3, 3], [3, 0]]),
  bias: fc.boolean(),
});

/** A convolution by its definition, in double precision: y, and the gradients of Σ y·dy. */
function byDefinition(
  [images, height, width, c]: [number, number, number, number],
  n: number,
  [top, left]: readonly [number, number],
  [outHeight, outWidth]: readonly [number, number],
  x: Float32Array,
  w: Float32Array,
  b: Float32Array | undefined,
  dy: Float32Array,
): [Float64Array, Float64Array, Float64Array] {
  const y = new Float64Array(images * outHeight * outWidth * n);
  const dx = new Float64Array(x.length), dw = new Float64Array(w.length);
  for (let image = 0; image < images; image++) {
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        const at = ((image * outHeight + oy) * outWidth + ox) * n;
        for (let j = 0; j < n; j++) y[at + j] = b ? b[j]! : 0;
        for (let tap = 0; tap < 9; tap++) {
          const iy = oy + Math.floor(tap / 3) - top, ix = ox + tap % 3 - left;
          if (iy < 0 || iy >= height || ix < 0 || ix >= width) continue;
          const from = ((image * height + iy) * width + ix) * c;
          for (let i = 0; i < c; i++) {
            for (let j = 0; j < n; j++) {
              const k = (tap * c + i) * n + j;
              y[at + j]! += x[from + i]! * w[k]!;
              dx[from + i]! += dy[at + j]! * w[k]!;
              dw[k]! += dy[at + j]! * x[from + i]!;
            }
          }
        }
      }
    }
  }
  return [y, dx, dw];
}

Deno.test("3×3 convolutions of wide images agree with the definition, in value and gradients", async () => {
  await withTensors(({ tf, nn, tensor, values, valueAndGradients }) =>
    fc.assert(
      fc.property(shapes, (s) => {
        const xShape = [s.images, s.height, s.width, s.channels] as [
          number,
          number,
          number,
          number,
        ];
        const data = [noise(size(xShape), 1), noise(9 * s.channels * s.out, 2)] as const;
        const bias = s.bias ? noise(s.out, 3) : undefined;
        const x = tensor(data[0], xShape);
        const w = tensor(data[1], [3, 3, s.channels, s.out]);
        const b = bias ? tensor(bias, [s.out]) : null;
        const layer = (x: Tensor, w: Tensor) =>
          nn.conv2d(x, w, b, { strides: [1, 1], padding: s.padding }, "linear");
        const y = layer(x, w);
        const dyData = noise(y.size, 4);
        const dy = tensor(dyData, y.shape);
        const { value, gradients } = valueAndGradients(
          () => tf.sum(tf.mul(layer(x, w), dy)),
          [x, w],
        );
        const [top, left] = s.padding === "same"
          ? [1, 1]
          : s.padding === "valid"
          ? [0, 0]
          : [s.padding[0]![0] as number, s.padding[1]![0] as number];
        const out = [y.shape[1]!, y.shape[2]!] as const;
        const expected = byDefinition(xShape, s.out, [top, left], out, ...data, bias, dyData);
        [y, ...gradients].forEach((found, i) => {
          // The transforms cancel: errors are those of sums as large as the output typically is.
          const scale = Math.sqrt(expected[i]!.reduce((sum, v) => sum + v * v, 0) / found!.size);
          const by = (data: ArrayLike<number>) => Array.from(data, (v) => v / scale);
          assertClose(by(values(found!)), by(expected[i]!), 6e-5, `${["y", "dx", "dw"][i]}`);
        });
        tf.dispose([x, w, y, dy, value, ...gradients.map((gradient) => gradient!)]);
        b?.dispose();
      }),
      { numRuns: 60 },
    )
  );
});

Deno.test("a NaN or an infinity reaches every output that reads it, and none outside the tiles that read it", async () => {
  const spoilt = fc.record({
    shape: shapes,
    at: fc.nat(),
    value: fc.constantFrom(NaN, Infinity, -Infinity),
  });
  await withTensors(({ tf, nn, tensor, values }) =>
    fc.assert(
      fc.property(spoilt, ({ shape: s, at, value }) => {
        const xShape = [s.images, s.height, s.width, s.channels];
        const data = noise(size(xShape), 1);
        const w = tensor(noise(9 * s.channels * s.out, 2), [3, 3, s.channels, s.out]);
        const run = () =>
          tf.tidy(() => {
            const x = tensor(data, xShape);
            const y = nn.conv2d(
              x,
              w,
              null,
              { strides: [1, 1], padding: s.padding },
              "linear",
            );
            return { y: values(y), shape: y.shape as [number, number, number, number] };
          });
        const clean = run();
        const pixel = Math.floor(at % data.length / s.channels);
        data[at % data.length] = value;
        const { y, shape: [, outHeight, outWidth, n] } = run();
        const [top, left] = s.padding === "same"
          ? [1, 1]
          : s.padding === "valid"
          ? [0, 0]
          : [s.padding[0]![0] as number, s.padding[1]![0] as number];
        const image = Math.floor(pixel / (s.height * s.width));
        // The spoilt pixel as the windows see it.
        const py = Math.floor(pixel / s.width) % s.height + top, px = pixel % s.width + left;
        y.forEach((found, i) => {
          const cell = Math.floor(i / n);
          const oy = Math.floor(cell / outWidth) % outHeight, ox = cell % outWidth;
          const same = Math.floor(cell / (outHeight * outWidth)) === image;
          const reads = same && py >= oy && py <= oy + 2 && px >= ox && px <= ox + 2;
          const [ty, tx] = [oy - oy % 4, ox - ox % 4];
          const near = same && py >= ty && py <= ty + 5 && px >= tx && px <= tx + 5;
          if (reads) assert.ok(!Number.isFinite(found), `${oy}, ${ox}: ${found}`);
          if (!near) assert.equal(found, clean.y[i]);
        });
        w.dispose();
      }),
      { numRuns: 60 },
    )
  );
});

/** An image of 5 × 4 pixels and 8 channels, padded by 1: two tiles, one below the other. */
const g: Geometry = {
  ...{ images: 1, height: 5, width: 4, channels: 8, kernelHeight: 3, kernelWidth: 3 },
  ...{ strideY: 1, strideX: 1, dilationY: 1, dilationX: 1, top: 1, left: 1 },
  ...{ outHeight: 5, outWidth: 4 },
};

Deno.test("only plain 3 × 3 windows over enough channels, in fours, and full enough tiles go this way", () => {
  assert.ok(suitsWinograd(g, 8));
  const others: Partial<Geometry>[] = [
    ...[{ kernelHeight: 2 }, { kernelWidth: 4 }, { strideY: 2 }, { strideX: 2 }],
    ...[{ dilationY: 2 }, { dilationX: 2 }, { channels: 10 }, { channels: 4 }],
  ];
  for (const other of others) assert.ok(!suitsWinograd({ ...g, ...other }, 8));
  assert.deepEqual([4, 8, 10, 12].map((n) => suitsWinograd(g, n)), [false, true, false, true]);
  assert.ok(suitsWinograd({ ...g, channels: 4088 }, 8));
  assert.ok(!suitsWinograd({ ...g, channels: 4092 }, 8));
  // Tiles take 36 multiplications each, pixels 9: less than three fifths of these.
  const shapes = [[3, 3, true], [2, 3, false], [2, 10, false], [10, 2, false], [
    2,
    17,
    true,
  ]] as const;
  for (const [outHeight, outWidth, suits] of shapes) {
    assert.equal(
      suitsWinograd({ ...g, outHeight, outWidth }, 8),
      suits,
      `${outHeight}×${outWidth}`,
    );
  }
});

const [first, second] = [SCRATCH, 2 * SCRATCH];

Deno.test("tiles are computed in blocks whose planes fit 320 KiB", () => {
  const forward = (g: Geometry, n: number) =>
    planned((machine) =>
      winograd(machine, g, n, { x: 100, w: 200, out: 300, epilogue: { table: 77, code: 2 } })
    ).calls;
  // A row of the frame has 6 pixels of 32 bytes; 36 planes of 8 + 12 channels in blocks of 112 tiles.
  assert.deepEqual(forward(g, 12), [
    ["scratch", 10 * 192],
    ["frame", 10, first, 10, 6, 100, 5, 4, 8, 1, 1],
    ["scratch", 36 * 16 * 8 * 4],
    ["winogradFilter", 3, 200, 3 * 384, 384, 48, 4, 8, 12, second],
    ["winograd", 1, first, 1, 1920, 192, 8, 2, 1, second, 12, 300, 960, 192, 5, 4, 77, 2, 112],
  ]);
  const blocks = (images: number) => forward({ ...g, images }, 12).at(-1)![1];
  assert.deepEqual([56, 57].map(blocks), [1, 2]);
  assert.equal(forward({ ...g, channels: 2048 }, 2048).at(-1)!.at(-1), 4);
});

Deno.test("the image's gradient is that of the turned filter, and the frame begins 2 − top before dy", () => {
  const wide = { ...g, top: 2, left: 0, width: 6 };
  const { calls } = planned((machine) =>
    winogradBack(machine, wide, 12, { dy: 100, w: 200, dx: 300 })
  );
  const last = 200 + 8 * 384;
  assert.deepEqual(calls, [
    ["scratch", 10 * 10 * 48],
    ["frame", 10, first, 10, 10, 100, 5, 4, 12, 0, 2],
    ["scratch", 36 * 8 * 12 * 4],
    ["winogradFilter", 2, last, -3 * 384, -384, 4, 48, 12, 8, second],
    ["winograd", 1, first, 1, 4800, 480, 12, 2, 2, second, 8, 300, 960, 192, 5, 6, 0, 0, 112],
  ]);
});

Deno.test("the filter's gradient is summed in chains of a block, in at most four parts", () => {
  const plan = (images: number) =>
    planned((machine) =>
      winogradFilter(machine, { ...g, images }, 12, { x: 100, dy: 200, dw: 300 })
    ).calls;
  // 1000 tiles in blocks of 224 are 5 blocks: parts of 2, 2 and 1.
  assert.deepEqual(plan(500), [
    ["scratch", 500 * 1920],
    ["frame", 5000, first, 10, 6, 100, 5, 4, 8, 1, 1],
    ["scratch", 3 * 36 * 96 * 4],
    ["winogradFilterGradient", 3, first, 500, 1920, 192, 8, 2, 1, 200, 12, 5, 4, 224, 2, second],
    ["winogradFold", 8, second, 3, 8, 12, 300],
  ]);
  const parts = (images: number) => plan(images).at(-1)![3];
  assert.deepEqual([112, 113, 448, 449].map(parts), [1, 2, 4, 3]);
});
