import assert from "node:assert/strict";
import { type Padding, withTensors } from "../../../../engine/tensor/mod.ts";
import { integerLayers } from "../../../../engine/tensor/layers/integer.ts";
import { refuseLeaks, roomEquipment } from "../../../../engine/tensor/room.ts";
import { fc } from "../../../deps.ts";
import { noise } from "../stock.ts";

refuseLeaks(true);
const nn = integerLayers((await roomEquipment()).machine);

const one = (max: number) => fc.integer({ min: 1, max });
/** Integers of the whole allowed range, its ends among them. */
const integers = (count: number, seed: number): Int32Array =>
  Int32Array.from(noise(count, seed), (v, i) => i % 7 === 0 ? -32768 : Math.floor(v * 32768));

const geometry = fc.record({
  images: fc.integer({ min: 0, max: 2 }),
  height: one(6),
  width: one(6),
  channels: one(9),
  outputs: one(35),
  size: fc.tuple(one(3), one(3)),
  strides: fc.tuple(one(2), one(2)),
  dilations: fc.tuple(one(2), one(2)),
  before: fc.tuple(fc.nat(2), fc.nat(2)),
  after: fc.tuple(fc.nat(2), fc.nat(2)),
}).filter(({ height, width, size, dilations, before, after }) =>
  height + before[0] + after[0] > (size[0] - 1) * dilations[0] &&
  width + before[1] + after[1] > (size[1] - 1) * dilations[1]
);

/** The sum a convolution is, by BigInt, wrapped to 32 bits; `weight` says where w holds the factor of (k, c, o). */
function convolve(
  g: Parameters<typeof outputs>[0],
  x: Int32Array,
  outChannels: number,
  inputs: (o: number) => number[],
  weight: (ky: number, kx: number, c: number, o: number) => number,
): number[] {
  const { images, height, width, channels, size, strides, dilations, before } = g;
  const [outHeight, outWidth] = outputs(g);
  const result: number[] = [];
  for (let b = 0; b < images; b++) {
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        for (let o = 0; o < outChannels; o++) {
          let sum = 0n;
          for (let ky = 0; ky < size[0]; ky++) {
            for (let kx = 0; kx < size[1]; kx++) {
              const iy = oy * strides[0] - before[0] + ky * dilations[0];
              const ix = ox * strides[1] - before[1] + kx * dilations[1];
              if (iy < 0 || ix < 0 || iy >= height || ix >= width) continue;
              for (const c of inputs(o)) {
                const at = ((b * height + iy) * width + ix) * channels + c;
                sum += BigInt(x[at]!) * BigInt(weight(ky, kx, c, o));
              }
            }
          }
          result.push(Number(BigInt.asIntN(32, sum)));
        }
      }
    }
  }
  return result;
}

type Case = typeof geometry extends fc.Arbitrary<infer T> ? T : never;

function outputs(g: Case): [number, number] {
  return [0, 1].map((axis) => {
    const span = (g.size[axis]! - 1) * g.dilations[axis]! + 1;
    const length = [g.height, g.width][axis]! + g.before[axis]! + g.after[axis]!;
    return Math.floor((length - span) / g.strides[axis]!) + 1;
  }) as [number, number];
}

const paddingOf = ({ before, after }: Case): Padding => [
  [before[0], after[0]],
  [before[1], after[1]],
];

const run = (
  layer: "conv2dInteger" | "depthwise2dInteger",
  g: Case,
  x: Int32Array,
  w: Int32Array,
  outChannels: number,
): Promise<number[]> =>
  withTensors(({ tf, tensor, integers }) => {
    const window = { strides: g.strides, padding: paddingOf(g), dilations: g.dilations };
    const given = tensor(x, [g.images, g.height, g.width, g.channels]);
    const weights = tensor(w, [...g.size, g.channels, outChannels]);
    const y = nn[layer](given, weights, window);
    const result = [...integers(y)];
    tf.dispose([given, weights, y]);
    return result;
  });

Deno.test("conv2dInteger is exact, wraps at 2³¹ and takes any window", async () => {
  await fc.assert(
    fc.asyncProperty(geometry, async (g) => {
      const x = integers(g.images * g.height * g.width * g.channels, 1);
      const w = integers(g.size[0] * g.size[1] * g.channels * g.outputs, 2);
      const all = [...new Array(g.channels).keys()];
      const expected = convolve(
        ...[g, x, g.outputs, () => all] as const,
        (ky, kx, c, o) => w[((ky * g.size[1] + kx) * g.channels + c) * g.outputs + o]!,
      );
      assert.deepEqual(await run("conv2dInteger", g, x, w, g.outputs), expected);
    }),
    { numRuns: 60 },
  );
});

Deno.test("depthwise2dInteger is exact for every multiplier", async () => {
  await fc.assert(
    fc.asyncProperty(geometry, one(3), async (g, multiplier) => {
      const x = integers(g.images * g.height * g.width * g.channels, 1);
      const w = integers(g.size[0] * g.size[1] * g.channels * multiplier, 2);
      const expected = convolve(
        ...[g, x, g.channels * multiplier, (o: number) => [Math.floor(o / multiplier)]] as const,
        (ky, kx, _c, o) => w[(ky * g.size[1] + kx) * g.channels * multiplier + o]!,
      );
      assert.deepEqual(await run("depthwise2dInteger", g, x, w, multiplier), expected);
    }),
    { numRuns: 60 },
  );
});

Deno.test("denseInteger is exact for any shape", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(5), fc.nat(70), one(40), async (rows, inner, columns) => {
      const x = integers(rows * inner, 1);
      const w = integers(inner * columns, 2);
      const expected = Array.from({ length: rows * columns }, (_, i) => {
        const row = Math.floor(i / columns);
        let sum = 0n;
        for (let k = 0; k < inner; k++) {
          sum += BigInt(x[row * inner + k]!) * BigInt(w[k * columns + i % columns]!);
        }
        return Number(BigInt.asIntN(32, sum));
      });
      const actual = await withTensors(({ tf, tensor, integers }) => {
        const [a, b] = [tensor(x, [rows, inner]), tensor(w, [inner, columns])];
        const y = nn.denseInteger(a, b);
        const result = [...integers(y)];
        tf.dispose([a, b, y]);
        return result;
      });
      assert.deepEqual(actual, expected);
    }),
    { numRuns: 60 },
  );
});

Deno.test("integer products refuse floats, other ranks and channels that differ", async () => {
  await withTensors(({ tf, tensor }) => {
    tf.tidy(() => {
      const whole = (...shape: number[]) =>
        tensor(new Int32Array(shape.reduce((a, b) => a * b)), shape);
      const window = { strides: [1, 1], padding: "valid" } as const;
      const type = (name: string, what: string, rank: number) => ({
        message: `Cannot multiply integers: ${name} is ${what}, it must be int32 of rank ${rank}`,
      });
      const channels = (x: string, w: string) => ({
        message: `Cannot multiply x [${x}] by w [${w}]: their channels differ`,
      });
      const { denseInteger } = nn;
      assert.throws(
        () => denseInteger(tf.zeros([1, 2]), whole(2, 1)),
        type("x", "float32 [1,2]", 2),
      );
      assert.throws(
        () => denseInteger(whole(1, 2), tf.zeros([2, 1])),
        type("w", "float32 [2,1]", 2),
      );
      assert.throws(() => denseInteger(whole(1, 2), whole(2)), type("w", "int32 [2]", 2));
      assert.throws(() => denseInteger(whole(1, 2), whole(3, 1)), channels("1,2", "3,1"));
      for (const layer of ["conv2dInteger", "depthwise2dInteger"] as const) {
        assert.throws(
          () => nn[layer](whole(2, 2, 1), whole(1, 1, 1, 1), window),
          type("x", "int32 [2,2,1]", 4),
        );
        assert.throws(
          () => nn[layer](whole(1, 2, 2, 3), whole(1, 1, 2, 1), window),
          channels("1,2,2,3", "1,1,2,1"),
        );
      }
    });
  });
});
