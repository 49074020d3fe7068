import assert from "node:assert/strict";
import {
  type IntegerColumns,
  type Padding,
  type Room,
  withTensors,
} from "../../../../engine/tensor/mod.ts";
import { integerLayers } from "../../../../engine/tensor/layers/integer.ts";
import { refuseLeaks, roomEquipment } from "../../../../engine/tensor/room.ts";
import { fc } from "../../../deps.ts";
import { multiplyByMultiplier } from "../support/gemmlowp.ts";
import { noise } from "../support/stock.ts";

refuseLeaks(true);
const { machine } = await roomEquipment();
const nn = integerLayers(machine);
/** The same with units done one by one, from the last to the first. */
const single = integerLayers({
  ...machine,
  launch(kernel, units, ...numbers) {
    for (let unit = units - 1; unit >= 0; unit--) {
      machine.kernels[kernel](...numbers, unit, unit + 1);
    }
  },
});

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
  withTensors(({ tf, tensor, short, integers }) =>
    tf.tidy(() => {
      const window = { strides: g.strides, padding: paddingOf(g), dilations: g.dilations };
      const given = short(x, [g.images, g.height, g.width, g.channels]);
      const weights = tensor(w, [...g.size, g.channels, outChannels]);
      const sums = (layers: typeof nn) => [
        ...integers(layers[layer](given, weights, window, { use: "sums" })),
      ];
      const once = sums(nn);
      // From packed weights that were kept, too.
      assert.deepEqual(sums(single), once);
      return once;
    })
  );

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

Deno.test("3 × 3 windows by channel are exact wherever they hang over", async () => {
  const cases = fc.tuple(geometry, one(2), one(20), one(18)).map((
    [g, stride, width, channels],
  ) => ({
    ...g,
    ...{ width, channels, size: [3, 3], strides: [stride, stride], dilations: [1, 1] },
  } as Case)).filter((g) => outputs(g).every((length) => length > 0));
  await fc.assert(
    fc.asyncProperty(cases, async (g) => {
      const x = integers(g.images * g.height * g.width * g.channels, 1);
      const w = integers(9 * g.channels, 2);
      const expected = convolve(
        ...[g, x, g.channels, (o: number) => [o]] as const,
        (ky, kx, _c, o) => w[(ky * 3 + kx) * g.channels + o]!,
      );
      assert.deepEqual(await run("depthwise2dInteger", g, x, w, 1), expected);
    }),
    { numRuns: 40 },
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
      const actual = await withTensors(({ tf, tensor, short, integers }) =>
        tf.tidy(() => {
          const [a, b] = [short(x, [rows, inner]), tensor(w, [inner, columns])];
          return [...integers(nn.denseInteger(a, b, { use: "sums" }))];
        })
      );
      assert.deepEqual(actual, expected);
    }),
    { numRuns: 60 },
  );
});

/** Sums that are likely to lie half-way after scaling, small ones, and the largest there are. */
const SUMS = Int32Array.from(
  { length: 24 * 13 },
  (_, i) => i % 11 === 0 ? (i % 2 ? 1 : -1) * (2 ** 30 - 7 * i) : (i - 150) * 5 ** (i % 3),
);
const CHANNELS = 13;

/** What `columns` make of `SUMS`, which are products with a matrix of no effect and a bias for each row. */
async function ended(columns: (bias: Int32Array) => IntegerColumns): Promise<number[][]> {
  return await withTensors(({ tf, tensor, short, integers, values }: Room) => {
    const rows: number[][] = [];
    for (let row = 0; row < SUMS.length / CHANNELS; row++) {
      tf.tidy(() => {
        // Half of each sum comes from products, the rest is bias.
        const sums = SUMS.subarray(row * CHANNELS, (row + 1) * CHANNELS);
        const products = sums.map((sum) => Math.trunc(sum / 2 % 16000));
        const end = nn.integerEnd(columns(sums.map((sum, c) => sum - products[c]!)));
        const x = short(Int32Array.of(1, 1), [2, 1]);
        const w = tensor(products, [1, CHANNELS]);
        if (end.use === "rows") {
          const y = nn.denseInteger(x, w, { ...end, rows: tensor(Float32Array.of(1, 3), [2]) });
          rows.push([...values(y).subarray(0, CHANNELS)], [...values(y).subarray(CHANNELS)]);
        } else {
          const y = nn.denseInteger(x, w, end);
          const all = "pairs" in y ? [...integers(y)] : [...values(y)];
          assert.deepEqual(all.slice(0, CHANNELS), all.slice(CHANNELS));
          rows.push(all.slice(0, CHANNELS));
        }
      });
    }
    return rows;
  });
}

const { fround } = Math;
const SCALES = Float32Array.from({ length: CHANNELS }, (_, c) => [0.5, 0.25, 0.1, 1e-9][c % 4]!);
const clamped = (value: number) => Math.min(100, Math.max(-90, value));
const bySum = (of: (sum: number, c: number) => number) =>
  Array.from(
    { length: SUMS.length / CHANNELS },
    (_, row) => Array.from({ length: CHANNELS }, (_, c) => of(SUMS[row * CHANNELS + c]!, c)),
  );

Deno.test("real ends: the sum with its bias in float32, times what it is worth", async () => {
  const found = await ended((bias) => ({ use: "reals", bias, scales: SCALES }));
  assert.deepEqual(found, bySum((sum, c) => fround(fround(sum) * SCALES[c]!)));
});

Deno.test("rounded ends: to the even one or up where it is half-way, inside the bounds", async () => {
  const even = (value: number) => {
    const floor = Math.floor(value);
    const up = value - floor > 0.5 || value - floor === 0.5 && floor % 2 !== 0;
    return up ? floor + 1 : floor;
  };
  for (const [use, round] of [["even", even], ["up", Math.round]] as const) {
    const bounds = { low: -90, high: 100 };
    const found = await ended((bias) => ({ use, bias, scales: SCALES, ...bounds }));
    const expected = bySum((sum, c) => clamped(round(fround(fround(sum) * SCALES[c]!))) + 0);
    assert.deepEqual(found, expected);
  }
  // ⌊x + ½⌋ of the number below a half would be 1 if the sum were rounded to float32.
  const below = fround(0.5 - 2 ** -25);
  const columns = { use: "up", scales: Float32Array.of(below, -below), low: -9, high: 9 } as const;
  await withTensors(({ tf, tensor, short, integers }) =>
    tf.tidy(() => {
      const end = nn.integerEnd({ ...columns, bias: Int32Array.of(1, 1) });
      const [x, w] = [short(Int32Array.of(0), [1, 1]), tensor(new Int32Array(2), [1, 2])];
      assert.deepEqual([...integers(nn.denseInteger(x, w, end))], [0, 0]);
      // What is worth infinitely much, or nothing known, is still nothing of nothing.
      const scales = Float32Array.of(Infinity, NaN);
      const odd = nn.integerEnd({ ...columns, scales, bias: Int32Array.of(0, 5) });
      assert.deepEqual([...integers(nn.denseInteger(x, w, odd))], [0, 0]);
    })
  );
});

Deno.test("fixed ends: what gemmlowp's integers make of a sum, for any shift", async () => {
  for (const first of [-31, -20, -9, -1, 0, 1, 5, 18]) {
    const shifts = Int32Array.from({ length: CHANNELS }, (_, c) => Math.min(31, first + c));
    const multipliers = Int32Array.from(shifts, (_, c) => c === 3 ? 0 : 2 ** 30 + 12345678 * c);
    for (const low of [-90, 0, 3]) {
      const bounds = { low, high: 100 };
      const found = await ended((bias) => ({ use: "fixed", bias, multipliers, shifts, ...bounds }));
      const expected = bySum((sum, c) =>
        Math.max(low, clamped(multiplyByMultiplier(sum, multipliers[c]!, shifts[c]!))) + 0
      );
      assert.deepEqual(found, expected);
    }
  }
  // The largest sums by the largest multiplier, halved up to 31 times.
  const shifts = Int32Array.from({ length: 32 }, (_, c) => c - 31);
  const multipliers = shifts.map(() => 2 ** 31 - 1);
  await withTensors(({ tf, tensor, short, integers }) =>
    tf.tidy(() => {
      for (const sum of [2 ** 31 - 1, -(2 ** 31)]) {
        const columns = { use: "fixed", multipliers, shifts, low: -30000, high: 30000 } as const;
        const end = nn.integerEnd({ ...columns, bias: shifts.map(() => sum) });
        const [x, w] = [short(Int32Array.of(0), [1, 1]), tensor(new Int32Array(32), [1, 32])];
        const expected = [...shifts].map((shift) =>
          Math.min(30000, Math.max(-30000, multiplyByMultiplier(sum, 2 ** 31 - 1, shift)))
        );
        assert.deepEqual([...integers(nn.denseInteger(x, w, end))], expected);
      }
    })
  );
});

Deno.test("ends by row: the sum times the row's scale and the column's, and then the bias", async () => {
  // The sums of products alone: small, exact in float32.
  const bias = Float32Array.from({ length: CHANNELS }, (_, c) => c - 4.3);
  const products = bySum((sum) => Math.trunc(sum / 2 % 16000));
  for (const given of [bias, undefined]) {
    const found = await ended(() => ({ use: "rows", bias: given, scales: SCALES }));
    const expected = products.flatMap((row) =>
      [1, 3].map((scale) =>
        row.map((sum, c) => {
          const real = fround(fround(sum * scale) * SCALES[c]!);
          return given === undefined ? real : fround(real + given[c]!);
        })
      )
    );
    assert.deepEqual(found, expected);
  }
});

Deno.test("integer products refuse weights of floats, other ranks and channels that differ", async () => {
  await withTensors(({ tf, tensor, short }) => {
    tf.tidy(() => {
      const data = (shape: number[]) => new Int32Array(shape.reduce((a, b) => a * b));
      const whole = (...shape: number[]) => tensor(data(shape), shape);
      const given = (...shape: number[]) => short(data(shape), shape);
      const window = { strides: [1, 1], padding: "valid" } as const;
      const end = { use: "sums" } as const;
      const type = (what: string, rank: number) => ({
        message: `Cannot multiply integers: w is ${what}, it must be int32 of rank ${rank}`,
      });
      const channels = (x: string, w: string) => ({
        message: `Cannot multiply x [${x}] by w [${w}]: their channels differ`,
      });
      const { denseInteger } = nn;
      const x = given(1, 2);
      assert.throws(() => denseInteger(x, tf.zeros([2, 1]), end), type("float32 [2,1]", 2));
      assert.throws(() => denseInteger(x, whole(2), end), type("int32 [2]", 2));
      assert.throws(() => denseInteger(x, whole(3, 1), end), channels("1,2", "3,1"));
      for (const layer of ["conv2dInteger", "depthwise2dInteger"] as const) {
        assert.throws(
          () => nn[layer](given(1, 2, 2, 1), whole(1, 1, 1), window, end),
          type("int32 [1,1,1]", 4),
        );
        assert.throws(
          () => nn[layer](given(1, 2, 2, 3), whole(1, 1, 2, 1), window, end),
          channels("1,2,2,3", "1,1,2,1"),
        );
      }
    });
  });
});
