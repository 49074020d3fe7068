import assert from "node:assert/strict";
import { type Padding, type Tensor, withTensors } from "../../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { fc } from "../../../deps.ts";
import { assertClose, noise } from "../stock.ts";

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
