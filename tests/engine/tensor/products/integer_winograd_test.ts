/** When a convolution of integers goes by Winograd's algorithm, and that it then gives the sums themselves. */
import assert from "node:assert/strict";
import { integerLayers } from "../../../../engine/tensor/layers/integer.ts";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { WASM_BLOCKING } from "../../../../engine/tensor/native/library.ts";
import { windowGeometry } from "../../../../engine/tensor/products/geometry.ts";
import {
  fitsIntegerWinograd,
  suitsIntegerWinograd,
  winogradIntegers,
} from "../../../../engine/tensor/products/integer_winograd.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { machine } from "./addresses.ts";
import { planned, SCRATCH } from "./planned.ts";

refuseLeaks(true);

/** Names of the kernels that were called; units go one by one, from the last to the first, where `singly`. */
const called: string[] = [];
const layersOf = (singly: boolean) =>
  integerLayers({
    ...machine,
    launch(kernel, units, ...numbers) {
      called.push(kernel);
      if (!singly) return machine.launch(kernel, units, ...numbers);
      for (let unit = units - 1; unit >= 0; unit--) {
        machine.kernels[kernel](...numbers, unit, unit + 1);
      }
    },
  });

interface Case {
  readonly image: readonly [images: number, height: number, width: number, channels: number];
  readonly n: number;
  readonly padding: "same" | "valid";
  x(i: number): number;
  w(i: number): number;
}

/** The sums by plain loops; they stay far below 2⁵³. */
function plainSums({ image, n, padding, x, w }: Case): number[] {
  const [images, height, width, channels] = image;
  const before = padding === "same" ? 1 : 0;
  const [outHeight, outWidth] = [height, width].map((extent) => extent - 2 + 2 * before);
  const sums: number[] = [];
  for (let at = 0; at < images * outHeight! * outWidth!; at++) {
    const b = Math.floor(at / (outHeight! * outWidth!));
    const oy = Math.floor(at / outWidth!) % outHeight!;
    for (let o = 0; o < n; o++) {
      let sum = 0;
      for (let tap = 0; tap < 9; tap++) {
        const iy = oy - before + Math.floor(tap / 3);
        const ix = at % outWidth! - before + tap % 3;
        if (iy < 0 || ix < 0 || iy >= height || ix >= width) continue;
        const pixel = ((b * height + iy) * width + ix) * channels;
        for (let c = 0; c < channels; c++) sum += x(pixel + c) * w((tap * channels + c) * n + o);
      }
      sums.push(sum);
    }
  }
  return sums;
}

const random = (i: number, range: number) => (i * 7919 + 13 * (i >> 5)) % (2 * range + 1) - range;

async function assertExact(given: Case, kernel: string): Promise<void> {
  const { image, n, padding, x, w } = given;
  const [, , , channels] = image;
  const size = image.reduce((a, b) => a * b);
  const expected = plainSums(given);
  await withTensors(({ tf, tensor, short, integers, values }) =>
    tf.tidy(() => {
      const from = short(Int32Array.from({ length: size }, (_, i) => x(i)), image);
      const weights = Int32Array.from({ length: 9 * channels * n }, (_, i) => w(i));
      const kernels = tensor(weights, [3, 3, channels, n]);
      const window = { strides: [1, 1], padding } as const;
      called.length = 0;
      const sums = (singly: boolean) =>
        integers(layersOf(singly).conv2dInteger(from, kernels, window, { use: "sums" }));
      assert.deepEqual([...sums(false)], expected);
      assert.deepEqual([...sums(true)], expected);
      assert.ok(called.includes(kernel), `${called}`);
      const nn = layersOf(false);
      const bias = Int32Array.from({ length: n }, (_, c) => 5 * c - 7);
      const scales = Float32Array.from({ length: n }, (_, c) => (c + 1) / 4096);
      const real = nn.integerEnd({ use: "reals", bias, scales });
      const reals = values(nn.conv2dInteger(from, kernels, window, real));
      const rounds = nn.integerEnd({ use: "even", bias, scales, low: -99, high: 98 });
      const rounded = integers(nn.conv2dInteger(from, kernels, window, rounds));
      expected.forEach((sum, i) => {
        const value = Math.fround(Math.fround(sum + bias[i % n]!) * scales[i % n]!);
        assert.equal(reals[i], value);
        const cut = Math.min(98, Math.max(-99, value));
        assert.ok(Math.abs(rounded[i]! - cut) <= 0.5 && Number.isInteger(rounded[i]));
      });
    })
  );
}

Deno.test("sums are exact, with tiles that hang over the image and blocks of tiles", async () => {
  const noise = { x: (i: number) => random(i, 255), w: (i: number) => random(i, 127) };
  for (const padding of ["same", "valid"] as const) {
    await assertExact({ image: [2, 9, 12, 16], n: 24, padding, ...noise }, "integerWinograd");
  }
  await assertExact(
    { image: [1, 11, 14, 24], n: 16, padding: "same", ...noise },
    "integerWinograd",
  );
});

Deno.test("sums are exact just below 2²⁵, of integers at both ends; one beyond goes the plain way", async () => {
  // 288 · 456 · 255 = 33,488,640, 64 times that is just below 2³¹.
  const image = [1, 8, 8, 32] as const;
  const of = (x: number, w: (i: number) => number) => ({
    ...{ image, n: 16, padding: "same" as const, x: () => x, w },
  });
  await assertExact(of(255, () => 456), "integerWinograd");
  await assertExact(of(-255, () => 456), "integerWinograd");
  await assertExact(of(255, (i) => i % 3 ? -668 : 30), "integerWinograd");
  await assertExact(of(255, () => 458), "integerProduct");
});

Deno.test("it is for 3 × 3 windows at stride 1 that many channels share, on images they tile well", () => {
  const suits = (
    shape: readonly number[],
    n: number,
    {
      size = [3, 3] as [number, number],
      strides = [1, 1],
      dilations = [1, 1],
      blocking = WASM_BLOCKING,
    } = {},
  ) => {
    const window = { strides, dilations, padding: "same" } as never;
    return suitsIntegerWinograd(
      { ...machine, blocking },
      windowGeometry(shape, size, window),
      n,
    );
  };
  assert.ok(suits([1, 8, 8, 16], 16));
  assert.ok(!suits([1, 8, 8, 16], 16, { blocking: { panel: 16, tileRows: 4, byteGroup: 4 } }));
  for (const [c, n] of [[8, 16], [16, 8], [20, 16], [16, 20], [2048, 2056]] as const) {
    assert.ok(!suits([1, 8, 8, c], n), `${c} ${n}`);
  }
  assert.ok(suits([1, 8, 8, 2048], 2048));
  assert.ok(!suits([1, 8, 8, 16], 16, { size: [3, 1] }));
  assert.ok(!suits([1, 8, 8, 16], 16, { size: [1, 3] }));
  for (const pair of [[1, 2], [2, 1]]) {
    assert.ok(!suits([1, 8, 8, 16], 16, { strides: pair }));
    assert.ok(!suits([1, 8, 8, 16], 16, { dilations: pair }));
  }
  // A tile needs 36 products; plain ones are 9 for each of its pixels in the image, and go faster, by 5 to 3.
  for (let height = 1; height <= 13; height++) {
    for (let width = 1; width <= 13; width++) {
      const tiles = new Set<string>();
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) tiles.add(`${y >> 2} ${x >> 2}`);
      }
      const quicker = tiles.size * 36 / 3 < height * width * 9 / 5;
      assert.equal(suits([1, height, width, 16], 16), quicker, `${height}×${width}`);
    }
  }
});

Deno.test("it needs transforms of 16 bits and 64 times the sum in 32", () => {
  assert.ok(fitsIntegerWinograd(327, { largest: 668, sum: 102000 }));
  assert.ok(!fitsIntegerWinograd(328, { largest: 668, sum: 1 }));
  assert.ok(!fitsIntegerWinograd(1, { largest: 669, sum: 1 }));
  assert.ok(fitsIntegerWinograd(256, { largest: 1, sum: 131071 }));
  assert.ok(!fitsIntegerWinograd(256, { largest: 1, sum: 131072 }));
});

Deno.test("the image gets a frame that all tiles lie in, the filter 36 planes", () => {
  const window = { strides: [1, 1], padding: "same" } as const;
  const g = windowGeometry([2, 5, 6, 16], [3, 3], window);
  const end = { table: 900, code: 3, low: -7, high: 8, rows: 0, bytes: 2 };
  const { calls } = planned((machine) =>
    winogradIntegers(machine, g, 24, { x: 1000, w: 2000, out: 3000, end })
  );
  const line = 10 * 32;
  assert.deepEqual(calls, [
    ["scratch", 36 * 16 * 24 * 2],
    ["integerWinogradFilter", 3, SCRATCH, 2000, 16, 24],
    ["scratch", 2 * 100 * 32],
    ["frameShorts", 20, 2 * SCRATCH, 10, 10, 1000, 5, 6, 16, 1, 1, 1],
    [
      ...["integerWinograd", 1, 2 * SCRATCH, 2, 10 * line, line, 16, 2, 2, SCRATCH, 24],
      ...[3000, 5 * 6 * 48, 6 * 48, 5, 6, 900, 3, -7, 8, 56],
    ],
  ]);
});
